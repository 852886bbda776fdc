package import MailPolicy
internal import Yams

/// Reads a YAML file into settings and mistakes; a mistake never hides the next one.
package struct ConfigurationFile {
    /// The name shown in mistakes.
    package let name: String
    package private(set) var entries: [ConfigurationEntry] = []
    package private(set) var mistakes: [ConfigurationMistake] = []
    /// `policy.rules`, which only the file can give.
    package private(set) var rules: [Rule] = []
    /// Where each rule begins.
    private(set) var ruleOrigins: [ConfigurationOrigin] = []

    /// True if the text ends with a line break, which a truncated file rarely does.
    let isWhole: Bool
    /// True if the file has no setting: all of them may be commented out.
    package var setsNothing: Bool { entries.isEmpty && rules.isEmpty && mistakes.isEmpty }

    /// The one key whose value is neither a single value nor a list of values.
    private static let ruleKey = "policy.rules"

    package init(name: String, text: String) {
        self.name = name
        isWhole = text.utf8.last == UInt8(ascii: "\n")
        do {
            guard let root = try Yams.compose(yaml: text) else { return }
            read(root, at: nil)
        } catch let error as YamlError {
            report(yaml: error, in: text)
        } catch {
            mistakes.append(ConfigurationMistake(origin: .file(name, line: 1, column: 1), text: "\(error)"))
        }
    }

    /// Levels of keys: `checks.spf` is at the deepest level, so the recursion ends after two.
    private mutating func read(_ node: Node, at path: String?) {
        guard case .mapping(let mapping) = node else {
            // All keys below it may be commented out.
            if path != nil, case .scalar(let scalar) = node, Self.isNull(scalar) { return }
            return report(node, path.map { "\($0): expected a mapping" } ?? "expected lines of `key: value`")
        }
        for (keyNode, value) in mapping {
            guard case .scalar(let scalar) = keyNode else {
                report(keyNode, "a key must be a word")
                continue
            }
            let key = path.map { "\($0).\(scalar.string)" } ?? scalar.string
            if key == Self.ruleKey {
                read(rules: value)
            } else if let setting = Setting.byKey[key] {
                take(value, for: setting)
            } else if Setting.all.contains(where: { $0.key.hasPrefix(key + ".") }) {
                read(value, at: key)
            } else {
                report(keyNode, "\(key): no such key; \(Self.advice(on: scalar.string, below: path))")
            }
        }
    }

    private mutating func read(rules node: Node) {
        let reader = RuleListReader(node, file: name)
        rules = reader.rules
        ruleOrigins = reader.origins
        mistakes += reader.mistakes
    }

    private mutating func take(_ node: Node, for setting: Setting) {
        var entry = ConfigurationEntry(setting: setting, texts: [], origin: origin(of: node))
        switch node {
        case .scalar(let scalar):
            if !Self.isNull(scalar) {
                entry.texts = [scalar.string]
            } else if !setting.isList {
                return report(node, "\(setting.key): has no value")
            }
        case .sequence(let sequence):
            guard setting.isList else { return report(node, "\(setting.key): expected one value, found a list") }
            for element in sequence {
                guard case .scalar(let scalar) = element, !Self.isNull(scalar) else {
                    return report(element, "\(setting.key): an element must be a plain value")
                }
                entry.texts.append(scalar.string)
                entry.elementOrigins.append(origin(of: element))
            }
        case .mapping(let mapping) where setting.isMap:
            for (key, value) in mapping {
                guard case .scalar(let name) = key, case .scalar(let scalar) = value, !Self.isNull(scalar) else {
                    return report(value, "\(setting.key): expected a mapping of keys to plain values")
                }
                entry.texts.append("\(name.string)=\(scalar.string)")
                entry.elementOrigins.append(origin(of: value))
            }
        case .mapping:
            return report(node, "\(setting.key): expected \(setting.isList ? "a list" : "one value"), found a mapping")
        case .alias:
            return report(node, "\(setting.key): aliases are not supported")
        }
        entries.append(entry)
    }

    /// Nothing at all, or a word that means nothing (YAML 1.2, 10.3.2): not a text of that name.
    static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private func origin(of node: Node) -> ConfigurationOrigin {
        .file(name, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private mutating func report(_ node: Node, _ text: String) {
        mistakes.append(ConfigurationMistake(origin: origin(of: node), text: text))
    }

    private mutating func report(yaml error: YamlError, in text: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let origin = ConfigurationOrigin.file(name, line: mark.line, column: mark.column)
            mistakes.append(ConfigurationMistake(origin: origin, text: "not YAML: \(problem)"))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { String(describing: $0) }.sorted()
            let first = (line: context.mark.line, column: context.mark.column)
            let line = keys.first.flatMap { Self.line(of: $0, below: first, in: text) } ?? first.line
            let origin = ConfigurationOrigin.file(name, line: line, column: first.column)
            let text = "given more than once: \(keys.joined(separator: ", "))"
            mistakes.append(ConfigurationMistake(origin: origin, text: text))
        default:
            let origin = ConfigurationOrigin.file(name, line: 1, column: 1)
            mistakes.append(ConfigurationMistake(origin: origin, text: "not YAML: \(error)"))
        }
    }

    /// The line where a key is given again, in the column where it was given first; nil if it is on the same line.
    private static func line(of key: String, below first: (line: Int, column: Int), in text: String) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.dropFirst(first.line).first { index in
            let line = lines[index]
            return line.prefix { $0 == " " }.count == first.column - 1
                && line.dropFirst(first.column - 1).hasPrefix(key + ":")
        }.map { $0 + 1 }
    }

    /// What was probably meant by an unknown word: a key of this level, or one that belongs a level deeper.
    private static func advice(on word: String, below path: String?) -> String {
        let known = keys(below: path)
        if let near = Spelling.nearest(to: word, among: known) { return "did you mean \(near)?" }
        let keys = Setting.all.map(\.key).filter { $0.contains(".") }
        let namesakes = keys.filter { $0.hasSuffix("." + word) }
        let deeper = namesakes.count == 1 ? namesakes.first : Spelling.nearest(to: word, among: keys)
        if path == nil, let deeper { return "did you mean \(deeper)?" }
        return "known here: \(known.joined(separator: ", "))"
    }

    private static func keys(below path: String?) -> [String] {
        var seen: [String] = []
        for key in Setting.all.map(\.key) + [ruleKey] {
            let rest: Substring
            if let path {
                guard key.hasPrefix(path + ".") else { continue }
                rest = key.dropFirst(path.count + 1)
            } else {
                rest = key[...]
            }
            let word = String(rest.prefix { $0 != "." })
            if !seen.contains(word) { seen.append(word) }
        }
        return seen
    }
}
