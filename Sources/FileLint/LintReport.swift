internal import AuthResults
internal import AuthResultsLint
internal import Foundation

/// A finding and where it is in its file; both begin at 1, columns are octets.
package struct PlacedFinding: Hashable, Sendable {
    package let line: Int
    let column: Int
    let finding: Finding
}

/// Makes lines from findings, and remembers whether one was an error.
package struct LintReport {
    package let output: LintOutput
    package private(set) var hasErrors = false

    package init(output: LintOutput) {
        self.output = output
    }

    package mutating func lines(for findings: [PlacedFinding], of file: String) -> String {
        hasErrors = hasErrors || findings.contains { $0.finding.severity == .error }
        return findings.map { finding in
            switch output {
            case .text: Self.text(finding, of: file) + "\n"
            case .json: Self.json(finding, of: file) + "\n"
            }
        }.joined()
    }

    /// `file:line:column: severity: rule: message (hint)`
    package static func text(_ placed: PlacedFinding, of file: String) -> String {
        let finding = placed.finding
        let hint = finding.hint.map { " (\($0))" } ?? ""
        return "\(file):\(placed.line):\(placed.column): \(finding.severity.rawValue): \(finding.rule.rawValue): "
            + finding.message + hint
    }

    package static func json(_ placed: PlacedFinding, of file: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            file: file,
            line: placed.line,
            column: placed.column,
            severity: placed.finding.severity.rawValue,
            rule: placed.finding.rule.rawValue,
            message: placed.finding.message,
            hint: placed.finding.hint
        )
        // Strings and numbers can always be encoded.
        return (try? encoder.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private struct Line: Encodable {
        let file: String
        let line: Int
        let column: Int
        let severity: String
        let rule: String
        let message: String
        let hint: String?

        private enum Key: CodingKey {
            case file, line, column, severity, rule, message, hint
        }

        /// Every key is on every line; without a hint it is null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(file, forKey: .file)
            try container.encode(line, forKey: .line)
            try container.encode(column, forKey: .column)
            try container.encode(severity, forKey: .severity)
            try container.encode(rule, forKey: .rule)
            try container.encode(message, forKey: .message)
            try container.encode(hint, forKey: .hint)
        }
    }
}
