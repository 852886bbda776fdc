import Foundation
import Mail
import Summaries
import Testing

@testable import StoredMail

@Suite struct JSONWriterTests {
    static let texts = [
        "", "a/b", "\"\\\u{8}\u{9}\u{A}\u{C}\u{D}", "\u{0}\u{1}\u{B}\u{1F}\u{7F}\u{80}\u{2028}\u{2029}",
        "é日𝄞\u{FFFD}\u{FEFF}",
        "e\u{301}", "</script>",
    ]

    @Test func `text is written as JSONEncoder writes it`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for text in Self.texts + (0..<0x250).map({ String(UnicodeScalar($0) ?? " ") }) {
            let written = JSONWriter.object { $0.member("a", [text, text]) }
            #expect(written == Array(try encoder.encode(["a": [text, text]])))
        }
    }

    @Test func `a report is what it would be if it were read and written again`() async throws {
        let examined = try await MessageExaminerTests.examine(ReportTests.text)
        for isArchive in [false, true] {
            var report = MessageReport(examined, file: "a\"b/c", authservID: "mx.example.org", includesAnswers: true)
            if isArchive {
                (report.offset, report.variant) = (7, "mboxrd")
                report.tally = MessageTally(examined, octets: 99, oddLines: 2)
            }
            let line = report.line()
            let object = try JSONSerialization.jsonObject(with: Data(line))
            let again = try JSONSerialization.data(
                withJSONObject: object,
                options: [.sortedKeys, .withoutEscapingSlashes]
            )
            #expect(String(decoding: line, as: UTF8.self) == String(decoding: again, as: UTF8.self))
        }
    }

    @Test func `what is read back from a report counts as the message did`() async throws {
        let examined = try await MessageExaminerTests.examine(ReportTests.text)
        var report = MessageReport(examined, file: "x", authservID: "mx.example.org", includesAnswers: false)
        let tally = MessageTally(examined, octets: 99, oddLines: 2)
        report.tally = tally
        var (counted, read) = (Summary(), Summary())
        counted.count(tally)
        read.count(try #require(ReportLine(report.line()[...])?.tally))
        #expect(try SummaryReport(summary: counted).json() == SummaryReport(summary: read).json())
        #expect(read.forgeries.count == 1 && read.domains.count == 1 && read.warnings == 2)
    }

    @Test(arguments: ["{}", "[]", "x", "{\"a\":1}", "{\"results\":1}", "{\"results\":[]", "\u{0}"])
    func `what is not of a report is not counted`(_ line: String) {
        #expect(ReportLine(Array(line.utf8)[...]) == nil)
    }

    @Test func `a time is written as Foundation writes it`() {
        // Foundation has the Julian calendar before October 1582.
        let years: ClosedRange<Int64> = -12_212_553_600...253_402_300_799
        let edges: [Int64] = [0, -1, 951_782_400, 951_868_800, -2_203_891_200, years.lowerBound, years.upperBound]
        for seconds in edges + (0..<2000).map({ years.lowerBound + $0 * 132_793_141 }) {
            let date = Date(timeIntervalSince1970: TimeInterval(seconds))
            #expect(DateTime(secondsSince1970: seconds).text == date.formatted(.iso8601))
        }
    }
}
