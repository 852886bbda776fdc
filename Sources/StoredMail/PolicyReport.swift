internal import MailPolicy

/// The outcome of the policy's rules for a message, as a JSON object.
struct PolicyReport {
    /// `accept`, `reject`, `tempfail` or `quarantine`.
    let action: String
    let rule: String
    /// It is reported, but not done.
    let isDryRun: Bool
    /// The reply to the sender: `550 5.7.26 ...`; null if the message is accepted.
    let reply: String?
    /// A rule above it that is only being tried, and would have decided; null without one.
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
