import DNS
import SPF
import Testing

/// What libspf2 gets wrong by itself, beyond what the official suites show.
@Suite struct LibraryFaultsTests {
    typealias Case = EvaluationTests.Case

    private static func include(_ name: String, _ count: Int) -> String {
        (0..<count).map { " include:\(name)\($0).example.com" }.joined()
    }

    private static func ip4(_ count: Int) -> String {
        (0..<count).map { " ip4:198.51.100.\($0)" }.joined()
    }

    /// The faults of libspf2 that the official suites do not show.
    @Test(arguments: [
        Case(
            "ten includes of ten includes",
            "example.com TXT v=spf1\(include("i", 10)) +all\n"
                + (0..<10).map { "i\($0).example.com TXT v=spf1\(include("i", 10)) ?all" }.joined(separator: "\n"),
            .permerror,
            queries: 11
        ),
        Case(
            "eight includes of nine addresses",
            "example.com TXT v=spf1\(include("i", 8)) +all\n"
                + (0..<8).map { n in
                    "i\(n).example.com TXT v=spf1" + (0..<9).map { " a:h\(n)\($0).example.com" }.joined() + "\n"
                        + (0..<9).map { "h\(n)\($0).example.com A 198.51.100.1\n" }.joined()
                }.joined(),
            .permerror,
            queries: 11
        ),
        Case(
            "the eleventh term does not pass",
            "example.com TXT v=spf1" + (0..<11).map { " a:h\($0).example.com" }.joined() + " -all\n"
                + (0..<10).map { "h\($0).example.com A 198.51.100.1\n" }.joined() + "h10.example.com A 192.0.2.3",
            .permerror,
            queries: 11
        ),
        Case("64 networks and a fail", "example.com TXT v=spf1\(ip4(64)) -all", .fail),
        Case("the 70th network matches", "example.com TXT v=spf1\(ip4(69)) ip4:192.0.2.3 -all", .pass),
        Case(
            "26 IPv6 networks and a fail",
            "example.com TXT v=spf1" + (0..<26).map { " ip6:2001:db8::\($0)" }.joined() + " -all",
            .fail
        ),
        Case("CIDR 0 of an address", "example.com TXT v=spf1 a/0 -all\nexample.com A 198.51.100.1", .pass),
        Case("CIDR 0 of no address", "example.com TXT v=spf1 a/0 -all", .fail),
        Case(
            "CIDR 0 of a mail host",
            "example.com TXT v=spf1 mx/0 -all\nexample.com MX h.example.com\nh.example.com A 198.51.100.1",
            .pass
        ),
        Case(
            "CIDR 0 for IPv6",
            "example.com TXT v=spf1 a//0 -all\nexample.com AAAA 2001:db8::1",
            .pass,
            ip: "2001:db8:ffff::1"
        ),
        Case("CIDR of an address", "example.com TXT v=spf1 a/25 -all\nexample.com A 192.0.2.100", .pass),
        Case("CIDR of another network", "example.com TXT v=spf1 a/25 -all\nexample.com A 192.0.2.200", .fail),
        Case("the IPv6 length is not for IPv4", "example.com TXT v=spf1 a//1 -all\nexample.com A 192.0.2.200", .fail),
        Case(
            "%{d4} of three labels",
            "example.com TXT v=spf1 exists:%{d4}.x.example.com -all\nexample.com.x.example.com A 127.0.0.2",
            .pass
        ),
        Case(
            "%{d128}",
            "example.com TXT v=spf1 exists:%{d128}.x.example.com -all\nexample.com.x.example.com A 127.0.0.2",
            .pass
        ),
        Case(
            "a comma as delimiter",
            "example.com TXT v=spf1 exists:%{l,}.x.example.com -all\na.b.x.example.com A 127.0.0.2",
            .pass,
            mailFrom: "\"a,b\"@example.com"
        ),
        Case("a bar is no delimiter", "example.com TXT v=spf1 exists:%{l|}.x.example.com -all", .permerror),
        Case(
            "an upper-case R",
            "example.com TXT v=spf1 exists:%{dR}.x.example.com -all\ncom.example.x.example.com A 127.0.0.2",
            .pass
        ),
        Case("a length that overflows", "example.com TXT v=spf1 a/4294967320 -all", .permerror),
        Case("a loopback client has no free ride", "example.com TXT v=spf1 -all", .fail, ip: "127.0.0.1"),
        Case("nor has an IPv6 one", "example.com TXT v=spf1 -all", .fail, ip: "::1"),
        Case(
            "redirect before the terms",
            "example.com TXT v=spf1 redirect=x.example.com ip4:192.0.2.3\nx.example.com TXT v=spf1 -all",
            .pass
        ),
        Case(
            "redirect beside all",
            "example.com TXT v=spf1 redirect=x.example.com ?all\nx.example.com TXT v=spf1 -all",
            .neutral
        ),
        Case("exp-text is an unknown modifier", "example.com TXT v=spf1 exp-text=hello -all", .fail),
        Case(
            "a mapped client is an IPv4 one",
            "example.com TXT v=spf1 ip4:192.0.2.3 -all",
            .pass,
            ip: "::ffff:192.0.2.3"
        ),
        Case(
            "ip6 with a mapped address is not for it",
            "example.com TXT v=spf1 ip6:::ffff:192.0.2.3 -all",
            .fail,
            ip: "::ffff:192.0.2.3"
        ),
        Case("a redirect to itself", "example.com TXT v=spf1 redirect=example.com", .permerror),
        Case("an include of itself", "example.com TXT v=spf1 include:example.com -all", .permerror),
        Case("an include without a record", "example.com TXT v=spf1 include:x.example.com -all", .permerror),
        Case("an include of one label", "example.com TXT v=spf1 include:%{d1} -all\ncom TXT v=spf1 +all", .permerror),
        Case(
            "an include that fails is no match",
            "example.com TXT v=spf1 include:x.example.com ~all\nx.example.com TXT v=spf1 -all",
            .softfail
        ),
        Case(
            "the qualifier of an include",
            "example.com TXT v=spf1 -include:x.example.com +all\nx.example.com TXT v=spf1 +all",
            .fail
        ),
        Case(
            "eleven mail hosts",
            "example.com TXT v=spf1 mx -all\n"
                + (0..<11).map { "example.com MX h\($0).example.com\nh\($0).example.com A 192.0.2.3\n" }.joined(),
            .permerror
        ),
        Case("a null MX", "example.com TXT v=spf1 mx -all\nexample.com MX .", .fail),
        Case(
            "a local-part outside ASCII",
            "example.com TXT v=spf1 include:%{l}.example.com a:%{s} exists:%{l} -all",
            .fail,
            mailFrom: "jörg@example.com"
        ),
        Case(
            "a domain outside ASCII",
            "xn--bcher-kva.example TXT v=spf1 ip4:192.0.2.3 -all",
            .pass,
            mailFrom: "u@bücher.example"
        ),
    ])
    func `what the library gets wrong is right`(_ given: Case) throws {
        let run = try #require(World(given.zone).run(ip: given.ip, mailFrom: given.mailFrom))
        #expect(run.verdict.result == given.expected, "\(run.verdict.reason ?? "")")
        if let queries = given.queries { #expect(run.asked.count <= queries) }
        #expect(Set(run.asked).count == run.asked.count)
    }

    /// Inputs of the shapes that end a process which hands them to the library.
    @Test(arguments: [126, 127, 128, 2000])
    func `long runs of macros are harmless`(_ count: Int) throws {
        let macros = String(repeating: "%{i}", count: count)
        for tail in [40, 6000] {
            let text = macros + String(repeating: "a", count: tail)
            for zone in [
                "example.com TXT v=spf1 -all exp=why.example.com\nwhy.example.com TXT \(text)",
                "example.com TXT v=spf1 a:\(text).example.com -all", "example.com TXT v=spf1 moo=\(text) -all",
                "example.com TXT v=spf1 redirect=\(text).example.com",
                "example.com TXT v=spf1 -all exp=\(text).example.com",
                "example.com TXT v=spf1 include:\(text).example.com -all",
                "example.com TXT v=spf1 exists:\(text)%{d} \(text)=x -all",
            ] {
                let verdict = try #require(World(zone).run(mailFrom: "u@example.com")).verdict
                #expect([.fail, .permerror].contains(verdict.result))
                #expect(verdict.explanation == nil)
            }
        }
    }

    @Test func `thousands of terms and addresses are no trouble`() throws {
        let terms = (0..<4000).map { " ?exists:x\($0).example.com" }.joined()
        #expect(World("example.com TXT v=spf1\(terms)").run(mailFrom: "u@example.com")?.verdict.result == .permerror)
        let addresses = (0..<4000).map { "example.com A 198.51.\($0 / 256).\($0 % 256)\n" }.joined()
        let world = World("example.com TXT v=spf1 a -all\nexample.com A 192.0.2.3\n" + addresses)
        #expect(world.run(mailFrom: "u@example.com")?.verdict.result == .pass)
    }
}
