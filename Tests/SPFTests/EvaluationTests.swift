import DNS
import SPF
import Testing

/// Whole checks in a world that is data. The client is 192.0.2.3 unless told otherwise.
@Suite struct EvaluationTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let zone: String
        let expected: SPFResult
        var ip = "192.0.2.3"
        var mailFrom = "u@example.com"
        var queries: Int?
        init(
            _ name: String,
            _ zone: String,
            _ expected: SPFResult,
            ip: String = "192.0.2.3",
            mailFrom: String = "u@example.com",
            queries: Int? = nil
        ) {
            testDescription = name
            self.zone = zone
            self.expected = expected
            self.ip = ip
            self.mailFrom = mailFrom
            self.queries = queries
        }
    }

    /// RFC 7208, 2.6.6, 4.4, 5 and 6.1.
    @Test(arguments: [
        Case("no such domain", "", .none),
        Case("no TXT record", "example.com A 192.0.2.3", .none),
        Case("no SPF record", "example.com TXT v=spf10 -all", .none),
        Case("two records", "example.com TXT v=spf1 -all\nexample.com TXT v=spf1", .permerror),
        Case("other records beside it", "example.com TXT google-site\nexample.com TXT V=SPF1 +ALL", .pass),
        Case("the record cannot be had", "example.com TXT FAIL", .temperror),
        Case("an address cannot be had", "example.com TXT v=spf1 a -all\nexample.com A FAIL", .temperror),
        Case(
            "after a match, nothing is asked",
            "example.com TXT v=spf1 ip4:192.0.2.3 a -all\nexample.com A FAIL",
            .pass
        ),
        Case(
            "an include cannot be had",
            "example.com TXT v=spf1 include:x.example.com -all\nx.example.com TXT FAIL",
            .temperror
        ),
        Case(
            "a redirect cannot be had",
            "example.com TXT v=spf1 redirect=x.example.com\nx.example.com TXT FAIL",
            .temperror
        ),
        Case(
            "within an include",
            "example.com TXT v=spf1 include:x.example.com -all\nx.example.com TXT v=spf1 mx\nx.example.com MX FAIL",
            .temperror
        ),
        Case(
            "a mail host's address cannot be had",
            "example.com TXT v=spf1 mx -all\nexample.com MX h.example.com\nh.example.com A FAIL",
            .temperror
        ),
        Case(
            "exists cannot be had",
            "example.com TXT v=spf1 exists:x.example.com -all\nx.example.com A FAIL",
            .temperror
        ),
        Case(
            "the client's names cannot be had",
            "example.com TXT v=spf1 ptr -all\n3.2.0.192.in-addr.arpa PTR FAIL",
            .fail
        ),
        Case(
            "one of its names cannot be had",
            "example.com TXT v=spf1 ptr -all\n3.2.0.192.in-addr.arpa PTR a.example.com\n3.2.0.192.in-addr.arpa PTR b.example.com\na.example.com A FAIL\nb.example.com A 192.0.2.3",
            .pass
        ),
        Case(
            "a name of the client's elsewhere",
            "example.com TXT v=spf1 ptr -all\n3.2.0.192.in-addr.arpa PTR notexample.com\nnotexample.com A 192.0.2.3",
            .fail
        ),
        Case(
            "a name that does not point back",
            "example.com TXT v=spf1 ptr -all\n3.2.0.192.in-addr.arpa PTR a.example.com\na.example.com A 192.0.2.4",
            .fail
        ),
        Case(
            "two look-ups without an answer",
            "example.com TXT v=spf1 a:x.example.com mx exists:y.example.com ip4:192.0.2.3",
            .permerror
        ),
        Case("a syntax error behind a match", "example.com TXT v=spf1 +all foo", .permerror),
        Case(
            "a syntax error in an include",
            "example.com TXT v=spf1 include:x.example.com -all\nx.example.com TXT v=spf1 ip4:1",
            .permerror
        ),
        Case("nothing matches", "example.com TXT v=spf1 ip4:198.51.100.1", .neutral),
        Case("one label", "localhost TXT v=spf1 +all", .none, mailFrom: "u@localhost"),
        Case("a literal", "", .none, mailFrom: "u@[192.0.2.3]"),
        Case("a name with a space", "example.com TXT v=spf1 a:a%_b.example.com -all", .fail),
    ])
    func `each kind of trouble is mapped as the standard says`(_ given: Case) throws {
        let run = try #require(World(given.zone).run(ip: given.ip, mailFrom: given.mailFrom))
        #expect(run.verdict.result == given.expected, "\(run.verdict.reason ?? "")")
    }

    @Test(arguments: [
        Answer.Failure.serverFailure, .refused, .timeout, .malformed, .aliasLoop, .deadline, .unavailable,
    ])
    func `every failure of the resolver is a temporary error`(_ failure: Answer.Failure) throws {
        var world = World()
        world.set("example.com", .txt, .failure(failure))
        let verdict = try #require(world.run(mailFrom: "u@example.com")).verdict
        #expect(verdict.result == .temperror)
        #expect(verdict.reason == "TXT of example.com: \(failure.rawValue)")
    }

    @Test func `the limit of look-ups without an answer is the site's`() throws {
        let world = World("example.com TXT v=spf1 a:x.example.com mx exists:y.example.com ip4:192.0.2.3")
        #expect(world.run(mailFrom: "u@example.com", voidLookupLimit: 3)?.verdict.result == .pass)
        #expect(world.run(mailFrom: "u@example.com", voidLookupLimit: 0)?.verdict.result == .permerror)
    }

    /// A NUL ends a string for a C library; a record that goes on behind it must not be cut short.
    @Test(arguments: [
        ("v=spf1 +all\0 -all", SPFResult.permerror), ("v=spf1\0 +all", .none), ("v=spf1 +all\u{7f}", .permerror),
        ("v=spf1 +all\r\n", .permerror), ("v=spf1 +all moo=\0", .permerror),
    ])
    func `odd octets in a record are seen`(_ record: String, expected: SPFResult) throws {
        var world = World()
        world.set("example.com", .txt, Answer(.records([.txt([Array(record.utf8)])])))
        #expect(try #require(world.run(mailFrom: "u@example.com")).verdict.result == expected)
    }

    @Test func `the strings of a record are joined without a space`() throws {
        var world = World()
        let strings = ["v=spf1 ip4:192", ".0.2.3 -a", "ll"].map { Array($0.utf8) }
        world.set("example.com", .txt, Answer(.records([.txt(strings)])))
        #expect(try #require(world.run(mailFrom: "u@example.com")).verdict.result == .pass)
    }
}
