import AggregateReports
import DNS
import Testing

@Suite struct ReportDestinationTests {
    @Test(
        arguments: [
            ("mailto:a@b.example", "a@b.example"), ("MAILTO:a@B.example", "a@b.example"),
            ("mailto:a@b.example!10m", "a@b.example"), ("mailto:a@b.example?subject=x", "a@b.example"),
            ("mailto:a%2Bb@c.example", "a+b@c.example"), ("mailto:x=y/z@c.example", "x=y/z@c.example"),
            ("https://b.example/", nil), ("mailto:", nil), ("mailto:a", nil), ("mailto:@b.example", nil),
            ("mailto:a@b", nil), ("mailto:a@b@c.example", nil), ("mailto:a%0d%0aRCPT@b.example", nil),
            ("mailto:a%20b@c.example", nil), ("mailto:%22a%22@c.example", nil), ("mailto:a..b@c.example", nil),
            ("mailto:a@[192.0.2.1]", nil), ("mailto:a@b.example.", nil), ("mailto:a%@b.example", nil),
            ("mailto:a,b@c.example", nil), ("mailto:<a@c.example>", nil), ("mailto:-f@c.example", "-f@c.example"),
            ("mailto:\(String(repeating: "a", count: 65))@c.example", nil),
        ] as [(String, String?)]
    )
    func `an address is one that can be an argument of RCPT TO as it is`(uri: String, address: String?) {
        #expect(ReportDestination(uri)?.address == address)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var uri = "mailto:r@collector.example"
        var domain = "sender.example"
        let zone: [String: [String]]
        let outcome: String
    }

    private static let permission = "sender.example._report._dmarc.collector.example TXT"

    static let cases = [
        Case(
            testDescription: "the domain itself",
            uri: "mailto:r@sender.example",
            zone: [:],
            outcome: "r@sender.example"
        ),
        Case(
            testDescription: "a host of the same organization",
            uri: "mailto:r@mail.sender.example",
            domain: "news.sender.example",
            zone: ["_dmarc.sender.example TXT": ["v=DMARC1; p=none"]],
            outcome: "r@mail.sender.example"
        ),
        Case(
            testDescription: "a host of the same organization that says it is another",
            uri: "mailto:r@mail.sender.example",
            zone: [
                "_dmarc.sender.example TXT": ["v=DMARC1; p=none"],
                "_dmarc.mail.sender.example TXT": ["v=DMARC1; psd=n"],
            ],
            outcome: "ignore"
        ),
        Case(testDescription: "another, without permission", zone: [:], outcome: "ignore"),
        Case(
            testDescription: "another, with permission",
            zone: [permission: ["v=DMARC1"]],
            outcome: "r@collector.example"
        ),
        Case(
            testDescription: "another, with a tag more",
            zone: [permission: ["v=DMARC1; x=y;"]],
            outcome: "r@collector.example"
        ),
        Case(testDescription: "no permission, but a text", zone: [permission: ["v=spf1 -all"]], outcome: "ignore"),
        Case(testDescription: "another version", zone: [permission: ["v=DMARC2"]], outcome: "ignore"),
        Case(
            testDescription: "another, that names another address of its own",
            zone: [permission: ["v=DMARC1; rua=mailto:x@collector.example"]],
            outcome: "x@collector.example"
        ),
        Case(
            testDescription: "another, that names an address elsewhere",
            zone: [permission: ["v=DMARC1; rua=mailto:x@victim.example"]],
            outcome: "ignore"
        ),
        Case(
            testDescription: "another, that names one address of its own and one elsewhere",
            zone: [permission: ["v=DMARC1; rua=mailto:x@collector.example,mailto:x@victim.example"]],
            outcome: "ignore"
        ),
        Case(
            testDescription: "another, that names nothing that is an address",
            zone: [permission: ["v=DMARC1; rua=none"]],
            outcome: "ignore"
        ),
        Case(testDescription: "another, whose DNS is down", zone: [permission: ["SERVFAIL"]], outcome: "later"),
        Case(
            testDescription: "an organization that cannot be found out",
            zone: ["_dmarc.collector.example TXT": ["SERVFAIL"]],
            outcome: "later"
        ),
        Case(
            testDescription: "a name too long for a permission",
            domain: String(repeating: "a.", count: 110) + "sender.example",
            zone: [:],
            outcome: "ignore"
        ),
        Case(
            testDescription: "a host that takes no mail",
            uri: "mailto:r@sender.example",
            zone: ["sender.example MX": ["."]],
            outcome: "ignore"
        ),
        Case(
            testDescription: "a host with an MX",
            uri: "mailto:r@sender.example",
            zone: ["sender.example MX": ["mx.sender.example"]],
            outcome: "r@sender.example"
        ),
    ]

    @Test(arguments: cases) func `reports go where they are wanted`(_ world: Case) throws {
        let check = DestinationCheck(
            try #require(ReportDestination(world.uri)),
            for: try #require(Domain(world.domain))
        )
        var answers = Answers()
        var outcome = check.evaluate(&answers)
        while outcome == nil {
            let questions = answers.takeNew()
            try #require(!questions.isEmpty)
            for question in questions { answers.learn(Self.answer(world.zone, question), to: question) }
            outcome = check.evaluate(&answers)
        }
        switch try #require(outcome) {
        case .send(let destinations): #expect(destinations.map(\.address).joined(separator: " ") == world.outcome)
        case .ignore(let reason): #expect(world.outcome == "ignore", "\(reason)")
        case .later(let reason): #expect(world.outcome == "later", "\(reason)")
        }
    }

    private static func answer(_ zone: [String: [String]], _ question: Question) -> Answer {
        guard let texts = zone["\(question.name) \(question.type.mnemonic)"] else { return Answer(.nameError) }
        if texts == ["SERVFAIL"] { return .failure(.serverFailure) }
        return Answer(
            .records(
                texts.map { text in
                    question.type == .mx
                        ? .mx(preference: 0, exchange: Domain(text)) : .txt([Array(text.utf8)])
                }
            )
        )
    }
}
