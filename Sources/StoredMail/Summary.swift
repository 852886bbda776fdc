internal import AuthResults
internal import Authentication
internal import DKIM
internal import DMARC
internal import DNS
internal import FieldClaims
internal import FieldProvenance
internal import Mail
package import MailPolicy
internal import Trace

/// What the summary counts for one message.
package struct MessageTally: Sendable {
    /// Octets of the message in its archive, with its From_ line.
    package let octets: Int
    /// Lines in it that look like From_ lines but are text, and wrong Content-Lengths.
    let oddLines: Int
    /// Method and result, one for each result.
    package let results: [(method: String, result: String)]
    /// The author's domain, and the result of DMARC; nil without one.
    let domain: (name: String, result: String)?
    let forgeries: [Summary.Forgery]
    /// Why the client is unknown; nil if it is known.
    let unknownClient: String?
    /// Rules that matched, or would have.
    let ruleMatches: [Summary.RuleMatch]
    /// How the message's field that claims to be ours is proven; nil if this was not asked for.
    let fieldProof: String?
}

extension MessageTally {
    /// - Parameter field: whether the message's field that claims to be ours is ours, if this was asked for.
    package init(_ message: ExaminedMessage, octets: Int, oddLines: Int = 0, field: FieldVerification? = nil) {
        self.octets = octets
        self.oddLines = oddLines
        fieldProof = field.map { field -> String in
            switch field.proof {
            case .signature: return "signature"
            case .position: return "position"
            case .none: return field.position == nil ? "no field" : "none"
            }
        }
        results = message.judgement.results?.results.map { ($0.method, $0.result) } ?? []
        let dmarc = message.judgement.verdicts.dmarc
        domain = dmarc.flatMap { verdict in verdict.authorDomain.map { ($0.text, verdict.result.rawValue) } }
        forgeries = message.judgement.removed.map { removal in
            let place: Summary.Place =
                message.borderIndex.map { removal.index < $0 ? .aboveBorder : .belowBorder } ?? .unknown
            return Summary.Forgery(id: removal.claimedID, reason: removal.reason.description, place: place)
        }
        unknownClient = message.envelope.client == nil ? message.envelope.reason?.kind ?? "not told" : nil
        ruleMatches = message.decision.map(Summary.RuleMatch.all) ?? []
    }
}

/// The findings of a run over archives, in numbers. Memory is bounded, however many domains and ids there are.
package struct Summary: Codable {
    package var messages = 0
    package var octets = 0
    /// Seconds of work.
    package var seconds = 0.0
    /// Lines that look like From_ lines but are text, and wrong Content-Lengths.
    package var warnings = 0
    /// By method, then by result.
    package var results: [String: [String: Int]] = [:]
    /// By the author's domain, then by the result of DMARC.
    var domains: [String: [String: Int]] = [:]
    /// Messages of domains beyond the limit.
    var otherDomains = 0
    var forgeries: [Forgery: Int] = [:]
    /// Removed fields beyond the limit.
    var otherForgeries = 0
    /// Why the client was unknown, with the number of messages.
    var unknownClients: [String: Int] = [:]
    /// Messages by rule and action.
    var ruleMatches: [RuleMatch: Int] = [:]
    /// How the messages' own fields of ours are proven, with the number of messages; empty if this was not asked for.
    var fieldProofs: [String: Int] = [:]

    package init() {}

    /// Domains that are counted separately; and as many different forgeries.
    static let nameLimit = 20_000

    /// A kind of removed field.
    struct Forgery: Hashable, Codable {
        let id: String?
        let reason: String
        let place: Place
    }

    /// What a rule of the policy has done, or would have done.
    package struct RuleMatch: Hashable, Codable {
        let rule: String
        let action: String
        let isDryRun: Bool

        /// The rule that decided, and one above it that is only being tried.
        package static func all(_ decision: PolicyDecision) -> [RuleMatch] {
            let decided = RuleMatch(
                rule: decision.match.rule,
                action: decision.match.action.rawValue,
                isDryRun: decision.isDryRun
            )
            let tried = decision.tried.map { RuleMatch(rule: $0.rule, action: $0.action.rawValue, isDryRun: true) }
            return [decided] + (tried.map { [$0] } ?? [])
        }
    }

    /// Where a removed field was.
    package enum Place: String, Codable {
        /// Above the Received field with which our hosts accepted the message: one of them has written it.
        case aboveBorder = "above the border"
        case belowBorder = "below the border"
        case unknown = "border not known"
    }

    package mutating func count(_ tally: MessageTally) {
        messages += 1
        octets += tally.octets
        warnings += tally.oddLines
        for (method, result) in tally.results { results[method, default: [:]][result, default: 0] += 1 }
        if let domain = tally.domain {
            if domains[domain.name] != nil || domains.count < Self.nameLimit {
                domains[domain.name, default: [:]][domain.result, default: 0] += 1
            } else {
                otherDomains += 1
            }
        }
        for forgery in tally.forgeries {
            if forgeries[forgery] != nil || forgeries.count < Self.nameLimit {
                forgeries[forgery, default: 0] += 1
            } else {
                otherForgeries += 1
            }
        }
        if let proof = tally.fieldProof { fieldProofs[proof, default: 0] += 1 }
        if let reason = tally.unknownClient { unknownClients[reason, default: 0] += 1 }
        for match in tally.ruleMatches { ruleMatches[match, default: 0] += 1 }
    }

    /// Every count in it.
    package var counts: [Int] {
        [messages, octets, warnings, otherDomains, otherForgeries] + forgeries.values + unknownClients.values
            + ruleMatches.values
            + fieldProofs.values
            + (Array(results.values) + Array(domains.values)).flatMap(\.values)
    }

    var messagesPerSecond: Double { seconds > 0 ? Double(messages) / seconds : 0 }

    /// Domains with the number of their messages, the most frequent first.
    var frequentDomains: [(name: String, count: Int, results: [String: Int])] {
        domains.map { ($0.key, $0.value.values.reduce(0, +), $0.value) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    var frequentRuleMatches: [(match: RuleMatch, count: Int)] {
        ruleMatches.map { ($0.key, $0.value) }.sorted {
            ($1.count, $0.match.rule, $0.match.action, $0.match.isDryRun ? 1 : 0)
                < ($0.count, $1.match.rule, $1.match.action, $1.match.isDryRun ? 1 : 0)
        }
    }

    var frequentForgeries: [(forgery: Forgery, count: Int)] {
        forgeries.map { ($0.key, $0.value) }.sorted {
            ($1.count, $0.forgery.id ?? "", $0.forgery.reason, $0.forgery.place.rawValue)
                < ($0.count, $1.forgery.id ?? "", $1.forgery.reason, $1.forgery.place.rawValue)
        }
    }
}
