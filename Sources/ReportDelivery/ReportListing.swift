internal import AggregateReports
internal import Foundation
package import ReportStore
internal import StoredMail

/// The output of `authres reports show`.
package struct ReportListing {
    private let policies: [KeptPolicy]
    private let reports: [KeptReport]
    private let refusals: [Refusal]
    private let lost: Int

    package init(_ database: ReportDatabase) throws {
        policies = try database.policies()
        reports = try database.reports()
        refusals = try database.refusals()
        lost = try database.lost()
    }

    package var text: String {
        var lines: [String] = []
        for policy in policies where policy.messages + policy.dropped > 0 {
            let hours = [policy.firstHour, policy.lastHour].compactMap { $0.map(Self.time) }.joined(separator: " to ")
            let dropped = policy.dropped > 0 ? ", \(policy.dropped) messages without a row" : ""
            lines.append(
                "counted \(policy.domain) p=\(policy.policy.policy): \(policy.messages) messages in \(policy.rows) rows"
                    + "\(dropped), \(hours)"
            )
        }
        for report in reports {
            lines.append(
                "report \(report.domain) \(Self.time(report.period.begin)) to \(Self.time(report.period.end)):"
                    + " \(report.messages) messages, \(report.id)"
            )
            for delivery in report.deliveries {
                let detail = delivery.detail.map { " (\(Explanation.plain($0)))" } ?? ""
                lines.append("  \(delivery.state) \(Explanation.plain(delivery.address))\(detail)")
            }
        }
        for refusal in refusals {
            lines.append(
                "refused \(Explanation.plain(refusal.target)) since \(Self.time(refusal.since)): \(refusal.reason)"
            )
        }
        if lost > 0 { lines.append("lost \(lost) messages: no row was left, or the database could not be written") }
        if lines.isEmpty {
            lines = [
                "nothing is counted yet: what counts is a message under a DMARC record that asks for reports (rua=)"
            ]
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// JSON Lines.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        func lines(_ objects: [some Encodable]) throws -> String {
            try objects.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined()
        }
        return try lines(policies.filter { $0.messages + $0.dropped > 0 }.map(Counted.init))
            + lines(reports.map(Made.init)) + lines(refusals.map(Refused.init))
            + lines(lost > 0 ? [Lost(lost: lost)] : [])
    }

    private struct Counted: Encodable {
        let kind = "counted"
        let domain: String
        let policy: String
        let messages: Int
        let rows: Int
        let dropped: Int
        let firstHour: Int64?
        let lastHour: Int64?
        let destinations: [String]

        init(_ policy: KeptPolicy) {
            domain = policy.domain
            self.policy = policy.policy.policy
            messages = policy.messages
            rows = policy.rows
            dropped = policy.dropped
            firstHour = policy.firstHour
            lastHour = policy.lastHour
            destinations = policy.destinations
        }
    }

    private struct Made: Encodable {
        let kind = "report"
        let id: String
        let domain: String
        let begin: Int64
        let end: Int64
        let messages: Int
        let deliveries: [Delivery]

        struct Delivery: Encodable {
            let address: String
            let state: String
            let attempts: Int
            let detail: String?
        }

        init(_ report: KeptReport) {
            id = report.id
            domain = report.domain
            begin = report.period.begin
            end = report.period.lastSecond
            messages = report.messages
            deliveries = report.deliveries.map {
                Delivery(address: $0.address, state: $0.state, attempts: $0.attempts, detail: $0.detail)
            }
        }
    }

    private struct Refused: Encodable {
        let kind = "refused"
        let target: String
        let reason: String
        let since: Int64

        init(_ refusal: Refusal) {
            target = refusal.target
            reason = refusal.reason
            since = refusal.since
        }
    }

    private struct Lost: Encodable {
        let kind = "lost"
        let lost: Int
    }

    private static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).ISO8601Format()
    }
}
