internal import MailPolicy
internal import StatusCodes
internal import Yams

/// Reads `policy.rules`, a list of rules; a mistake never hides the next one.
struct RuleListReader {
    /// The file, as named in mistakes.
    private let file: String
    private(set) var rules: [Rule] = []
    /// Where each rule begins.
    private(set) var origins: [ConfigurationOrigin] = []
    private(set) var mistakes: [ConfigurationMistake] = []
    private var names: Set<String> = []

    /// The keys of a rule, in the order in which they are documented.
    static let keys = [
        "name", "when", "except", "action", "dry-run", "code", "enhanced-code", "text", "spf-explanation",
    ]

    init(_ node: Node, file: String) {
        self.file = file
        switch node {
        case .sequence(let sequence): for element in sequence { readRule(element) }
        case .scalar(let scalar) where ConfigurationFile.isNull(scalar): break
        case .scalar, .mapping, .alias: report(node, "policy.rules: expected a list of rules: - {name: ..., when: ...}")
        }
        for (index, reason) in unreachable {
            mistakes.append(
                ConfigurationMistake(
                    origin: origins[index],
                    text: "rule \(rules[index].name) can never match: \(reason)"
                )
            )
        }
    }

    private var unreachable: [(index: Int, reason: String)] {
        var list = PolicyRules()
        list.rules = rules
        return list.unreachable
    }

    private mutating func readRule(_ node: Node) {
        guard case .mapping(let mapping) = node else {
            return report(node, "policy.rules: a rule is a mapping: {name: ..., when: ..., action: ...}")
        }
        let before = mistakes.count
        var rule = Rule(name: "", action: .accept)
        var places: [String: Node] = [:]
        for (keyNode, value) in mapping {
            guard case .scalar(let key) = keyNode else {
                report(keyNode, "a key must be a word")
                continue
            }
            places[key.string] = value
            take(key.string, keyNode, value, &rule)
        }
        for key in ["name", "action"] where places[key] == nil { report(node, "a rule needs \(key)") }
        guard mistakes.count == before else { return }
        for mistake in rule.replyMistakes { report(places[mistake.key] ?? node, "\(mistake.key): \(mistake.text)") }
        rules.append(rule)
        origins.append(origin(of: node))
    }

    private mutating func take(_ key: String, _ keyNode: Node, _ value: Node, _ rule: inout Rule) {
        switch key {
        case "when": rule.when = conditions(value, in: key)
        case "except": rule.except = conditions(value, in: key)
        case "name": takeName(value, &rule)
        case "action": takeAction(value, &rule)
        case "dry-run": rule.isDryRun = truth(value, key)
        case "spf-explanation": rule.tellsExplanation = truth(value, key)
        case "code":
            guard let text = word(value, key) else { return }
            rule.code = Int(text)
            if rule.code.map({ (400...599).contains($0) }) != true {
                report(value, "code: \(text.debugDescription) is not a code such as 550 or 451")
            }
        case "enhanced-code":
            guard let text = word(value, key) else { return }
            rule.enhancedCode = EnhancedCode(text)
            if rule.enhancedCode == nil {
                report(value, "enhanced-code: \(text.debugDescription) is not a code such as 5.7.1 (RFC 3463)")
            }
        case "text":
            guard let text = word(value, key) else { return }
            rule.text = text
            if !PolicyReply.isText(text, limit: PolicyReply.textLimit) {
                report(
                    value,
                    "text: expected printable ASCII without quotation marks and backslashes, at most \(PolicyReply.textLimit) characters"
                )
            }
        default:
            report(keyNode, "\(key): no such key of a rule; known here: \(Self.keys.joined(separator: ", "))")
        }
    }

    private mutating func takeName(_ value: Node, _ rule: inout Rule) {
        guard let text = word(value, "name") else { return }
        rule.name = text
        if !Rule.isName(text) {
            report(
                value,
                "name: \(text.debugDescription) is not 1 to 64 letters, digits, dots, hyphens and underscores"
            )
        } else if !names.insert(text).inserted {
            report(value, "name: another rule is called \(text)")
        }
    }

    private mutating func takeAction(_ value: Node, _ rule: inout Rule) {
        guard let text = word(value, "action") else { return }
        if let action = Action(rawValue: text) {
            rule.action = action
        } else if text == "discard" {
            report(
                value,
                "action: discard is not supported, since mail would be lost silently: use reject or quarantine"
            )
        } else {
            let known = Action.allCases.map(\.rawValue).joined(separator: ", ")
            report(value, "action: \(text.debugDescription) is not one of \(known)")
        }
    }

    /// `{spf: fail, from: [a.example, b.example]}`
    private mutating func conditions(_ node: Node, in part: String) -> [Condition] {
        if case .scalar(let scalar) = node, ConfigurationFile.isNull(scalar) { return [] }
        guard case .mapping(let mapping) = node else {
            report(node, "\(part): expected conditions such as {dmarc: fail}")
            return []
        }
        var conditions: [Condition] = []
        for (keyNode, value) in mapping {
            guard case .scalar(let key) = keyNode else {
                report(keyNode, "\(part): a condition must be a word")
                continue
            }
            guard Condition.keys.contains(key.string) else {
                let mistakes = Condition.read(key.string, [""]).mistakes
                for mistake in mistakes { report(keyNode, "\(part).\(key.string): \(mistake.text)") }
                continue
            }
            guard let elements = elements(of: value, "\(part).\(key.string)") else { continue }
            let (condition, mistakes) = Condition.read(key.string, elements.map(\.text))
            for mistake in mistakes {
                report(mistake.index.map { elements[$0].node } ?? value, "\(part).\(key.string): \(mistake.text)")
            }
            if let condition { conditions.append(condition) }
        }
        return conditions
    }

    /// One value, or a list of them; nil for anything else, which is reported.
    private mutating func elements(of node: Node, _ key: String) -> [(text: String, node: Node)]? {
        let nodes: [Node] =
            switch node {
            case .sequence(let sequence): Array(sequence)
            case .scalar, .mapping, .alias: [node]
            }
        let before = mistakes.count
        let elements = nodes.compactMap { node in word(node, key).map { ($0, node) } }
        return mistakes.count == before ? elements : nil
    }

    private mutating func truth(_ node: Node, _ key: String) -> Bool {
        guard let text = word(node, key) else { return false }
        do throws(Setting.Mistake) {
            return try ValueForm<Bool>.truth.value(of: text)
        } catch {
            report(node, "\(key): \(error.text)")
            return false
        }
    }

    private mutating func word(_ node: Node, _ key: String) -> String? {
        guard case .scalar(let scalar) = node else {
            report(node, "\(key): expected one value")
            return nil
        }
        guard !ConfigurationFile.isNull(scalar) else {
            report(node, "\(key): has no value")
            return nil
        }
        return scalar.string
    }

    private func origin(of node: Node) -> ConfigurationOrigin {
        .file(file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private mutating func report(_ node: Node, _ text: String) {
        mistakes.append(ConfigurationMistake(origin: origin(of: node), text: text))
    }
}
