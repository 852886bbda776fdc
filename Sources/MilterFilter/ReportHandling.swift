import ARC
import AggregateReports
import Authentication
import DMARC
import MailPolicy

extension Observation.Handling {
    /// The effect of the rules on a message, as a report describes it; nil if they had none.
    init?(_ decision: PolicyDecision?, of rules: PolicyRules, _ judgement: Judgement) {
        guard let decision, let action = decision.action else { return nil }
        let disposition: ReportRow.Disposition
        switch action {
        case .accept, .tempfail: disposition = .none
        case .reject: disposition = .reject
        case .quarantine: disposition = .quarantine
        }
        let asked = judgement.verdicts.dmarc?.policy?.rawValue
        guard disposition.rawValue != asked else {
            self.init(disposition)
            return
        }
        let asksForSealer =
            rules.rules.first { $0.name == decision.match.rule }?.when.contains { condition in
                if case .domain(.arcSealer, _) = condition { true } else { false }
            } ?? false
        if action == .accept, asksForSealer, let sealer = judgement.verdicts.arc?.sealers.last {
            self.init(disposition, reasons: [.init(.trustedForwarder, "sealed by \(sealer)")])
        } else {
            self.init(disposition, reasons: [.init(.localPolicy, "rule \(decision.match.rule)")])
        }
    }
}
