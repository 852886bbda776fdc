internal import Files
package import Mail
internal import Mailboxes

/// One message that was cut out of an mbox.
package struct CutMessage: Sendable {
    /// Octets above it, if it is the first. They go where it goes: a run that ends before it has written neither.
    let preamble: [UInt8]
    package let fromLine: MboxFromLine
    /// Where its From_ line begins, in octets from the beginning of the file.
    package let offset: Int
    /// The message as it is in the file.
    var content = SpooledMessage()
    /// The empty line behind it that is the mbox's.
    var emptyLine: [UInt8] = []
    /// Where the next message begins.
    package var end: Int
    /// What is odd about it or the octets before it.
    var warnings = 0
}

/// Cuts an mbox that arrives in pieces into messages that are held one by one.
struct MessageCutter {
    /// Octets above the first message, which are not many: what does not begin with a From_ line is no mbox.
    private var preamble: [UInt8] = []
    /// All warnings, and the first of them.
    private(set) var warnings: (count: Int, first: MboxWarning?) = (0, nil)
    /// Those that came since the last message was handed on.
    private var newWarnings = 0
    private(set) var hasMessages = false
    private var reader: MboxReader
    private var current: CutMessage?
    /// Where in the file reading began.
    private let base: Int

    /// Octets that may stand above the first message.
    static let preambleLimit = 1 << 20

    /// What is read is no mbox.
    struct NoMbox: Error {}

    init(variant: MboxVariant, needsEmptyLine: Bool, base: Int) {
        reader = MboxReader(variant: variant, needsEmptyLine: needsEmptyLine)
        self.base = base
    }

    /// The messages that have come to their end.
    mutating func take(_ octets: [UInt8]) throws -> [CutMessage] {
        var input = octets[...]
        var messages: [CutMessage] = []
        while let event = reader.next(&input) {
            if let message = try take(event) { messages.append(message) }
        }
        return messages
    }

    mutating func end() throws -> [CutMessage] {
        var messages: [CutMessage] = []
        while let event = reader.end() {
            if let message = try take(event) { messages.append(message) }
        }
        guard hasMessages || preamble.isEmpty else { throw NoMbox() }
        return messages
    }

    private mutating func take(_ event: MboxReader.Event) throws -> CutMessage? {
        switch event {
        case .preamble(let octets):
            preamble += octets
            guard preamble.count <= Self.preambleLimit else { throw NoMbox() }
        case .messageStart(let fromLine, let offset):
            hasMessages = true
            current = CutMessage(
                preamble: preamble,
                fromLine: fromLine,
                offset: base + offset,
                end: base + offset + fromLine.octets.count
            )
            preamble = []
        case .octets(let octets): try current?.content.append(octets)
        case .messageEnd(let emptyLine):
            guard var message = current.take() else { return nil }
            message.emptyLine = Array(emptyLine)
            message.warnings = newWarnings
            newWarnings = 0
            message.end += message.content.count + emptyLine.count
            return message
        case .warning(let warning):
            newWarnings += 1
            warnings = (warnings.count + 1, warnings.first ?? warning)
        }
        return nil
    }

    /// The first warning in words, and how many there are; nil if there is none.
    var warningText: String? {
        let text: String
        switch warnings.first {
        case .undatedFromLine(let offset): text = "octet \(base + offset): a line `From ` without a date, which is text"
        case .noEmptyLine(let offset):
            text = "octet \(base + offset): a From_ line that is not below an empty line, which is text without --loose"
        case .wrongContentLength(let offset):
            text = "octet \(base + offset): here ends a message whose Content-Length says something else"
        case nil: return nil
        }
        return warnings.count == 1 ? text : text + "; \((warnings.count - 1).grouped) more odd lines"
    }
}
