/// What a run over archives has found, in numbers. Memory is bounded, however many domains and ids there are.
package struct Summary: Codable {
    package var messages = 0
    package var octets = 0
    /// Seconds of work.
    package var seconds = 0.0
    /// Lines like From_ lines that are text, and Content-Lengths that are wrong.
    package var warnings = 0
    package private(set) var timeline = Timeline()
    /// By the author's domain, then by the result of DMARC.
    package internal(set) var domains: [String: [String: Int]] = [:]
    /// Messages of domains beyond the limit.
    package private(set) var otherDomains = 0
    /// By the client's network, then by the result of DMARC.
    package internal(set) var sources: [String: [String: Int]] = [:]
    /// Messages of networks beyond the limit.
    package private(set) var otherSources = 0
    package internal(set) var forgeries: [Forgery: Int] = [:]
    /// Removed fields beyond the limit.
    package private(set) var otherForgeries = 0
    /// Why the client was not known, by how many messages.
    package private(set) var unknownClients: [String: Int] = [:]
    /// By rule and action, messages.
    private(set) var ruleMatches: [RuleMatch: Int] = [:]
    /// How the messages' own fields of ours are proven, by how many messages; empty if that was not asked.
    private(set) var fieldProofs: [String: Int] = [:]
    /// Questions without an answer, by how many messages.
    var dnsFailures: [DNSFailure: Int] = [:]
    /// Those beyond the limit.
    package private(set) var otherFailures = 0
    /// Names whose answers a run has waited for.
    var slowAnswers: [AskedName: Waits] = [:]

    package init() {}

    /// Different domains that are told apart; and as many different networks, forgeries and names.
    static let nameLimit = 20_000
    /// An answer that takes longer is slow.
    package static let slowness = Duration.seconds(1)

    /// A kind of removed field.
    package struct Forgery: Hashable, Codable, Sendable {
        package let id: String?
        package let reason: String
        package let place: Place

        package init(id: String?, reason: String, place: Place) {
            self.id = id
            self.reason = reason
            self.place = place
        }
    }

    /// A question that the DNS was asked.
    package struct AskedName: Hashable, Codable, Sendable {
        package let name: String
        package let type: String

        package init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }

    /// A question that it has not answered.
    package struct DNSFailure: Hashable, Codable, Sendable {
        package let name: String
        package let type: String
        /// What happened instead: `time-out`, `server failure`, ...
        package let outcome: String

        package init(name: String, type: String, outcome: String) {
            self.name = name
            self.type = type
            self.outcome = outcome
        }
    }

    /// What a run has waited for a slow answer.
    package struct Waits: Codable, Sendable {
        package var messages = 0
        /// Milliseconds.
        package var longest = 0
    }

    /// What a rule of the policy has done, or would have done.
    package struct RuleMatch: Hashable, Codable, Sendable {
        package let rule: String
        package let action: String
        package let isDryRun: Bool

        package init(rule: String, action: String, isDryRun: Bool) {
            self.rule = rule
            self.action = action
            self.isDryRun = isDryRun
        }
    }

    /// Where a removed field stood.
    package enum Place: String, Codable, Sendable {
        /// Above the Received field with which our hosts took the message in: one of them has written it.
        case aboveBorder = "above the border"
        case belowBorder = "below the border"
        case unknown = "border not known"
    }

    package mutating func count(_ tally: MessageTally) {
        messages += 1
        octets += tally.octets
        warnings += tally.oddLines
        timeline.count(tally.results, on: tally.day)
        if let (name, result) = tally.domain {
            if Self.hasRoom(for: name, in: domains) {
                domains[name, default: [:]][result, default: 0] += 1
            } else {
                otherDomains += 1
            }
        }
        if let network = tally.network {
            if Self.hasRoom(for: network, in: sources) {
                sources[network, default: [:]][tally.dmarc, default: 0] += 1
            } else {
                otherSources += 1
            }
        }
        for forgery in tally.forgeries {
            if Self.hasRoom(for: forgery, in: forgeries) {
                forgeries[forgery, default: 0] += 1
            } else {
                otherForgeries += 1
            }
        }
        if let proof = tally.fieldProof { fieldProofs[proof, default: 0] += 1 }
        if let reason = tally.unknownClient { unknownClients[reason, default: 0] += 1 }
        for match in tally.ruleMatches { ruleMatches[match, default: 0] += 1 }
        for failure in tally.dnsFailures {
            if Self.hasRoom(for: failure, in: dnsFailures) {
                dnsFailures[failure, default: 0] += 1
            } else {
                otherFailures += 1
            }
        }
        for (name, milliseconds) in tally.slowAnswers where Self.hasRoom(for: name, in: slowAnswers) {
            slowAnswers[name, default: Waits()].messages += 1
            slowAnswers[name, default: Waits()].longest = max(slowAnswers[name]?.longest ?? 0, milliseconds)
        }
    }

    private static func hasRoom<Name, Count>(for name: Name, in counts: [Name: Count]) -> Bool {
        counts[name] != nil || counts.count < nameLimit
    }

    /// By method, then by result.
    package var results: [String: [String: Int]] { timeline.total.results }

    /// Every count in it.
    package var counts: [Int] {
        let single = [messages, octets, warnings, otherDomains, otherSources, otherForgeries, otherFailures]
        let byName = [unknownClients, fieldProofs].flatMap(\.values) + forgeries.values + ruleMatches.values
        let byResult = (Array(domains.values) + Array(sources.values)).flatMap(\.values)
        let ofNames = dnsFailures.values + slowAnswers.values.flatMap { [$0.messages, $0.longest] }
        return single + byName + byResult + ofNames + timeline.counts
    }

    var messagesPerSecond: Double { seconds > 0 ? Double(messages) / seconds : 0 }

    /// Domains with the number of their messages, the most frequent first.
    package var frequentDomains: [(name: String, count: Int, results: [String: Int])] { Self.frequent(domains) }

    /// Networks, likewise.
    package var frequentSources: [(name: String, count: Int, results: [String: Int])] { Self.frequent(sources) }

    private static func frequent(
        _ counts: [String: [String: Int]]
    ) -> [(name: String, count: Int, results: [String: Int])] {
        counts.map { ($0.key, $0.value.values.reduce(0, +), $0.value) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    package var frequentRuleMatches: [(match: RuleMatch, count: Int)] {
        ruleMatches.map { ($0.key, $0.value) }.sorted {
            ($1.count, $0.match.rule, $0.match.action, $0.match.isDryRun ? 1 : 0)
                < ($0.count, $1.match.rule, $1.match.action, $1.match.isDryRun ? 1 : 0)
        }
    }

    package var frequentForgeries: [(forgery: Forgery, count: Int)] {
        forgeries.map { ($0.key, $0.value) }.sorted {
            ($1.count, $0.forgery.id ?? "", $0.forgery.reason, $0.forgery.place.rawValue)
                < ($0.count, $1.forgery.id ?? "", $1.forgery.reason, $1.forgery.place.rawValue)
        }
    }

    package var frequentFailures: [(failure: DNSFailure, count: Int)] {
        dnsFailures.map { ($0.key, $0.value) }.sorted {
            ($1.count, $0.failure.name, $0.failure.type, $0.failure.outcome)
                < ($0.count, $1.failure.name, $1.failure.type, $1.failure.outcome)
        }
    }

    package var slowestAnswers: [(name: AskedName, waits: Waits)] {
        slowAnswers.map { ($0.key, $0.value) }.sorted {
            ($1.waits.longest, $0.name.name, $0.name.type) < ($0.waits.longest, $1.name.name, $1.name.type)
        }
    }
}
