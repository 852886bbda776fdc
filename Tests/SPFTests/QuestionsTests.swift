import DNS
import SPF
import Testing

/// What a check asks, and when.
@Suite struct QuestionsTests {
    @Test func `MAIL FROM and HELO ask at once, and only once for the same name`() throws {
        let world = World("example.com TXT v=spf1 mx -all\nexample.com MX h.example.com\nh.example.com A 192.0.2.3")
        let run = try #require(world.run(helo: "example.com", mailFrom: "u@example.com"))
        #expect(run.verdict.result == .pass && run.verdict.helo?.result == .pass)
        #expect(run.asked.map(\.description) == ["example.com TXT", "example.com MX", "h.example.com A"])
    }

    /// Three includes with work of their own, within five round trips.
    @Test func `terms of includes are asked for together`() throws {
        let world = World(
            """
            example.com TXT v=spf1 include:a.example.net include:b.example.net include:c.example.net -all
            a.example.net TXT v=spf1 mx -all
            a.example.net MX h.example.net
            h.example.net A 198.51.100.1
            b.example.net TXT v=spf1 a:x.example.net -all
            x.example.net A 198.51.100.2
            c.example.net TXT v=spf1 exists:%{i}.c.example.net -all
            192.0.2.3.c.example.net A 127.0.0.2
            """
        )
        let run = try #require(world.run(helo: "mail.example.com", mailFrom: "u@example.com"))
        #expect(run.verdict.result == .pass)
        #expect(run.verdict.mechanism == "include:c.example.net")
        #expect(run.rounds == 4)
        #expect(run.asked.count == 9)
    }

    /// Every record includes as many again, four deep, and none of them matches.
    @Test(arguments: [2, 3, 4, 5, 6, 7, 10])
    func `a tree of includes costs no more than the limit and a few`(_ width: Int) throws {
        var level = ["example.com"]
        var zone = ""
        for depth in 0...4 {
            var next: [String] = []
            for name in level {
                let children = depth == 4 ? [] : (0..<width).map { "i\($0).\(name)" }
                zone += "\(name) TXT v=spf1" + children.map { " include:\($0)" }.joined() + " ?all\n"
                next += children
            }
            level = next
        }
        let run = try #require(World(zone).run(mailFrom: "u@example.com"))
        #expect(run.verdict.result == .permerror)
        /// Of six in sight, at most five are asked for in vain; where more are in sight, none is.
        #expect(run.asked.count <= (width > 6 ? 11 : 16))
    }

    @Test func `asking ahead does not count`() throws {
        let world = World(
            """
            example.com TXT v=spf1 a mx exists:x.example.com exists:y.example.com exists:z.example.com -all
            example.com A 192.0.2.3
            """
        )
        let run = try #require(world.run(mailFrom: "u@example.com"))
        #expect(run.verdict.result == .pass)
        #expect(run.verdict.queries == 1 && run.verdict.voidLookups == 0)
        #expect(run.rounds == 2)
    }

    @Test func `over the limit, look-ups stop`() throws {
        let terms = (0..<20).map { " a:h\($0).example.com" }.joined()
        let world = World("example.com TXT v=spf1\(terms) -all")
        let run = try #require(world.run(mailFrom: "u@example.com", voidLookupLimit: 100))
        #expect(run.verdict.result == .permerror && run.verdict.queries == 10)
        #expect(run.asked.count == 11)
        let void = try #require(world.run(mailFrom: "u@example.com"))
        #expect(void.verdict.result == .permerror && void.verdict.voidLookups == 3)
        #expect(void.asked.count == 4)
    }

    @Test func `ten names of a client are followed`() throws {
        let zone =
            "example.com TXT v=spf1 ptr -all\n"
            + (0..<12).map { "3.2.0.192.in-addr.arpa PTR h\($0).example.com\n" }.joined()
            + "h10.example.com A 192.0.2.3"
        let run = try #require(World(zone).run(mailFrom: "u@example.com"))
        #expect(run.verdict.result == .fail)
        #expect(run.asked.count == 12)
    }

    @Test func `abandoned questions end the check`() throws {
        var check = SPFCheck(
            client: try #require(IPAddress("192.0.2.3")),
            helo: Array("mail.example.com".utf8),
            mailFrom: Array("<u@example.com>".utf8),
            macroAddress: nil,
            voidLookupLimit: 2,
            receiver: "mx.own.example",
            receivedAt: 0
        )
        #expect(check.domain?.text == "example.com")
        var answers = Answers()
        #expect(check.evaluate(&answers) == nil)
        #expect(answers.open.map(\.description) == ["mail.example.com TXT", "example.com TXT"])
        answers.abandon(because: .deadline)
        let verdict = check.evaluate(&answers)
        #expect(verdict?.result == .temperror && verdict?.helo?.result == .temperror)
        let again = check.evaluate(&answers)
        #expect(again == verdict)
    }

    /// The mechanism that is reported is the domain's own.
    @Test(arguments: [
        ("v=spf1 -a -all", "-all"), ("v=spf1 IP4:192.0.2.0/24 -all", "IP4:192.0.2.0/24"),
        ("v=spf1 include:i.example.com -all", "include:i.example.com"), ("v=spf1 include:n.example.com -all", "-all"),
        ("v=spf1 redirect=i.example.com", "include:j.example.com"), ("v=spf1 ip4:198.51.100.1", nil),
        ("v=spf1 ?exists:e.example.com ~all", "?exists:e.example.com"),
    ])
    func `the term that matched is told`(_ record: String, mechanism: String?) throws {
        let world = World(
            """
            example.com TXT \(record)
            example.com A 198.51.100.1
            e.example.com A 127.0.0.2
            i.example.com TXT v=spf1 include:j.example.com -all
            j.example.com TXT v=spf1 ip4:192.0.2.3 -all
            n.example.com TXT v=spf1 a:e.example.com -all
            """
        )
        #expect(try #require(world.run(mailFrom: "u@example.com")).verdict.mechanism == mechanism)
    }
}
