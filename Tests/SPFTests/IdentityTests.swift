import DNS
import SPF
import Testing

/// Which identity is checked, and which one is named.
@Suite struct IdentityTests {
    /// Every domain of the cases has a record that lets the client pass, so that a wrong choice shows.
    static let world = World(
        """
        legitimate.com TXT v=spf1 +all
        attack.com TXT v=spf1 +all
        any.com TXT v=spf1 +all
        a.attack.com TXT v=spf1 +all
        x.example TXT v=spf1 +all
        x_y.example TXT v=spf1 +all
        helo.attack.com TXT v=spf1 +all
        fails.example TXT v=spf1 -all
        mx.test.example TXT v=spf1 +all
        """
    )

    struct Case: CustomTestStringConvertible {
        let mailFrom: String
        let macro: String?
        let result: SPFResult
        let domain: String?
        var testDescription: String { mailFrom + (macro.map { " read as \($0)" } ?? "") }
        init(_ mailFrom: String, macro: String? = nil, _ result: SPFResult, _ domain: String? = nil) {
            self.mailFrom = mailFrom
            self.macro = macro
            self.result = result
            self.domain = domain
        }
    }

    @Test(arguments: [
        Case("<any@legitimate.com>", macro: "any@legitimate.com", .pass, "legitimate.com"),
        Case("any@legitimate.com", .pass, "legitimate.com"),
        Case("<\"a b\"@x.example>", macro: "\"a b\"@x.example", .pass, "x.example"),
        Case("<a@X.Example>", macro: "a@x.example", .pass, "x.example"),
        Case("<a@x.example>", macro: "a@x.example.", .pass, "x.example"),
        Case("<a@x.example>", macro: "<a@X.example>", .pass, "x.example"),
        Case("<@legitimate.com:any@attack.com>", macro: "any@attack.com", .pass, "attack.com"),
        Case("<@legitimate.com,@any.com:any@attack.com>", .pass, "attack.com"),
        /// The local-part does not decide the domain, nor does what stands around the address; as Postfix hands it on.
        Case("<a..b@x.example>", macro: "\"a..b\"@x.example", .pass, "x.example"),
        Case("<ann.@x.example>", macro: "\"ann.\"@x.example", .pass, "x.example"),
        Case("<.ann@x.example>", .pass, "x.example"), Case("<a b@x.example>", .pass, "x.example"),
        Case("<a\u{1}b@x.example>", .pass, "x.example"), Case("<ü..@x.example>", .pass, "x.example"),
        Case("<\(String(repeating: "a", count: 300)).@x.example>", .pass, "x.example"),
        Case("<@x.example>", macro: "\"\"@x.example", .pass, "x.example"), Case("<\"\"@x.example>", .pass, "x.example"),
        Case("<a@x.example.>", macro: "a@x.example", .pass, "x.example"),
        Case("<a@mail_1.x.example>", macro: "a@mail_1.x.example", .none, "mail_1.x.example"),
        Case("<a@x_y.example>", .pass, "x_y.example"), Case("<a@-x-.example>", .none, "-x-.example"),
        Case("a@x.example>", macro: "a@x.example", .pass, "x.example"), Case("<a@x.example", .pass, "x.example"),
        Case("<<a@x.example>>", macro: "a@x.example", .pass, "x.example"),
        Case(" < a @ x.example > ", .pass, "x.example"), Case("Ann <a@x.example>", .pass, "x.example"),
        Case("(c)<a@x.example>", macro: "a@x.example", .pass, "x.example"),
        Case("<a@x.example>(comment)", macro: "a@x.example", .pass, "x.example"),
        Case("<@legitimate.com:a..b@x.example>", macro: "\"a..b\"@x.example", .pass, "x.example"),
        Case("<a@x.example@x.example.>", .pass, "x.example"),
        /// Attacks on the reader of MAIL FROM, as Postfix hands them on.
        Case("<(any@legitimate.com>", macro: "", .none), Case("<(any@legitimate.com>", .none),
        Case("<any@legitimate.com(.attack.com>", macro: "any@legitimate.com", .none),
        Case("<any@legitimate.com(.attack.com>", .none),
        Case("<any@legitimate.com'@a.attack.com>", macro: "\"any@legitimate.com'\"@a.attack.com", .none),
        Case("<any@legitimate.com@attack.com>", macro: "\"any@legitimate.com\"@attack.com", .none),
        Case("<any\\@legitimate.com@attack.com>", macro: "\"any@legitimate.com\"@attack.com", .none),
        Case("<@legitimate.com,@any.com:'any@attack.com>", macro: "any@legitimate.com", .none),
        Case("<@legitimate.com:any@attack.com>", macro: "any@legitimate.com", .none),
        Case("<a(b@x.example>", macro: "a@mx.test.example", .none), Case("<a(b@x.example>", .none),
        Case("<any@\"legitimate.com\">", macro: "any@legitimate.com", .none),
        Case("<\"any@legitimate.com\">", macro: "any@legitimate.com", .none),
        Case("<any@legitimate\\.com>", macro: "any@legitimate.com", .none),
        Case("<a@x .example>", macro: "a@x.example", .none),
        Case("<a>b@x.example>", .none), Case("<\"a@x.example>", .none), Case("<a@x.example>b", .none),
        Case("<a@x.example>\0", .none), Case("<a@x.example\r\nRCPT TO:<b@x.example>>", .none),
        Case("<a@x.example> <b@x.example>", .none),
        Case("<any@legitimate.com>", macro: "any@attack.com", .none),
        Case("<any@legitimate.com>", macro: "", .none), Case("<any@legitimate.com>", macro: "any", .none),
        Case("<an..y@legitimate.com>", macro: "any@attack.com", .none),
        Case("<>", macro: "any@attack.com", .none),
        /// RFC 7208, 2.6.1: there is no domain, whatever the MTA makes of that.
        Case("<a>", macro: "a@mx.test.example", .none), Case("root", .none), Case("<MAILER-DAEMON>", .none),
        Case("<a%x.example>", macro: "a@x.example", .none), Case("<x.example!a>", macro: "a@x.example", .none),
        Case("<@legitimate.com:a>", macro: "a@mx.test.example", .none), Case("<a@>", .none), Case("<@>", .none),
        Case("<", .none), Case(">", .none),
        /// RFC 7208, 4.3.
        Case("<u@localhost>", .none), Case("<u@[192.0.2.3]>", .none), Case("<u@[IPv6:2001:db8::1]>", .none),
        Case("<a..b@[192.0.2.3]>", .none), Case("<u@[x.example]>", .none), Case("<a@x.example..>", .none),
        Case("<u@A...example.com>", .none), Case("<u@\(String(repeating: "a", count: 64)).x.example>", .none),
        Case("<@x.example>", macro: "a@attack.com", .none), Case("@", .none), Case("@x.example", .pass, "x.example"),
        /// A1: the name does not exist, and that is what counts.
        Case("<any@mailfrom.notexist.legitimate.com>", .none, "mailfrom.notexist.legitimate.com"),
    ])
    func `only an address that is read in one way is checked`(_ given: Case) throws {
        let run = try #require(
            Self.world.run(helo: "helo.attack.com", mailFrom: given.mailFrom, macroAddress: given.macro)
        )
        #expect(run.verdict.result == given.result, "\(run.verdict.reason ?? "")")
        #expect(run.verdict.identity == given.domain.flatMap(Domain.init).map(SPFVerdict.Identity.mailFrom))
        /// HELO passes in every case, and never stands for MAIL FROM.
        #expect(run.verdict.helo?.result == .pass)
        if given.result != .pass { #expect(run.verdict.reason != nil) }
        if given.domain == nil { #expect(run.asked.map(\.name.text) == ["helo.attack.com"]) }
    }

    @Test(arguments: [
        ("x_y.example", "x_y.example"), ("x.example.", "x.example"), ("-x-.example", "-x-.example"),
        ("mail_1.x.example.", "mail_1.x.example"),
    ])
    func `a HELO name that the DNS can have is checked`(_ helo: String, _ name: String) throws {
        let run = try #require(Self.world.run(helo: helo, mailFrom: "<>"))
        #expect(run.verdict.identity == Domain(name).map(SPFVerdict.Identity.helo))
        #expect(run.asked.map(\.name.text) == [name])
    }

    @Test(arguments: ["<>", "", "< >", " <> "])
    func `a null sender is postmaster at HELO`(_ mailFrom: String) throws {
        let domain = try #require(Domain("helo.attack.com"))
        let verdict = try #require(Self.world.run(helo: "HELO.attack.com", mailFrom: mailFrom)).verdict
        #expect(verdict.result == .pass)
        #expect(verdict.identity == .helo(domain))
        #expect(verdict.helo?.domain == domain)
        let failed = try #require(Self.world.run(helo: "fails.example", mailFrom: mailFrom, macroAddress: "")).verdict
        #expect(failed.result == .fail && failed.helo?.result == .fail)
    }

    @Test(arguments: [
        "", "localhost", "[192.0.2.3]", "a (good.example [192.0.2.1])", "a;spf=pass", "a(b", "a\"b", "two words",
        "bücher.example", "x.example..", "x..example", "x.example\0", "<x.example>", "[x.example]", "x\\.example",
    ])
    func `a HELO that is no domain is not checked and not named`(_ helo: String) throws {
        let null = try #require(Self.world.run(helo: helo, mailFrom: "<>"))
        #expect(null.verdict.result == .none && null.verdict.identity == nil && null.verdict.helo == nil)
        #expect(null.asked.isEmpty)
        let named = try #require(Self.world.run(helo: helo, mailFrom: "<a@x.example>"))
        #expect(named.verdict.result == .pass && named.verdict.helo == nil)
    }

    @Test func `HELO fails and MAIL FROM passes, each by itself`() throws {
        let run = try #require(Self.world.run(helo: "fails.example", mailFrom: "<a@x.example>"))
        #expect(run.verdict.result == .pass)
        #expect(run.verdict.helo?.result == .fail)
        #expect(run.verdict.identity?.domain.text == "x.example")
        #expect(run.rounds == 1)
    }

    /// The local-part stands in a name as it is in MAIL FROM, without the quotes of a valid quoted-string.
    @Test(arguments: [
        ("<a..b@x.example>", "%{l}.y.example", nil), ("<a..b@x.example>", "%{l1}.y.example", "b.y.example"),
        ("<ann.-@x.example>", "%{L-}.y.example", nil), ("<a--b@x.example>", "x%{lr-}.y.example", nil),
        ("<strong-bad-@x.example>", "x%{lr-}.y.example", "x.bad.strong.y.example"),
        ("<a b@x.example>", "%{l}.y.example", "a b.y.example"),
        ("<a b.@x.example>", "%{L}x.y.example", "a%20b.x.y.example"),
        ("<\"a b\"@x.example.>", "%{l}.y.example", "a b.y.example"),
        ("<a;b@x.example>", "%{s}.y.example", "a;b@x.example.y.example"),
        ("<a\"\"b@x.example>", "%{S}.y.example", "a%22%22b%40x.example.y.example"),
        ("<a/b:c@x.example>", "%{L}.y.example", "a%2fb%3ac.y.example"),
        ("< a @x.example>", "%{l}.y.example", "a.y.example"), ("Ann <a@x.example>", "%{l}.y.example", "a.y.example"),
        ("<@r.example:a.@x.example>", "%{l}y.example", "a.y.example"),
        ("<@x.example>", "%{l}.y.example", "postmaster.y.example"),
        ("<\"\"@x.example>", "%{l}.y.example", "postmaster.y.example"), ("<ü.@x.example>", "%{l}y.example", nil),
        ("<ü.@x.example>", "%{L}y.example", nil), ("<ü.@x.example>", "%{o}.y.example", "x.example.y.example"),
        ("<a\u{1}.@x.example>", "%{l}y.example", nil), ("<a\u{1}.@x.example>", "%{L}y.example", "a%01.y.example"),
        ("<a@X.Example.>", "%{o}.%{d}.y.example", "x.example.x.example.y.example"),
    ])
    func `macros hold the octets of the local-part`(_ mailFrom: String, _ spec: String, _ name: String?) throws {
        let world = World("x.example TXT v=spf1 exists:\(spec) -all")
        let run = try #require(world.run(mailFrom: mailFrom))
        #expect(run.verdict.result == .fail)
        #expect(run.asked.map(\.name.text) == ["x.example"] + (name.map { [$0] } ?? []))
    }

    @Test func `octets that are not UTF-8 keep nobody from being judged, and no macro has them`() throws {
        let world = World("x.example TXT v=spf1 exists:%{l}.y.example include:%{L}.y.example +all")
        let run = try #require(world.run(helo: [], mailFrom: Array("<a".utf8) + [0xFF] + Array("@x.example>".utf8)))
        #expect(run.verdict.result == .pass && run.verdict.identity?.domain.text == "x.example")
        #expect(run.asked.count == 1)
        let domain = try #require(world.run(helo: [], mailFrom: Array("<a@x".utf8) + [0xFF] + Array(".example>".utf8)))
        #expect(domain.verdict.result == .none && domain.verdict.identity == nil && domain.asked.isEmpty)
    }

    @Test func `a dot behind the HELO name is no part of it`() throws {
        let world = World("x.example TXT v=spf1 exists:%{h}.y.example -all\nHelo.example.y.example A 127.0.0.2")
        #expect(try #require(world.run(helo: "Helo.example.", mailFrom: "<a@x.example>")).verdict.result == .pass)
    }

    @Test func `macros see the identity that is checked`() throws {
        let world = World(
            """
            helo.example TXT v=spf1 exists:%{l}.%{o}.%{d}.%{h}.x.example -all
            postmaster.helo.example.helo.example.helo.example.x.example A 127.0.0.2
            from.example TXT v=spf1 redirect=other.example
            other.example TXT v=spf1 exists:%{l}.%{o}.%{d}.%{h}.x.example -all
            john.doe.from.example.other.example.helo.example.x.example A 127.0.0.2
            """
        )
        let run = try #require(world.run(helo: "helo.example", mailFrom: "<\"john.doe\"@from.example>"))
        #expect(run.verdict.result == .pass)
        #expect(run.verdict.helo?.result == .pass)
    }
}
