internal import DNS
internal import Foundation

/// One line of a report (JSON Lines), as far as a summary counts it. It is read back from what ``MessageReport``
/// wrote.
package struct ReportLine: Decodable {
    private let octets: Int?
    private let oddLines: Int?
    private let results: [Result]?
    private let removed: [Removal]?
    private let unknownClient: String?
    private let fieldProof: String?
    private let policy: Policy?
    private let envelope: Envelope?
    private let dnsFailures: [Summary.DNSFailure]?
    /// Instead of a message: why a file or a part of one could not be examined.
    package let error: String?

    private struct Result: Decodable {
        let method: String
        let result: String
        let properties: [Property]
    }

    private struct Property: Decodable {
        let type: String
        let name: String
        let value: String
    }

    private struct Removal: Decodable {
        let id: String?
        let reason: String
        let place: String?
    }

    private struct Envelope: Decodable {
        let client: Value?
        let receivedAt: Value?

        private enum CodingKeys: String, CodingKey {
            case client
            case receivedAt = "received_at"
        }

        struct Value: Decodable {
            let value: String
        }
    }

    private struct Policy: Decodable {
        let action: String
        let rule: String
        let isDryRun: Bool
        let tried: Tried?

        private enum CodingKeys: String, CodingKey {
            case action, rule
            case isDryRun = "dry_run"
            case tried
        }

        struct Tried: Decodable {
            let action: String
            let rule: String
        }
    }

    private enum CodingKeys: String, CodingKey {
        case octets
        case oddLines = "odd_lines"
        case results, removed
        case unknownClient = "unknown_client"
        case fieldProof = "field_proof"
        case policy, envelope
        case dnsFailures = "dns_failures"
        case error
    }

    /// Nil if the line is not from a report.
    package init?(_ line: ArraySlice<UInt8>) {
        guard let read = try? JSONDecoder().decode(ReportLine.self, from: Data(line)) else { return nil }
        guard read.error != nil || read.results != nil else { return nil }
        self = read
    }

    /// What a summary counts for the message; nil if it was not examined.
    package var tally: MessageTally? {
        guard error == nil, let results else { return nil }
        let dmarc = results.first { $0.method == "dmarc" }
        let author = dmarc?.properties.first { $0.type == "header" && $0.name == "from" }
        var tally = MessageTally()
        tally.octets = octets ?? 0
        tally.oddLines = oddLines ?? 0
        tally.results = results.map { ($0.method, $0.result) }
        tally.domain = dmarc.flatMap { dmarc in author.map { ($0.value, dmarc.result) } }
        tally.day = (envelope?.receivedAt?.value).map(MessageTally.day)
        tally.network = (envelope?.client?.value).flatMap { IPAddress($0) }.flatMap(MessageTally.network)
        tally.forgeries = (removed ?? []).map { removal in
            Summary.Forgery(
                id: removal.id,
                reason: removal.reason,
                place: removal.place.flatMap(Summary.Place.init) ?? .unknown
            )
        }
        tally.unknownClient = unknownClient
        tally.ruleMatches = ruleMatches
        tally.fieldProof = fieldProof
        tally.dnsFailures = dnsFailures ?? []
        return tally
    }

    private var ruleMatches: [Summary.RuleMatch] {
        guard let policy else { return [] }
        let decided = Summary.RuleMatch(rule: policy.rule, action: policy.action, isDryRun: policy.isDryRun)
        let tried = policy.tried.map { Summary.RuleMatch(rule: $0.rule, action: $0.action, isDryRun: true) }
        return [decided] + (tried.map { [$0] } ?? [])
    }
}
