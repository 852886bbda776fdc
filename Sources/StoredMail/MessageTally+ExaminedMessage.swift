internal import AuthResults
internal import Authentication
internal import DKIM
internal import DMARC
internal import DNS
internal import FieldClaims
internal import FieldProvenance
internal import Mail
internal import MailPolicy
package import Summaries
internal import Trace

extension MessageTally {
    /// - Parameter field: whether the message's field of ours is ours, if that is wanted.
    package init(_ message: ExaminedMessage, octets: Int, oddLines: Int = 0, field: FieldVerification? = nil) {
        self.init()
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
        day = message.envelope.receivedAt.map { Self.day(of: MessageReport.text(ofTime: $0.value.secondsSince1970)) }
        network = (message.envelope.client?.value).flatMap(Self.network)
        forgeries = message.judgement.removed.map { removal in
            let place: Summary.Place =
                message.borderIndex.map { removal.index < $0 ? .aboveBorder : .belowBorder } ?? .unknown
            return Summary.Forgery(id: removal.claimedID, reason: removal.reason.description, place: place)
        }
        unknownClient = message.envelope.client == nil ? message.envelope.reason?.kind ?? "not told" : nil
        ruleMatches = message.decision.map(Summary.RuleMatch.all) ?? []
        dnsFailures = Self.failures(message.answers)
        slowAnswers = message.slowAnswers.map { question, time in
            let name = Summary.AskedName(name: question.name.text, type: question.type.mnemonic)
            return (name, Int(time / .milliseconds(1)))
        }
    }

    /// Sorted, since what is written of them must not depend on the order of a dictionary.
    private static func failures(_ answers: [Question: Answer]) -> [Summary.DNSFailure] {
        var failures: [Summary.DNSFailure] = []
        for (question, answer) in answers {
            guard case .failure = answer.outcome else { continue }
            failures.append(
                Summary.DNSFailure(
                    name: question.name.text,
                    type: question.type.mnemonic,
                    outcome: answer.outcome.word
                )
            )
        }
        return failures.sorted { ($0.name, $0.type) < ($1.name, $1.type) }
    }
}

extension Summary.RuleMatch {
    /// The rule that decided, and one above it that is only tried.
    fileprivate static func all(_ decision: PolicyDecision) -> [Summary.RuleMatch] {
        let decided = Summary.RuleMatch(
            rule: decision.match.rule,
            action: decision.match.action.rawValue,
            isDryRun: decision.isDryRun
        )
        let tried = decision.tried.map {
            Summary.RuleMatch(rule: $0.rule, action: $0.action.rawValue, isDryRun: true)
        }
        return [decided] + (tried.map { [$0] } ?? [])
    }
}
