internal import MailPolicy

/// What the rules of the policy have come to for a message, as a JSON object.
package struct PolicyReport: Encodable {
    /// `accept`, `reject`, `tempfail` or `quarantine`.
    let action: String
    let rule: String
    /// It is told, and not done.
    let isDryRun: Bool
    /// What the sender is told: `550 5.7.26 ...`; null if the message is taken.
    let reply: String?
    /// A rule above it that is only tried, and would have decided; null without one.
    let tried: Tried?

    struct Tried: Encodable {
        let action: String
        let rule: String
        let reply: String?

        private enum Key: String, CodingKey { case action, rule, reply }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(action, forKey: .action)
            try container.encode(rule, forKey: .rule)
            try container.encode(reply, forKey: .reply)
        }
    }

    private enum Key: String, CodingKey {
        case action, rule
        case isDryRun = "dry_run"
        case reply, tried
    }

    init(_ decision: PolicyDecision) {
        action = decision.match.action.rawValue
        rule = decision.match.rule
        isDryRun = decision.isDryRun
        reply = decision.match.reply?.description
        tried = decision.tried.map { Tried(action: $0.action.rawValue, rule: $0.rule, reply: $0.reply?.description) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(action, forKey: .action)
        try container.encode(rule, forKey: .rule)
        try container.encode(isDryRun, forKey: .isDryRun)
        try container.encode(reply, forKey: .reply)
        try container.encode(tried, forKey: .tried)
    }
}
