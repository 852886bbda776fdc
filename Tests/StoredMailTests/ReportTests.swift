import DMARC
import Files
import Foundation
import Mail
import MailPolicy
import Summaries
import Testing
import Trace

@testable import StoredMail

@Suite struct ReportTests {
    static let text =
        "Return-Path: <ann@sender.example>\nAuthentication-Results: mx.example.org; spf=pass\n"
        + MessageExaminerTests.border + "Message-ID:\n <1@sender.example>\n" + MessageExaminerTests.rest

    @Test func `a report has all its keys, null where nothing is known`() async throws {
        let examined = try await MessageExaminerTests.examine(Self.text)
        let report = MessageReport(examined, file: "x.eml", authservID: "mx.example.org", includesAnswers: true)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.line())) as? [String: Any]
        )
        #expect(
            Set(object.keys) == [
                "file", "message_id", "authserv_id", "header_field", "other_fields", "results", "removed", "envelope",
                "judged_at", "spf_explanation", "policy", "dns",
            ]
        )
        #expect(object["message_id"] as? String == "<1@sender.example>")
        #expect(object["judged_at"] as? String == "2023-11-14T22:13:20Z")
        #expect(object["spf_explanation"] is NSNull)
        #expect(object["policy"] is NSNull)
        let envelope = try #require(object["envelope"] as? [String: Any])
        #expect(
            Set(envelope.keys) == [
                "client", "reverse_name", "helo", "mail_from", "received_at", "hop", "reason",
            ]
        )
        let removed = try #require((object["removed"] as? [[String: Any]])?.first)
        #expect(removed["index"] as? Int == 1)
        #expect(removed["position"] as? Int == 2)
    }

    @Test func `an explanation tells what was asked and answered, and hides what a terminal would obey`() async throws {
        let examined = try await MessageExaminerTests.examine(
            Self.text,
            given: GivenEnvelope(helo: Array("\u{1B}[2Jmail.sender.example".utf8))
        )
        let text = Explanation.text(of: examined, authservID: "mx.example.org", rules: PolicyRules())
        for words in [
            "spf: pass (RFC 7208, 2.6.3)", "asked sender.example TXT; answered: sender.example. 3600 IN TXT",
            "1 removed (RFC 8601, 5)", "dmarc: pass (RFC 9989", "The border hop is Received field 1",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(!text.contains("\u{1B}"))
    }

    @Test func `the summary counts results, domains and forgeries by their place`() async throws {
        var summary = Summary()
        let examined = try await MessageExaminerTests.examine(Self.text)
        for _ in 0..<3 { summary.count(MessageTally(examined, octets: 100)) }
        #expect(summary.messages == 3)
        #expect(summary.results["spf"] == ["pass": 3])
        #expect(summary.domains == ["sender.example": ["pass": 3]])
        let forgery = Summary.Forgery(id: "mx.example.org", reason: "claims our authserv-id", place: .aboveBorder)
        #expect(summary.forgeries == [forgery: 3])
        let again = try JSONDecoder().decode(Summary.self, from: JSONEncoder().encode(summary))
        #expect(again.forgeries == summary.forgeries)
        let table = SummaryReport(summary: summary).table
        #expect(table.contains("sender.example"))
        #expect(table.contains("above the border"))
        #expect(throws: Never.self) { try SummaryReport(summary: summary).json() }
    }

    @Test(arguments: [
        (
            50, 1_234_567, 100 as Int?, 10.0, 8100.4,
            "[############            ] 50%  1,234,567 messages  8,100/s  0:05 left"
        ),
        (0, 0, 100, 0.0, 0.0, "[                        ] 0%  0 messages  0/s"),
        (100, 1, 100, 1.0, 1.0, "[########################] 100%  1 messages  1/s  0:00 left"),
        (36, 1, 7300, 1.0, 1.0, "[                        ] 0%  1 messages  1/s  2:01:04 left"),
        (5 << 20, 1, nil, 1.0, 1.0, "1 messages  1/s  5 MiB"),
    ])
    func `the progress line says how far it is, how fast, and how long it takes`(
        _ octets: Int,
        _ messages: Int,
        _ total: Int?,
        _ octetRate: Double,
        _ messageRate: Double,
        _ line: String
    ) {
        #expect(
            ProgressLine.line(
                octets: octets,
                messages: messages,
                total: total,
                octetRate: octetRate,
                messageRate: messageRate
            ) == line
        )
    }
}
