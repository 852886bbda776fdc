internal import Mail
package import Mailboxes

/// Examines the messages of an mbox, one after the other.
package struct MboxLinter {
    private let rules: LintRules
    private var reader: MboxReader
    private var message: MessageLinter?
    /// The next line.
    private var line = 1
    package private(set) var hasPreamble = false

    package init(rules: LintRules, variant: MboxVariant) {
        self.rules = rules
        reader = MboxReader(variant: variant)
    }

    /// The findings for the messages that have ended.
    package mutating func take(_ octets: [UInt8]) -> [PlacedFinding] {
        var input = octets[...]
        var findings: [PlacedFinding] = []
        while let event = reader.next(&input) { findings += take(event) }
        return findings
    }

    package mutating func end() -> [PlacedFinding] {
        var findings: [PlacedFinding] = []
        while let event = reader.end() { findings += take(event) }
        return findings
    }

    private mutating func take(_ event: MboxReader.Event) -> [PlacedFinding] {
        switch event {
        case .preamble(let octets):
            hasPreamble = true
            count(octets)
        case .messageStart(let fromLine, _):
            count(fromLine.octets[...])
            message = MessageLinter(rules: rules, firstLine: line)
        case .octets(let octets):
            message?.take(octets)
            count(octets)
        case .messageEnd(let emptyLine):
            count(emptyLine)
            defer { message = nil }
            return message?.end() ?? []
        case .warning: break
        }
        return []
    }

    private mutating func count(_ octets: ArraySlice<UInt8>) {
        for octet in octets where octet == UInt8(ascii: "\n") { line += 1 }
    }
}
