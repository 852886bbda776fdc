internal import Crypto
internal import Files
internal import Foundation
internal import Mustache
package import Summaries

/// A ``Summary`` as a page (HTML) that a person looks at: one file, which loads nothing and runs nothing but its own
/// script. A stranger's text is in it as text only; should that fail, the page's policy (CSP) lets no other script run.
package struct SummaryPage {
    private let summary: Summary

    package init(_ summary: Summary) {
        self.summary = summary
    }

    package func html() throws -> [UInt8] {
        let library = MustacheLibrary(templates: [
            "page": try MustacheTemplate(string: Self.text(PackageResources.page_mustache)),
            "table": try MustacheTemplate(string: Self.text(PackageResources.table_mustache)),
        ])
        return Array((library.render(content, withTemplate: "page") ?? "").utf8)
    }

    private static func text(_ octets: [UInt8]) -> String {
        String(decoding: octets, as: UTF8.self)
    }

    /// What a content security policy calls a script or a style by.
    private static func hash(_ octets: [UInt8]) -> String {
        "sha256-" + Data(SHA256.hash(data: octets)).base64EncodedString()
    }

    // MARK: What the template shows

    private struct Content {
        let styleHash: String
        let scriptHash: String
        let style: String
        let script: String
        let messages: String
        let octets: String
        let span: Bool
        let first: String
        let last: String
        let undated: String?
        let hasWorst: Bool
        let worst: [Worst]
        let charts: [ResultChart]
        let hasCharts: Bool
        let unit: String
        let numbers: [PageTable]
        let tables: [Section]
    }

    /// A domain with many messages that fail DMARC.
    private struct Worst {
        let name: String
        let failed: String
        let messages: String
        /// Per cent.
        let share: Int
    }

    private struct Section {
        let id: String
        let title: String
        let note: String
        let parts: [PageTable]
        /// What is said if there is no table.
        let none: String
    }

    private var content: Content {
        let axis = PeriodAxis(summary.timeline)
        let methods = summary.results.keys.sorted { (Self.rank($0), $0) < (Self.rank($1), $1) }
        let charts = methods.compactMap { ResultChart($0, summary.timeline, axis) }
        let undated = summary.timeline.undated.messages
        return Content(
            styleHash: Self.hash(PackageResources.page_css),
            scriptHash: Self.hash(PackageResources.page_js),
            style: Self.text(PackageResources.page_css),
            script: Self.text(PackageResources.page_js),
            messages: summary.messages.grouped,
            octets: summary.octets.grouped,
            span: !summary.timeline.periods.isEmpty,
            first: summary.timeline.periods.keys.min() ?? "",
            last: summary.timeline.periods.keys.max() ?? "",
            undated: undated > 0 ? undated.grouped : nil,
            hasWorst: !worst.isEmpty,
            worst: worst,
            charts: charts,
            hasCharts: !methods.isEmpty,
            unit: axis.unit.name,
            numbers: [numbers(methods)],
            tables: [domains, sources, removed, policy, dns]
        )
    }

    private static func rank(_ method: String) -> Int {
        ["dmarc", "spf", "dkim", "arc", "iprev", "auth"].firstIndex(of: method) ?? .max
    }

    private var worst: [Worst] {
        summary.domains.compactMap { name, results in results["fail"].map { (name, $0, results.values.reduce(0, +)) } }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
            .prefix(3)
            .map { name, failed, messages in
                Worst(
                    name: VisibleText.of(name),
                    failed: failed.grouped,
                    messages: messages.grouped,
                    share: max(failed * 100 / messages, 1)
                )
            }
    }

    private func numbers(_ methods: [String]) -> PageTable {
        let timeline = summary.timeline
        let periods = timeline.periods.sorted { $0.key < $1.key } + [("not known", timeline.undated)]
        let rows = periods.flatMap { period, content in
            methods.flatMap { method in
                (content.results[method] ?? [:]).sorted { $0.key < $1.key }.map { result, count in
                    [.text(period), .text(method), .text(result), PageTable.Cell.number(count)]
                }
            }
        }
        return PageTable(
            "Results by \(timeline.unit.name)",
            [timeline.unit.name, "method", "result", "#results"],
            rows
        )
    }

    // MARK: Sections

    /// Outcomes of DMARC, as columns.
    private static let outcomes = ["pass", "fail", "none", "temperror", "permerror"]

    private static func cells(_ name: String, _ results: [String: Int]) -> [PageTable.Cell] {
        [.text(name), .number(results.values.reduce(0, +))] + outcomes.map { .number(results[$0] ?? 0) }
    }

    private static let outcomeColumns = ["#messages"] + outcomes.map { "#\($0)" }

    private var domains: Section {
        let rows = summary.frequentDomains.map { Self.cells($0.name, $0.results) }
        let table = PageTable(
            "DMARC by author's domain",
            ["domain"] + Self.outcomeColumns,
            rows,
            others: ("messages of other domains", summary.otherDomains)
        )
        return Section(
            id: "domains",
            title: "Author's domains",
            note: "The domain in From, and what DMARC says of its messages.",
            parts: rows.isEmpty ? [] : [table],
            none: "DMARC was not checked for any message."
        )
    }

    private var sources: Section {
        let rows = summary.frequentSources.map { Self.cells($0.name, $0.results) }
        let table = PageTable(
            "DMARC by client network",
            ["network"] + Self.outcomeColumns,
            rows,
            others: ("messages of other networks", summary.otherSources)
        )
        let unknown = PageTable(
            "Client not known",
            ["why", "#messages"],
            summary.unknownClients.sorted { $0.key < $1.key }.map { [.text($0.key), .number($0.value)] }
        )
        return Section(
            id: "sources",
            title: "Sources",
            note: "The networks (/24, /48) of the clients that brought the messages to our hosts, and what DMARC says.",
            parts: (rows.isEmpty ? [] : [table]) + (summary.unknownClients.isEmpty ? [] : [unknown]),
            none: "No client is known."
        )
    }

    private var removed: Section {
        let rows = summary.frequentForgeries.map { forgery, count in
            [
                .text(forgery.id ?? "(none can be read)"), .text(forgery.reason), .text(forgery.place.rawValue),
                PageTable.Cell.number(count),
            ]
        }
        return Section(
            id: "removed",
            title: "Forged fields",
            note: "Authentication-Results fields that are removed, by the id that they claim and where they are.",
            parts: rows.isEmpty
                ? []
                : [
                    PageTable(
                        "Removed fields",
                        ["claimed id", "why", "where", "#fields"],
                        rows,
                        others: ("fields", summary.otherForgeries)
                    )
                ],
            none: "No field was removed."
        )
    }

    private var policy: Section {
        let rows = summary.frequentRuleMatches.map { match, count in
            [
                .text(match.rule), .text(match.action), .text(match.isDryRun ? "dry run" : ""),
                PageTable.Cell.number(count),
            ]
        }
        return Section(
            id: "policy",
            title: "Policy",
            note: "What the rules would do with these messages.",
            parts: rows.isEmpty ? [] : [PageTable("Rules", ["rule", "action", "only tried", "#messages"], rows)],
            none: "No rule matches any message."
        )
    }

    private var dns: Section {
        let failures = summary.frequentFailures.map { failure, count in
            [.text(failure.name), .text(failure.type), .text(failure.outcome), PageTable.Cell.number(count)]
        }
        let slow = summary.slowestAnswers.map { answer, waits in
            [
                .text(answer.name), .text(answer.type), PageTable.Cell.number(waits.longest),
                PageTable.Cell.number(waits.messages),
            ]
        }
        let failing = PageTable(
            "Names without an answer",
            ["name", "type", "what happened", "#messages"],
            failures,
            others: ("questions", summary.otherFailures)
        )
        let waiting = PageTable("Slow names", ["name", "type", "#longest wait, ms", "#messages"], slow)
        return Section(
            id: "dns",
            title: "Slow and failing DNS names",
            note:
                "Questions without an answer; of a run over archives, also those that it waited for longer than a second.",
            parts: (failures.isEmpty ? [] : [failing]) + (slow.isEmpty ? [] : [waiting]),
            none: "No name failed, and none was slow."
        )
    }
}
