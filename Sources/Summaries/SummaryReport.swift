internal import Files
internal import Foundation

/// A ``Summary`` for people and for programs.
package struct SummaryReport {
    package let summary: Summary

    /// Domains and forgeries that the table lists; the JSON has all.
    private static let rowLimit = 20

    package init(summary: Summary) {
        self.summary = summary
    }

    // MARK: A table

    package var table: String {
        var sections = [
            [
                ["messages", summary.messages.grouped], ["octets", summary.octets.grouped],
                ["seconds", Self.rounded(summary.seconds)],
                ["messages per second", Int(summary.messagesPerSecond).grouped],
                ["odd lines", summary.warnings.grouped],
            ]
        ]
        sections.append(
            [["method", "result", "results"]]
                + summary.results.sorted { $0.key < $1.key }.flatMap { method, counts in
                    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                        [method, $0.key, $0.value.grouped]
                    }
                }
        )
        if !summary.domains.isEmpty {
            let rows = summary.frequentDomains.prefix(Self.rowLimit).map { domain in
                [domain.name, domain.count.grouped]
                    + ["pass", "fail", "none"].map { (domain.results[$0] ?? 0).grouped }
            }
            let rest = summary.domains.count - rows.count
            sections.append([["author's domain", "messages", "dmarc pass", "fail", "none"]] + rows)
            if rest > 0 { sections.append([["and \(rest.grouped) more domains"]]) }
        }
        if !summary.ruleMatches.isEmpty {
            sections.append(
                [["rule", "action", "", "messages"]]
                    + summary.frequentRuleMatches.map { match, count in
                        [match.rule, match.action, match.isDryRun ? "dry run" : "", count.grouped]
                    }
            )
        }
        if !summary.forgeries.isEmpty {
            let rows = summary.frequentForgeries.prefix(Self.rowLimit).map { forgery, count in
                [forgery.id.map(Self.plain) ?? "-", forgery.reason, forgery.place.rawValue, count.grouped]
            }
            sections.append([["removed: claimed id", "why", "where", "fields"]] + rows)
        }
        if !summary.unknownClients.isEmpty {
            sections.append(
                [["client not known", "messages"]]
                    + summary.unknownClients.sorted { $0.key < $1.key }.map { [$0.key, $0.value.grouped] }
            )
        }
        if !summary.fieldProofs.isEmpty {
            sections.append(
                [["fields of ours, proven by", "messages"]]
                    + summary.fieldProofs.sorted { $0.key < $1.key }.map { [$0.key, $0.value.grouped] }
            )
        }
        return sections.map(Self.columns).joined(separator: "\n")
    }

    /// Rows with columns of equal width, numbers at the right.
    private static func columns(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                let isNumber = column > 0 && rows.last?[column].first?.isNumber == true
                return isNumber ? padding + text : text + padding
            }
            .joined(separator: "  ").trimmingSuffix(" ") + "\n"
        }
        .joined()
    }

    private static func rounded(_ number: Double) -> String {
        String((number * 10).rounded() / 10)
    }

    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
            )
        )
    }

    // MARK: JSON

    /// An object, its keys in alphabetical order.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let object = Object(
            messages: summary.messages,
            octets: summary.octets,
            seconds: summary.seconds,
            messagesPerSecond: summary.messagesPerSecond,
            oddLines: summary.warnings,
            results: summary.results,
            domains: summary.frequentDomains.map { Domain(domain: $0.name, messages: $0.count, dmarc: $0.results) },
            otherDomains: summary.otherDomains,
            timeline: periods,
            sources: summary.frequentSources.map { Source(network: $0.name, messages: $0.count, dmarc: $0.results) },
            otherSources: summary.otherSources,
            removed: summary.frequentForgeries.map {
                Removed(
                    id: $0.forgery.id,
                    reason: $0.forgery.reason,
                    place: $0.forgery.place.rawValue,
                    fields: $0.count
                )
            },
            otherRemoved: summary.otherForgeries,
            unknownClients: summary.unknownClients,
            policy: summary.frequentRuleMatches.map {
                RuleMatch(
                    rule: $0.match.rule,
                    action: $0.match.action,
                    isDryRun: $0.match.isDryRun,
                    messages: $0.count
                )
            },
            fieldProofs: summary.fieldProofs.isEmpty ? nil : summary.fieldProofs,
            dnsFailures: summary.frequentFailures.map {
                Failure(
                    name: $0.failure.name,
                    type: $0.failure.type,
                    outcome: $0.failure.outcome,
                    messages: $0.count
                )
            },
            otherFailures: summary.otherFailures,
            slowNames: summary.slowAnswers.isEmpty ? nil : slowNames
        )
        return Array(try encoder.encode(object)) + [UInt8(ascii: "\n")]
    }

    private struct Object: Encodable {
        let messages: Int
        let octets: Int
        let seconds: Double
        let messagesPerSecond: Double
        let oddLines: Int
        let results: [String: [String: Int]]
        let domains: [Domain]
        let otherDomains: Int
        let timeline: [Period]
        let sources: [Source]
        let otherSources: Int
        let removed: [Removed]
        let otherRemoved: Int
        let unknownClients: [String: Int]
        let policy: [RuleMatch]
        /// Only with --trust-server.
        let fieldProofs: [String: Int]?
        let dnsFailures: [Failure]
        let otherFailures: Int
        /// Only of a run that has waited for the DNS.
        let slowNames: [SlowName]?

        private enum CodingKeys: String, CodingKey {
            case messages, octets, seconds
            case messagesPerSecond = "messages_per_second"
            case oddLines = "odd_lines"
            case results, domains
            case otherDomains = "other_domains"
            case removed
            case otherRemoved = "other_removed"
            case unknownClients = "unknown_clients"
            case policy
            case fieldProofs = "field_proofs"
            case timeline, sources
            case otherSources = "other_sources"
            case dnsFailures = "dns_failures"
            case otherFailures = "other_dns_failures"
            case slowNames = "slow_names"
        }
    }

    /// Those of which it is known when they came, in order, then the others.
    private var periods: [Period] {
        let timeline = summary.timeline
        let undated = timeline.undated.messages > 0 ? [Period(nil, timeline.undated)] : []
        return timeline.periods.sorted { $0.key < $1.key }.map { Period($0.key, $0.value) } + undated
    }

    private var slowNames: [SlowName] {
        summary.slowestAnswers.map {
            SlowName(name: $0.name.name, type: $0.name.type, messages: $0.waits.messages, longest: $0.waits.longest)
        }
    }

    private struct Period: Encodable {
        let period: String?
        let messages: Int
        let results: [String: [String: Int]]

        init(_ period: String?, _ content: Timeline.Period) {
            self.period = period
            messages = content.messages
            results = content.results
        }
    }

    private struct Source: Encodable {
        let network: String
        let messages: Int
        let dmarc: [String: Int]
    }

    private struct Failure: Encodable {
        let name: String
        let type: String
        let outcome: String
        let messages: Int
    }

    private struct SlowName: Encodable {
        let name: String
        let type: String
        let messages: Int
        let longest: Int

        private enum CodingKeys: String, CodingKey {
            case name, type, messages
            case longest = "longest_milliseconds"
        }
    }

    private struct RuleMatch: Encodable {
        let rule: String
        let action: String
        let isDryRun: Bool
        let messages: Int

        private enum CodingKeys: String, CodingKey {
            case rule, action
            case isDryRun = "dry_run"
            case messages
        }
    }

    private struct Domain: Encodable {
        let domain: String
        let messages: Int
        let dmarc: [String: Int]
    }

    private struct Removed: Encodable {
        let id: String?
        let reason: String
        let place: String
        let fields: Int

        private enum Key: CodingKey { case id, reason, place, fields }

        /// `id` is present even if none could be read: null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(id, forKey: .id)
            try container.encode(reason, forKey: .reason)
            try container.encode(place, forKey: .place)
            try container.encode(fields, forKey: .fields)
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return text
    }
}
