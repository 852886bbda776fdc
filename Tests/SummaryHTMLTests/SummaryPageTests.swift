import Foundation
import Summaries
import SummaryHTML
import Testing

@Suite struct SummaryPageTests {
    private func tally(_ domain: String, _ dmarc: String, on day: String? = "2023-11-14") -> MessageTally {
        var tally = MessageTally()
        tally.results = [("spf", "pass"), ("dmarc", dmarc)]
        tally.domain = (domain, dmarc)
        tally.day = day
        tally.network = "192.0.2.0/24"
        return tally
    }

    private func page(_ tallies: [MessageTally]) throws -> String {
        var summary = Summary()
        for tally in tallies { summary.count(tally) }
        return String(decoding: try SummaryPage(summary).html(), as: UTF8.self)
    }

    /// What a sender, a zone or a configuration may write, and a browser must not obey.
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; alert(1); '",
        "</td></table><svg onload=alert(1)>",
        "<\u{301}script>", "\"\u{301} onfocus=alert(1) x=\"", "\u{D4E}<b>", "{{{script}}}", "{{#worst}}", "<!--", "]]>",
        "\u{202E}elpmaxe\u{2066}", "a\u{0}b\u{7}", "\u{2028}",
    ]

    @Test(arguments: hostile) func `a stranger's text is shown, and is never markup`(_ text: String) throws {
        var tally = tally(text, "fail")
        tally.forgeries = [.init(id: text, reason: text, place: .belowBorder)]
        tally.unknownClient = text
        tally.ruleMatches = [.init(rule: text, action: "reject", isDryRun: true)]
        tally.dnsFailures = [.init(name: text, type: "TXT", outcome: "time-out")]
        tally.slowAnswers = [(.init(name: text, type: "TXT"), 1500)]
        let empty = try page([self.tally("a", "fail")])
        let page = try page([tally])
        for tag in ["<script", "<img", "<svg onload", "</table", "<!--", "<b>", "onfocus=alert(1) x=\"\""] {
            #expect(
                page.components(separatedBy: tag).count - 1 <= empty.components(separatedBy: tag).count + 5,
                "\(tag)"
            )
            if tag != "</table" { #expect(page.contains(tag) == empty.contains(tag), "\(tag)") }
        }
        // Whatever a reader's parser takes for a character, `<` and `"` have no company.
        #expect(!page.unicodeScalars.contains { $0 == "\u{301}" || $0 == "\u{202E}" || $0 == "\0" || $0 == "\u{2028}" })
        #expect(page.components(separatedBy: "<script>").count == 2)
    }

    @Test func `the worst domains come first, whatever their names`() throws {
        let counts = [
            ("busy.example", 0, 50), ("a.example", 1, 9), ("bad.example", 7, 0), ("worse.example", 9, 90),
            ("b.example", 2, 2),
        ]
        let page = try page(
            counts.flatMap { name, failed, passed in
                Array(repeating: tally(name, "fail"), count: failed)
                    + Array(repeating: tally(name, "pass"), count: passed)
            }
        )
        let section = try #require(page.split(separator: "id=\"results\"").first)
        let names = section.matches(of: #/<p class="name"><bdi>(.*?)</bdi>/#).map { String($0.1) }
        #expect(names == ["worse.example", "bad.example", "b.example"])
        #expect(section.contains("<strong>9</strong> of 99 messages failed, 9 %"))
    }

    @Test func `rows and columns have headings, and no text is part of a drawing that is stretched`() throws {
        let page = try page([tally("a.example", "fail"), tally("b.example", "pass")])
        #expect(page.contains("<th scope=\"row\"><bdi>a.example</bdi></th><td class=\"number\" data-value=\"1\">"))
        #expect(page.contains("<th scope=\"col\">domain</th>"))
        #expect(page.contains("at most 2 a day"))
        #expect(!page.contains("<text"))
    }

    @Test func `only its own script and style are let run, and nothing is loaded`() throws {
        let page = try page([tally("a.example", "pass")])
        for (element, source) in [("script", "script-src"), ("style", "style-src")] {
            let start = try #require(page.range(of: "<\(element)>")?.upperBound)
            let end = try #require(page.range(of: "</\(element)>")?.lowerBound)
            let hash = try #require(
                page.firstMatch(of: try Regex(source + " 'sha256-([A-Za-z0-9+/=]+)'"))?.output[1].substring
            )
            #expect(try Self.sha256(String(page[start..<end])) == String(hash), "\(element)")
        }
        for word in ["http:", "https:", "src=", "url(", "@import", " style=", "onclick"] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    /// By openssl(1): the page's own hash is not asked about itself.
    private static func sha256(_ text: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = ["dgst", "-sha256", "-binary", file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        return output.fileHandleForReading.readDataToEndOfFile().base64EncodedString()
    }

    @Test func `bars are by day, and where there are too many days, by month`() throws {
        let days = try page(["2023-11-14", "2023-11-16"].map { tally("a.example", "pass", on: $0) })
        #expect(days.contains("<title>2023-11-14: pass 1</title>"))
        #expect(days.contains("Numbers by day"))
        let months = try page((0..<300).map { tally("a.example", "pass", on: "20\(10 + $0 / 28)-03-\($0 % 28 + 10)") })
        #expect(months.contains("<title>2010-03: pass 28</title>"))
    }

    @Test func `an empty summary is a page too`() throws {
        let page = try page([])
        #expect(page.contains("No message failed DMARC."))
        #expect(page.contains("There are no results."))
    }
}

@Suite struct TimelineTests {
    /// Days of many years, of which each order of counting is to give the same.
    @Test(arguments: [(399, "day"), (401, "month"), (14_000, "year")])
    func `periods become coarser by their number, in whatever order they come`(_ days: Int, _ unit: String) throws {
        let calendar = Calendar(identifier: .gregorian)
        let start = Date(timeIntervalSince1970: 0)
        let names = (0..<days).map { day in
            String(calendar.date(byAdding: .day, value: day, to: start)!.ISO8601Format().prefix(10))
        }
        func json(_ names: [String]) throws -> String {
            var summary = Summary()
            for name in names {
                var tally = MessageTally()
                tally.results = [("spf", name.hasSuffix("1") ? "pass" : "fail")]
                tally.day = name
                summary.count(tally)
            }
            #expect(summary.timeline.unit.name == unit)
            #expect(summary.results["spf"]?.values.reduce(0, +) == days)
            return String(decoding: try SummaryReport(summary: summary).json(), as: UTF8.self)
        }
        var generator = SystemRandomNumberGenerator()
        #expect(try json(names) == json(names.shuffled(using: &generator)))
    }
}
