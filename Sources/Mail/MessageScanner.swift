internal import Octets

/// Reads one message that arrives in pieces: the fields of its header one by one, then its body in the form of the
/// wire, with CRLF at the end of each line. The same message with LF gives the same events, so that a file and a
/// milter are judged alike; the header ends where Postfix ends it (a line that is not a field begins the body).
///
///     var scanner = MessageScanner()
///     while let event = scanner.next(&input) { ... }      // for each piece of input
///     while let event = scanner.end() { ... }
///
/// Memory is one field, up to the limit, whatever the size of the message.
public struct MessageScanner: Sendable {
    public enum Event: Sendable {
        /// A field of the header.
        case field(ScannedField)
        /// The header is over; the body begins `bodyStart` octets after the beginning of the message. Comes once,
        /// even if the message has no header or no body.
        case endOfHeader(bodyStart: Int)
        /// A piece of the body. A line break may be split between two pieces.
        case body(ArraySlice<UInt8>)
    }

    private let fieldLimit: Int
    private var lexer = HeaderLexer()
    private var converter = LineBreakConverter()
    /// A piece that has been cut off but not processed, since it ended the field before it.
    private var pending: HeaderLexer.Piece?
    private var current: ScannedField?
    /// Octets of the message that have been processed; not counted in the body.
    private var offset = 0
    private var isInBody = false
    private var body: ArraySlice<UInt8> = []

    /// - Parameter fieldLimit: Octets of one field that are kept. The rest of a longer one is skipped, and the field
    ///   is marked. 256 KiB, the same as the limit for the whole header elsewhere.
    public init(fieldLimit: Int = 256 * 1024) {
        self.fieldLimit = fieldLimit
    }

    /// The next event; nil if all of `input` has been taken and more is needed. Release the slices of earlier events
    /// before you write into the buffer they came from: an array copies itself if it is shared.
    public mutating func next(_ input: inout ArraySlice<UInt8>) -> Event? {
        while true {
            if !body.isEmpty { return converter.next(&body).map(Event.body) }
            if isInBody {
                guard !input.isEmpty else { return nil }
                body = input
                input = []
                continue
            }
            guard let piece = pending ?? lexer.next(&input) else { return nil }
            pending = nil
            if let event = take(piece) { return event }
        }
    }

    /// The next event after the last octet has been given; nil when there is none left.
    public mutating func end() -> Event? {
        while true {
            if !body.isEmpty { return converter.next(&body).map(Event.body) }
            if isInBody { return nil }
            if let piece = pending ?? lexer.end() {
                pending = nil
                if let event = take(piece) { return event }
            } else if let field = finishedField() {
                return .field(field)
            } else {
                isInBody = true
                return .endOfHeader(bodyStart: offset)
            }
        }
    }

    private mutating func take(_ piece: HeaderLexer.Piece) -> Event? {
        switch piece {
        case .continuation(let line):
            add(line, afterFold: true)
            return nil
        case .rest(let line):
            add(line, afterFold: false)
            return nil
        case .mark(let mark):
            offset += mark.count
            return nil
        case .field, .mailboxLine, .separator, .body:
            if let field = finishedField() {
                pending = piece
                return .field(field)
            }
            return begin(piece)
        }
    }

    private mutating func begin(_ piece: HeaderLexer.Piece) -> Event? {
        switch piece {
        case .field(let line, let colon):
            let field = HeaderField(name: Array(line[..<colon]), value: [])
            current = ScannedField(field: field, octets: offset..<(offset + colon + 1 - line.startIndex))
            offset += colon + 1 - line.startIndex
            add(line[(colon + 1)...], afterFold: false)
            return nil
        case .mailboxLine(let line):
            current = ScannedField(field: HeaderField("X-Mailbox-Line", " "), octets: offset..<offset)
            add(line, afterFold: false)
            return nil
        case .separator(let line):
            offset += line.count
            isInBody = true
            return .endOfHeader(bodyStart: offset)
        case .body(let line):
            isInBody = true
            body = line
            return .endOfHeader(bodyStart: offset)
        case .continuation, .rest, .mark:
            return nil
        }
    }

    /// Adds a line to the current field. A line's break is written only when another line follows: the last one is
    /// not part of the value.
    private mutating func add(_ line: ArraySlice<UInt8>, afterFold: Bool) {
        offset += line.count
        guard var field = current.take() else { return }
        field.octets = field.octets.lowerBound..<offset
        if !field.isTruncated {
            if afterFold { field.field.value.append(.lineFeed) }
            field.field.value += line.withoutLineBreak
            // The line was too long to come in one piece, and its CRLF is split.
            if line == [.lineFeed], field.field.value.last == .carriageReturn { field.field.value.removeLast() }
            // One more than the limit, since a CR at the end may turn out to be half of the line break.
            field.isTruncated = field.field.value.count > fieldLimit + 1
            if field.isTruncated { field.field.value.removeLast(field.field.value.count - fieldLimit) }
        }
        current = field
    }

    private mutating func finishedField() -> ScannedField? {
        guard var field = current.take() else { return nil }
        if field.field.value.count > fieldLimit {
            field.field.value.removeLast(field.field.value.count - fieldLimit)
            field.isTruncated = true
        }
        return field
    }
}

/// A field, and its place.
public struct ScannedField: Hashable, Sendable {
    public internal(set) var field: HeaderField
    /// Where the field is in the message, including its final line break.
    public internal(set) var octets: Range<Int>
    /// True if the field is longer than the scanner keeps; `field` is its beginning.
    public internal(set) var isTruncated = false

    package init(field: HeaderField, octets: Range<Int>) {
        self.field = field
        self.octets = octets
    }
}
