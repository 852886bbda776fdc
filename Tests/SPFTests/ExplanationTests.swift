import DNS
import SPF
import Testing

/// RFC 7208, 6.2: what the domain says to a rejected sender.
@Suite struct ExplanationTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let zone: String
        let expected: String?
        init(_ name: String, _ zone: String, _ expected: String?) {
            testDescription = name
            self.zone = zone
            self.expected = expected
        }
    }

    @Test(arguments: [
        Case(
            "all macros",
            "example.com TXT v=spf1 -all exp=why.%{d}\nwhy.example.com TXT %{s}%_at%_%{c}: see %{r}?%{S} 100%%",
            "u@example.com at 192.0.2.3: see mx.own.example?u%40example.com 100%"
        ),
        Case("none", "example.com TXT v=spf1 -all", nil),
        Case("no such name", "example.com TXT v=spf1 -all exp=why.example.com", nil),
        Case("it cannot be had", "example.com TXT v=spf1 -all exp=why.example.com\nwhy.example.com TXT FAIL", nil),
        Case(
            "two texts",
            "example.com TXT v=spf1 -all exp=why.example.com\nwhy.example.com TXT a\nwhy.example.com TXT b",
            nil
        ),
        Case("a bad macro", "example.com TXT v=spf1 -all exp=why.example.com\nwhy.example.com TXT 100% sure", nil),
        Case("not ASCII", "example.com TXT v=spf1 -all exp=why.example.com\nwhy.example.com TXT caf\u{e9}", nil),
        Case(
            "too long",
            "example.com TXT v=spf1 -all exp=why.example.com\nwhy.example.com TXT \(String(repeating: "a", count: 1001))",
            nil
        ),
        Case("a name that is none", "example.com TXT v=spf1 -all exp=%{h}.\nwhy.example.com TXT a", nil),
        Case(
            "of the record that a redirect leads to",
            "example.com TXT v=spf1 redirect=x.example.com exp=why.example.com\nx.example.com TXT v=spf1 -all exp=why.x.example.com\nwhy.example.com TXT wrong\nwhy.x.example.com TXT %{d}",
            "x.example.com"
        ),
        Case(
            "not of an include",
            "example.com TXT v=spf1 -include:x.example.com exp=why.example.com\nx.example.com TXT v=spf1 +all exp=why.x.example.com\nwhy.example.com TXT %{d}\nwhy.x.example.com TXT wrong",
            "example.com"
        ),
        Case(
            "the validated name",
            "example.com TXT v=spf1 -all exp=why.example.com\nwhy.example.com TXT %{p}\n3.2.0.192.in-addr.arpa PTR a.example.org\na.example.org A 192.0.2.3",
            "a.example.org"
        ),
    ])
    func `a fail is explained if all is well, and is a fail if not`(_ given: Case) throws {
        let verdict = try #require(World(given.zone).run(mailFrom: "u@example.com")).verdict
        #expect(verdict.explanation == given.expected)
        #expect([.fail, .permerror].contains(verdict.result))
    }

    @Test(arguments: ["+", "?", "~"])
    func `nothing but a fail is explained, and nothing is asked for it`(_ qualifier: String) throws {
        let world = World("example.com TXT v=spf1 \(qualifier)all exp=why.example.com\nwhy.example.com TXT text")
        let run = try #require(world.run(helo: "example.com", mailFrom: "u@example.com"))
        #expect(run.verdict.explanation == nil)
        #expect(run.asked.count == 1)
    }

    @Test func `a failing HELO beside a passing MAIL FROM is not asked why`() throws {
        let world = World(
            """
            example.com TXT v=spf1 +all
            helo.example.com TXT v=spf1 -all exp=why.example.com
            why.example.com TXT text
            """
        )
        let run = try #require(world.run(helo: "helo.example.com", mailFrom: "u@example.com"))
        #expect(run.verdict.helo?.result == .fail && run.verdict.explanation == nil && run.asked.count == 2)
        let null = try #require(world.run(helo: "helo.example.com", mailFrom: "<>"))
        #expect(null.verdict.result == .fail && null.verdict.explanation == "text")
    }
}
