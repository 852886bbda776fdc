internal import MailPolicy

/// What the rules of the policy have come to for a message, as a JSON object.
struct PolicyReport {
    /// `accept`, `reject`, `tempfail` or `quarantine`.
    let action: String
    let rule: String
    /// It is told, and not done.
    let isDryRun: Bool
    /// What the sender is told: `550 5.7.26 ...`; null if the message is taken.
    let reply: String?
    /// A rule above it that is only tried, and would have decided; null without one.
    let tried: Tried?

    struct Tried {
        let action: String
        let rule: String
        let reply: String?
    }

    init(_ decision: PolicyDecision) {
        action = decision.match.action.rawValue
        rule = decision.match.rule
        isDryRun = decision.isDryRun
        reply = decision.match.reply?.description
        tried = decision.tried.map { Tried(action: $0.action.rawValue, rule: $0.rule, reply: $0.reply?.description) }
    }

    func write(to json: inout JSONWriter) {
        json.member("action", action)
        json.member("dry_run", isDryRun)
        json.member("reply", reply)
        json.member("rule", rule)
        json.member("tried", tried) { json, tried in
            json.member("action", tried.action)
            json.member("reply", tried.reply)
            json.member("rule", tried.rule)
        }
    }
}
