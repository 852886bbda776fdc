extension Rule {
    /// Why the rule matches a message or does not, in plain words.
    package func explanation(_ facts: MessageFacts) -> String {
        let unfulfilled = conditions.filter { !$0.matches(facts) }
        guard unfulfilled.isEmpty else {
            return "does not match: " + unfulfilled.map { $0.explanation(facts) }.joined(separator: "; ")
        }
        // Every rule has a condition on the peer; it is omitted if it is not written.
        let asked = when.isEmpty ? conditions : when
        let fulfilled = asked.map { $0.explanation(facts) }.joined(separator: "; ")
        if isExcepted(facts) {
            return "does not match: excepted, for " + except.map { $0.explanation(facts) }.joined(separator: "; ")
        }
        return "matches: \(fulfilled)"
    }
}

extension Condition {
    /// `dmarc is pass, not fail`
    func explanation(_ facts: MessageFacts) -> String {
        guard let value = facts.value(for: self) else { return "\(key) is not known, or was not checked" }
        return matches(facts) ? "\(key) is \(value)" : "\(key) is \(value), not \(values.joined(separator: " or "))"
    }
}
