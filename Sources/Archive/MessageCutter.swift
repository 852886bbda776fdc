internal import Files
internal import Mail
internal import Mailboxes

/// One message that was cut from an mbox, or is a separate file.
struct CutMessage: Sendable {
    /// The file as the user named it, followed by its name in a packed one.
    let file: String
    /// Octets above it, if it is the first. They stay with it: a run that ends before it has written neither.
    let preamble: [UInt8]
    /// Nil for a separate file.
    let fromLine: MboxFromLine?
    /// For a separate file: its place in a Maildir.
    var maildir: MaildirPlace?
    /// Where its From_ line begins, in octets from the beginning of the file.
    let offset: Int
    /// The message as it is in the file.
    var content = SpooledMessage()
    /// The empty line after it that belongs to the mbox.
    var emptyLine: [UInt8] = []
    /// Where the next message begins.
    var end: Int
    /// Oddities in it or in the octets before it.
    var warnings = 0
    /// Where reading continues after it: at which of the mailboxes and messages of the input, and where in that.
    var next = (member: 0, offset: 0)
}

/// Cuts an mbox that arrives in pieces into messages that are kept one by one.
struct MessageCutter {
    /// Octets above the first message, which are few: a file that does not begin with a From_ line is not an mbox.
    private var preamble: [UInt8] = []
    /// Warnings about the messages that were passed on, and about what has come since.
    private var warnings = Warnings()
    private var newWarnings = Warnings()
    private(set) var hasMessages = false
    private var reader: MboxReader
    private var current: CutMessage?
    private let file: String
    /// Where in the file reading began.
    private let base: Int
    /// Messages that begin elsewhere in the file are skipped.
    private let range: MboxRange
    /// True if there are no more messages in the range.
    private(set) var isPastRange = false

    /// Their number, and the first of them.
    private struct Warnings {
        var count = 0
        var first: [MboxWarning] = []

        mutating func add(_ other: Warnings) {
            count += other.count
            first += other.first.prefix(max(0, MessageCutter.warningLimit - first.count))
        }
    }

    /// Warnings of a file that are reported one by one.
    private static let warningLimit = 10
    /// Octets that may be above the first message.
    static let preambleLimit = 1 << 20

    /// The input is not an mbox.
    struct NoMbox: Error {}

    /// - Parameter base: where in the file a message begins and reading starts.
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

    /// The messages that are complete.
    /// - Parameter lookAhead: the octets that come later in the file.
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

    /// Octets of the message that is not complete yet.
    var partialLength: Int { current?.content.count ?? 0 }

    /// The first warnings in words, and how many more there are.
    var warningTexts: [String] {
        let rest = warnings.count - warnings.first.count
        return warnings.first.map(text) + (rest > 0 ? ["\(rest.grouped) more odd lines"] : [])
    }

    private func text(of warning: MboxWarning) -> String {
        switch warning {
        case .undatedFromLine(let offset) where base + offset == 0:
            "octet 0: a separator whose date cannot be read, so other lines like it are text"
        case .undatedFromLine(let offset):
            "octet \(base + offset): a line `From ` without a readable date, which is text"
        case .otherForm(let offset):
            "octet \(base + offset): a line `From ` with a date in another form than the first one's, which is text"
        case .noEmptyLine(let offset):
            "octet \(base + offset): a From_ line that is not below an empty line, which is text without --loose"
        case .wrongContentLength(let offset):
            "octet \(base + offset): a message ends here, but its Content-Length says otherwise"
        }
    }
}
