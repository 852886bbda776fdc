internal import Files
internal import Mail
internal import Mailboxes

/// One message that was cut out of an mbox, or is a file of its own.
package struct CutMessage: Sendable {
    /// The file as it was named, with its name in a packed one.
    let file: String
    /// Octets above it, if it is the first. They go where it goes: a run that ends before it has written neither.
    let preamble: [UInt8]
    /// Nil for a file of its own.
    let fromLine: MboxFromLine?
    /// Of a file of its own: what its Maildir tells of it.
    var maildir: MaildirPlace?
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
    /// Where reading continues behind it: which of the mailboxes and messages in what was named, and where in that.
    var next = (member: 0, offset: 0)
}

/// Cuts an mbox that arrives in pieces into messages that are held one by one.
struct MessageCutter {
    /// Octets above the first message, which are not many: what does not begin with a From_ line is no mbox.
    private var preamble: [UInt8] = []
    /// Warnings about the messages that were handed on, and about what has come since.
    private var warnings = Warnings()
    private var newWarnings = Warnings()
    private(set) var hasMessages = false
    private var reader: MboxReader
    private var current: CutMessage?
    private let file: String
    /// Where in the file reading began.
    private let base: Int
    /// Messages that begin elsewhere in the file are passed over.
    private let range: MboxRange
    /// True if there are no more messages in the range.
    private(set) var isPastRange = false

    /// How many there are, and the first of them.
    private struct Warnings {
        var count = 0
        var first: [MboxWarning] = []

        mutating func add(_ other: Warnings) {
            count += other.count
            first += other.first.prefix(max(0, MessageCutter.warningLimit - first.count))
        }
    }

    /// Warnings of a file that are told one by one.
    private static let warningLimit = 10
    /// Octets that may stand above the first message.
    static let preambleLimit = 1 << 20

    /// What is read is no mbox.
    struct NoMbox: Error {}

    /// - Parameter base: where in the file a message begins, at which reading begins.
    init(
        _ file: String,
        _ detection: MboxDetection,
        needsEmptyLine: Bool,
        range: MboxRange = .all,
        base: Int
    ) {
        self.file = file
        self.range = range
        reader = MboxReader(
            variant: detection.variant,
            needsEmptyLine: needsEmptyLine,
            believesCounts: detection.believesCounts,
            form: base == 0 ? nil : detection.form
        )
        self.base = base
    }

    /// The messages that have come to their end.
    /// - Parameter lookAhead: what comes later in the file.
    mutating func take(
        _ octets: [UInt8],
        lookAhead: MboxReader.LookAhead = { _ in nil }
    ) throws -> [CutMessage] {
        var input = octets[...]
        var messages: [CutMessage] = []
        while let event = reader.next(&input, lookAhead: { lookAhead(base + $0) }) {
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
            isPastRange = base + offset >= range.octets.upperBound
            if range.octets.contains(base + offset) {
                current = CutMessage(
                    file: file,
                    preamble: preamble,
                    fromLine: fromLine,
                    offset: base + offset,
                    end: base + offset + fromLine.octets.count
                )
            }
            preamble = []
        case .octets(let octets): try current?.content.append(octets)
        case .messageEnd(let emptyLine):
            defer { newWarnings = Warnings() }
            guard var message = current.take() else { return nil }
            message.emptyLine = Array(emptyLine)
            message.warnings = newWarnings.count
            warnings.add(newWarnings)
            message.end += message.content.count + emptyLine.count
            return message
        case .warning(let warning): newWarnings.add(Warnings(count: 1, first: [warning]))
        }
        return nil
    }

    /// Octets of the message that has not come to its end.
    var partialLength: Int { current?.content.count ?? 0 }

    /// The first warnings in words, and how many more there are.
    var warningTexts: [String] {
        let rest = warnings.count - warnings.first.count
        return warnings.first.map(text) + (rest > 0 ? ["\(rest.grouped) more odd lines"] : [])
    }

    private func text(of warning: MboxWarning) -> String {
        switch warning {
        case .undatedFromLine(let offset) where base + offset == 0:
            "octet 0: a separator whose date cannot be read, so that other lines like it are text"
        case .undatedFromLine(let offset):
            "octet \(base + offset): a line `From ` without a date that can be read, which is text"
        case .otherForm(let offset):
            "octet \(base + offset): a line `From ` with a date in another form than the first one's, which is text"
        case .noEmptyLine(let offset):
            "octet \(base + offset): a From_ line that is not below an empty line, which is text without --loose"
        case .wrongContentLength(let offset):
            "octet \(base + offset): here ends a message whose Content-Length says something else"
        }
    }
}
