internal import MailPolicy

/// Rules as a table that is YAML, one row per rule, so that it can be used as a file and read in the middle of the
/// night. Each row says where the rule is from, and which codes its replies have.
struct RuleTable {
    private let rules: [Rule]
    private let origins: [ConfigurationOrigin]

    init(_ rules: [Rule], origins: [ConfigurationOrigin]) {
        self.rules = rules
        self.origins = origins
    }

    /// The lines below `policy:`.
    var lines: [String] {
        guard !rules.isEmpty else { return ["  rules: []  # \(ConfigurationOrigin.builtIn)"] }
        let rows = rules.map(Self.cells)
        // The last column is not padded.
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 } + [0]
        var lines = ["  rules:  # the first that matches decides; if none does, the message goes on"]
        for (index, row) in rows.enumerated() {
            let padded = zip(row, widths).map { $0.padding(to: $1) }
            let origin = origins.indices.contains(index) ? origins[index] : .builtIn
            let notes = ([origin.description] + rules[index].possibleCodes).joined(separator: ", ")
            lines.append("    - {\(padded.joined(separator: " "))}  # \(notes)")
        }
        return lines
    }

    /// Name, action, and the conditions with everything else.
    private static func cells(_ rule: Rule) -> [String] {
        var rest = ["when: \(flow(rule.when))"]
        if !rule.except.isEmpty { rest.append("except: \(flow(rule.except))") }
        if rule.isDryRun { rest.append("dry-run: true") }
        if let code = rule.code { rest.append("code: \(code)") }
        if let code = rule.enhancedCode { rest.append("enhanced-code: \(code)") }
        if let text = rule.text { rest.append("text: \(EffectiveConfiguration.quoted(text))") }
        if rule.tellsExplanation { rest.append("spf-explanation: true") }
        return [
            "name: \(EffectiveConfiguration.quoted(rule.name)),", "action: \(rule.action.rawValue),",
            rest.joined(separator: ", "),
        ]
    }

    private static func flow(_ conditions: [Condition]) -> String {
        let pairs = conditions.map { condition in
            let values = condition.values.map(EffectiveConfiguration.quoted)
            return "\(condition.key): " + (values.count == 1 ? values[0] : "[\(values.joined(separator: ", "))]")
        }
        return "{\(pairs.joined(separator: ", "))}"
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
