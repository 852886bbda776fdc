internal import Logging

/// What is logged about the policy's decision on a message.
package struct PolicyLog: Hashable, Sendable {
    package struct Match: Hashable, Sendable {
        package let action: String
        package let rule: String
        package let reply: String?

        package init(action: String, rule: String, reply: String?) {
            self.action = action
            self.rule = rule
            self.reply = reply
        }
    }

    /// The rule that decided; nil if none did.
    package let match: Match?
    /// Nothing was done.
    package let isDryRun: Bool
    /// A rule above it that is only being tried.
    package let tried: Match?

    package init(match: Match?, isDryRun: Bool, tried: Match? = nil) {
        self.match = match
        self.isDryRun = isDryRun
        self.tried = tried
    }

    /// `action=reject rule=dmarc reply="550 5.7.26 ..." dry-run=true`
    var words: [String] {
        var words = match.map(Self.words) ?? []
        if isDryRun { words.append("dry-run=true") }
        if let tried { words.append("[dry run: \(Self.words(tried).joined(separator: " "))]") }
        return words
    }

    var details: Logger.Metadata {
        var details: Logger.Metadata = [:]
        if let match {
            details[.action] = .string(match.action)
            details[.rule] = .string(match.rule)
            details[.reply] = match.reply.map { .string($0) }
        }
        if isDryRun { details[.dryRun] = .stringConvertible(true) }
        if let tried {
            details[.triedAction] = .string(tried.action)
            details[.triedRule] = .string(tried.rule)
            details[.triedReply] = tried.reply.map { .string($0) }
        }
        return details
    }

    private static func words(_ match: Match) -> [String] {
        ["action=\(match.action)", "rule=\(match.rule)"] + (match.reply.map { ["reply=\"\($0)\""] } ?? [])
    }
}
