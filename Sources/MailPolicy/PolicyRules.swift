/// The rules of a site, in the order in which they are tried.
package struct PolicyRules: Hashable, Sendable {
    /// Nothing is done; what would have been done is reported.
    package var isDryRun = false
    /// Where a rejected sender finds help: a URL that is added to each reply.
    package var help: String?
    package var rules: [Rule] = []

    package init() {}

    package var isEmpty: Bool { rules.isEmpty }

    /// True if messages may be held, which must be negotiated with the MTA.
    package var mayQuarantine: Bool {
        !isDryRun && rules.contains { $0.action == .quarantine && !$0.isDryRun }
    }

    /// The first rule that matches decides; a rule that is only being tried decides nothing, so that the rules after
    /// it act as without it. Nil if none matches: the message goes on.
    package func decide(_ facts: MessageFacts) -> PolicyDecision? {
        var tried: PolicyDecision.Match?
        for rule in rules where rule.matches(facts) {
            if isDryRun || rule.isDryRun {
                if tried == nil { tried = match(rule, facts) }
                if isDryRun { break }
            } else {
                return PolicyDecision(match: match(rule, facts), isDryRun: false, tried: tried)
            }
        }
        return tried.map { PolicyDecision(match: $0, isDryRun: true, tried: nil) }
    }

    private func match(_ rule: Rule, _ facts: MessageFacts) -> PolicyDecision.Match {
        PolicyDecision.Match(
            rule: rule.name,
            action: rule.action,
            reply: PolicyReply(rule, facts, help: help)
        )
    }

    /// Rules that can never match: the index of each, and why.
    package var unreachable: [(index: Int, reason: String)] {
        rules.enumerated().compactMap { index, rule in
            if let reason = rule.contradiction { return (index, reason) }
            guard let earlier = rules[..<index].first(where: { $0.covers(rule) }) else { return nil }
            return (index, "rule \(earlier.name) above it matches everything that it does")
        }
    }
}

/// The decision of the rules for one message.
package struct PolicyDecision: Hashable, Sendable {
    package struct Match: Hashable, Sendable {
        package let rule: String
        package let action: Action
        /// The reply to the sender; nil if the message is accepted.
        package let reply: PolicyReply?
    }

    package let match: Match
    /// Nothing is done.
    package let isDryRun: Bool
    /// A rule above the one that decided that is only being tried, and would have decided.
    package let tried: Match?

    /// The action to take; nil if the message goes on as it would without rules.
    package var action: Action? { isDryRun ? nil : match.action }
}
