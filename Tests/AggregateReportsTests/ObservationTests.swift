import AggregateReports
import Authentication
import DNS
import Mail
import Testing

@Suite struct ObservationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var record = "v=DMARC1; p=reject; rua=mailto:r@sender.example"
        var author = "ann@sender.example"
        var mailFrom = "<ann@sender.example>"
        var client = "192.0.2.7"
        var handling: Observation.Handling?
        /// `disposition dkim spf header-from envelope-from`, and the reasons; nil for a message of which no report tells.
        let told: String?
    }

    static let cases = [
        Case(testDescription: "passes by SPF", told: "pass fail pass sender.example sender.example"),
        Case(
            testDescription: "passes under a policy that asks for nothing",
            record: "v=DMARC1; p=none; rua=mailto:r@sender.example",
            told: "none fail pass sender.example sender.example"
        ),
        Case(
            testDescription: "passes by a subdomain",
            mailFrom: "<b@mail.sender.example>",
            told: "pass fail pass sender.example mail.sender.example"
        ),
        Case(
            testDescription: "a subdomain that is not enough",
            record: "v=DMARC1; p=reject; aspf=s; rua=mailto:r@sender.example",
            mailFrom: "<b@mail.sender.example>",
            told: "none fail fail sender.example mail.sender.example local_policy"
        ),
        Case(
            testDescription: "fails, and nothing is done",
            client: "203.0.113.1",
            told: "none fail fail sender.example sender.example local_policy"
        ),
        Case(
            testDescription: "fails under a policy that is tested",
            record: "v=DMARC1; p=quarantine; t=y; rua=mailto:r@sender.example",
            client: "203.0.113.1",
            told: "none fail fail sender.example sender.example policy_test_mode"
        ),
        Case(
            testDescription: "fails, and is rejected",
            client: "203.0.113.1",
            handling: .init(.reject),
            told: "reject fail fail sender.example sender.example"
        ),
        Case(
            testDescription: "fails, and is let in by a trusted forwarder",
            client: "203.0.113.1",
            handling: .init(.none, reasons: [.init(.trustedForwarder, "sealed by lists.example.org")]),
            told: "none fail fail sender.example sender.example trusted_forwarder"
        ),
        Case(
            testDescription: "the null sender",
            mailFrom: "<>",
            told: "pass fail pass sender.example "
        ),
        Case(
            testDescription: "a subdomain in From is told under the domain of the record",
            author: "ann@news.sender.example",
            told: "pass fail pass news.sender.example sender.example"
        ),
        Case(testDescription: "nobody asks for reports", record: "v=DMARC1; p=reject", told: nil),
        Case(
            testDescription: "reports asked for at nothing but a web page",
            record: "v=DMARC1; p=reject; rua=https://a.example/",
            told: nil
        ),
        Case(testDescription: "no policy", author: "ann@other.example", told: nil),
        Case(testDescription: "no author", author: "undisclosed", told: nil),
        Case(testDescription: "a local client", client: "127.0.0.1", told: nil),
    ]

    @Test(arguments: cases) func `a message is told as it was judged`(_ mail: Case) throws {
        let client = Client(address: IPAddress(mail.client))
        var policy = Policy()
        policy.recordsAlignedMethods = true
        var examination = try #require(Examination(policy: policy, authservID: "mx.example.org", client: client))
        examination.helo(Array("mail.sender.example".utf8))
        examination.begin(mailFrom: Array(mail.mailFrom.utf8), receivedAt: 1_700_000_123)
        examination.header(HeaderField("From", " " + mail.author))
        examination.endOfHeader(at: .now)
        examination.endOfMessage()
        let spf = "v=spf1 ip4:192.0.2.0/24 -all"
        let zone = [
            "_dmarc.sender.example": mail.record, "sender.example": spf, "mail.sender.example": spf,
        ]
        while case let questions = examination.newQuestions(), !questions.isEmpty {
            for question in questions {
                let text = question.type == .txt ? zone[question.name.text] : nil
                examination.learn(
                    text.map { Answer(.records([.txt([Array($0.utf8)])])) } ?? Answer(.nameError),
                    to: question
                )
            }
        }
        let end = examination.judgement
        let judgement = try #require(end)
        let observation = Observation(
            judgement,
            client: client,
            mailFrom: Array(mail.mailFrom.utf8),
            handling: mail.handling,
            at: 1_700_000_123
        )
        let told = observation.map { observation in
            let row = observation.row
            let aligned = [row.dkimAligned, row.spfAligned].map { $0 ? "pass" : "fail" }
            let words = [row.disposition.rawValue] + aligned + [row.headerFrom, row.envelopeFrom ?? "-"]
            return (words + row.reasons.map(\.kind.rawValue)).joined(separator: " ")
        }
        #expect(told == mail.told)
        guard let observation else { return }
        #expect(observation.hour == 1_699_999_200 && observation.hour % 3600 == 0)
        #expect(observation.policy.domain == "sender.example")
        #expect(observation.row.sourceIP == mail.client)
    }
}
