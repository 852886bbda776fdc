internal import AuthResults
internal import AuthResultsLint
internal import Octets

/// Examines a list of fields, one after the other: one per line, folded or not, with or without the name before it.
/// Fields of other names and empty lines are skipped.
package struct ListLinter {
    private let rules: LintRules
    /// The current field, its lines joined by line feeds; nil if it has another name.
    private var field: [UInt8]?
    /// True if a line that begins with white space continues the field above it.
    private var isBelowField = false
    private var fieldLine = 1
    /// Octets before the value on its first line.
    private var prefix = 0
    private var partialLine: [UInt8] = []
    private var line = 0

    /// Octets of one field that are examined, as in a message.
    private static let limit = 256 * 1024

    package init(rules: LintRules) {
        self.rules = rules
    }

    package mutating func take(_ octets: [UInt8]) -> [PlacedFinding] {
        var findings: [PlacedFinding] = []
        var rest = octets[...]
        while let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n")) {
            add(rest[..<lineFeed])
            findings += endLine()
            rest = rest[(lineFeed + 1)...]
        }
        add(rest)
        return findings
    }

    package mutating func end() -> [PlacedFinding] {
        let findings = partialLine.isEmpty ? [] : endLine()
        return findings + endField()
    }

    private mutating func add(_ part: ArraySlice<UInt8>) {
        partialLine += part.prefix(max(0, Self.limit - partialLine.count))
    }

    private mutating func endLine() -> [PlacedFinding] {
        defer { partialLine.removeAll(keepingCapacity: true) }
        line += 1
        if partialLine.last == UInt8(ascii: "\r") { partialLine.removeLast() }
        if isBelowField, let first = partialLine.first, first.isWhiteSpace {
            if let length = field?.count {
                field?.append(UInt8(ascii: "\n"))
                field?.append(contentsOf: partialLine.prefix(max(0, Self.limit - length)))
            }
            return []
        }
        let findings = endField()
        begin(partialLine[...])
        return findings
    }

    private mutating func begin(_ text: ArraySlice<UInt8>) {
        fieldLine = line
        prefix = 0
        isBelowField = text.contains { !$0.isWhiteSpace }
        guard isBelowField else { return }
        guard let name = FieldLine.name(of: text) else {
            field = Array(text)
            return
        }
        guard FieldLine.isResultsName(name) else { return }
        prefix = text[name.endIndex...].prefix { $0 != UInt8(ascii: ":") }.count + name.count + 1
        field = Array(text.dropFirst(prefix))
    }

    private mutating func endField() -> [PlacedFinding] {
        guard let value = field.take() else { return [] }
        return PlacedFinding.place(rules.lint.findings(in: value), in: value, line: fieldLine, prefix: prefix)
    }
}
