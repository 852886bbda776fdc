internal import AuthResults
package import AuthResultsLint
internal import Mail
internal import Trace

/// How fields are examined, and whether their places are examined too.
package struct LintRules: Sendable {
    package let lint: Lint
    package let position: PositionCheck?

    package init(lint: Lint, position: PositionCheck?) {
        self.lint = lint
        self.position = position
    }
}

/// Examines the fields of one message, which arrives in pieces. Memory is its Authentication-Results and Received
/// fields, up to a limit.
package struct MessageLinter {
    private struct Field {
        let field: HeaderField
        let line: Int
    }

    private let rules: LintRules
    private var scanner = MessageScanner()
    private var fields: [Field] = []
    private var keptOctets = 0
    private var extra: [PlacedFinding] = []
    /// The line of the octet at `counted`.
    private var line: Int
    /// Offsets of line feeds from there on.
    private var lineFeeds: [Int] = []
    private var offset = 0
    /// True when the header is over.
    package private(set) var isDone = false

    /// Octets of fields that are kept to be examined together.
    private static let limit = 4 * 1024 * 1024

    package init(rules: LintRules, firstLine: Int) {
        self.rules = rules
        line = firstLine
    }

    package mutating func take(_ octets: ArraySlice<UInt8>) {
        guard !isDone else { return }
        for index in octets.indices where octets[index] == UInt8(ascii: "\n") {
            lineFeeds.append(offset + index - octets.startIndex)
        }
        offset += octets.count
        var input = octets
        while !isDone, let event = scanner.next(&input) { take(event) }
    }

    package mutating func end() -> [PlacedFinding] {
        while !isDone, let event = scanner.end() { take(event) }
        var found = fields.map { _ in [Finding]() }
        let results = fields.indices.filter { fields[$0].field.isNamed(AuthenticationResults.fieldName) }
        for (index, findings) in zip(results, rules.lint.findings(in: results.map { fields[$0].field.value })) {
            found[index] = findings
        }
        if let position = rules.position {
            for (index, finding) in position.findings(in: fields.map(\.field), rules.lint) {
                found[index].insert(finding, at: 0)
            }
        }
        return zip(fields, found).flatMap { field, findings in
            PlacedFinding.place(
                findings,
                in: field.field.value,
                line: field.line,
                prefix: field.field.name.count + 1
            )
        } + extra
    }

    private mutating func take(_ event: MessageScanner.Event) {
        switch event {
        case .field(let scanned): take(scanned)
        case .endOfHeader, .body: isDone = true
        }
    }

    private mutating func take(_ scanned: ScannedField) {
        let passed = lineFeeds.prefix { $0 < scanned.octets.lowerBound }.count
        line += passed
        lineFeeds.removeFirst(passed)
        let isResults = scanned.field.isNamed(AuthenticationResults.fieldName)
        guard isResults || scanned.field.isNamed("Received") else { return }
        keptOctets += scanned.field.value.count
        if keptOctets <= Self.limit { fields.append(Field(field: scanned.field, line: line)) }
        guard isResults, scanned.isTruncated || keptOctets > Self.limit else { return }
        let message = "the fields have more octets than are examined; this one is not examined, or not to its end"
        extra.append(PlacedFinding(line: line, column: 1, finding: rules.lint.finding(.tooMany, message)))
    }
}

extension PlacedFinding {
    /// Places the findings of one field, which are in its order, in one pass: a field may have as many as it has
    /// results.
    /// - Parameters:
    ///   - line: the line on which the value begins.
    ///   - prefix: octets before the value on that line.
    static func place(_ findings: [Finding], in value: [UInt8], line: Int, prefix: Int) -> [PlacedFinding] {
        var line = line
        var lineStart = -prefix
        var offset = 0
        return findings.map { finding in
            while offset < min(finding.offset, value.count) {
                if value[offset] == UInt8(ascii: "\n") {
                    line += 1
                    lineStart = offset + 1
                }
                offset += 1
            }
            return PlacedFinding(line: line, column: finding.offset - lineStart + 1, finding: finding)
        }
    }
}
