public import Mail
internal import Octets

/// Cuts an mbox that arrives in pieces into its messages. No octet is lost: the octets of the events, one after the
/// other, are those that were read.
///
/// A message begins with a line `From sender date` that is at the very beginning or below an empty line, and has the
/// form of the mbox's first such line (`MboxSeparatorForm`); after a message from Thunderbird, also with a line
/// `From `. A line that looks like one but has another form or lacks the empty line is text, and a warning; qmail's
/// rule, that no empty line is needed, can be selected. Content-Length was written by the sender of the message and
/// could hide the next one or make one up. It is trusted only if it ends at such a line or at the end of the mbox,
/// and, unless all of them are known to be right, no such line comes before; then it shows whether the last empty
/// line is part of the body, and makes the empty line before the next message unnecessary.
///
///     var reader = MboxReader(variant: .mboxrd)
///     while let event = reader.next(&input) { ... }      // for each piece of input
///     while let event = reader.end() { ... }
///
/// Memory is one line of this kind, and the input.
public struct MboxReader: Sendable {
    public enum Event: Hashable, Sendable {
        /// Octets above the first message: a byte order mark, or a file that is not an mbox.
        case preamble(ArraySlice<UInt8>)
        /// A message begins; `offset` is where its From_ line is, in octets from the beginning of the mbox.
        case messageStart(MboxFromLine, offset: Int)
        /// Octets of the message, as they are in the source: with its line ends, still quoted (see ``MboxUnquoter``).
        case octets(ArraySlice<UInt8>)
        /// The message is over. The empty line that the mbox has after it is not part of the message; it has no
        /// octets if there is none.
        case messageEnd(emptyLine: ArraySlice<UInt8>)
        case warning(MboxWarning)
    }

    /// Events that are kept before they are passed on; a line may add some more.
    private static let eventLimit = 16

    enum Place { case beginning, preamble, message }

    /// The octets from a place in the mbox that have not been given yet, counted from the beginning:
    /// ``MboxReader/lookAheadLength`` octets or as many as are left, nil if the place cannot be reached.
    public typealias LookAhead = (_ offset: Int) -> ArraySlice<UInt8>?

    /// Octets that show whether a message ends at a place: the last one before it, an empty line and a From_ line.
    public static let lookAheadLength = MboxFromLine.lengthLimit + 3

    private let variant: MboxVariant
    let needsEmptyLine: Bool
    let believesCounts: Bool
    /// The form of the separators; nil before the first.
    public internal(set) var form: MboxSeparatorForm?
    var place = Place.beginning
    /// The place in the mbox of the first octet that has not been passed on.
    var offset = 0
    /// Octets that can be judged only with the following ones: a From_ line's beginning, the empty line before it.
    private var held: [UInt8] = []
    private var isInsideLine = false
    var isBelowEmptyLine = true
    private var isInHeader = false
    /// The current message begins with a From_ line of Thunderbird's.
    var isThunderbirds = false
    private var contentLength = ContentLength.absent
    /// Where the body ends according to its Content-Length.
    var bodyEnd: Int?
    /// Whether a message ends there; nil if that has not been examined.
    var isBodyEndRight: Bool?
    /// Events to come, from `nextEvent` on.
    var events: [Event] = []
    private var nextEvent = 0
    private var isFinished = false
    /// Messages whose Content-Length was right.
    private(set) var believedContentLengths = 0

    /// - Parameters:
    ///   - variant: how the mbox marks where messages end.
    ///   - needsEmptyLine: False for qmail's rule: a From_ line begins a message anywhere.
    ///   - believesCounts: True if Content-Length fields are known to be the archive's and not the senders': a line
    ///     in a body with such a count is text if the count ends where a message ends, or if that place cannot be
    ///     reached.
    ///   - form: the form of the separators, if reading does not begin at the first one.
    public init(
        variant: MboxVariant,
        needsEmptyLine: Bool = true,
        believesCounts: Bool = false,
        form: MboxSeparatorForm? = nil
    ) {
        self.variant = variant
        self.needsEmptyLine = needsEmptyLine
        self.believesCounts = believesCounts && variant.hasContentLength
        self.form = form
    }

    /// The next event; nil if all of `input` has been taken and more is needed.
    ///
    /// - Parameters:
    ///   - input: More octets; those that have been taken are removed from it.
    ///   - lookAhead: The octets that come later; called only if counts are trusted.
    public mutating func next(_ input: inout ArraySlice<UInt8>, lookAhead: LookAhead = { _ in nil }) -> Event? {
        while nextEvent == events.count {
            guard !input.isEmpty else { return nil }
            if !held.isEmpty {
                input = (held + input)[...]
                held = []
            }
            read(&input, isAtEnd: false, lookAhead)
        }
        return takeEvent()
    }

    /// The next event after the last octet has been given; nil when there is none left.
    public mutating func end() -> Event? {
        while nextEvent == events.count {
            guard !isFinished else { return nil }
            var input = held[...]
            held = []
            read(&input, isAtEnd: true) { _ in [] }
            if !isFinished { held = Array(input) }
        }
        return takeEvent()
    }

    private mutating func takeEvent() -> Event {
        let event = events[nextEvent]
        nextEvent += 1
        if nextEvent == events.count {
            events.removeAll(keepingCapacity: true)
            nextEvent = 0
        }
        return event
    }

    /// Goes from line to line up to the next From_ line or the end of the input.
    private mutating func read(_ input: inout ArraySlice<UInt8>, isAtEnd: Bool, _ lookAhead: LookAhead) {
        var line = input.startIndex
        if isInsideLine {
            guard let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: input, from: line) else {
                if isAtEnd { finish(input, contentEnd: input.endIndex) } else { handOn(&input, upTo: input.endIndex) }
                return
            }
            isInsideLine = false
            isBelowEmptyLine = false
            line = lineFeed + 1
        } else if case .beginning = place, !skipByteOrderMark(&input, isAtEnd: isAtEnd) {
            held = Array(input)
            input = []
            return
        } else {
            line = input.startIndex
        }
        /// Where the empty line above `line` begins, if it may belong to the mbox.
        var emptyLine: Int?
        while line < input.endIndex {
            let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: input, from: line)
            guard let lineEnd = lineFeed.map({ $0 + 1 }) ?? (isAtEnd ? input.endIndex : nil) else { break }
            let first = input[line]
            if first == .lineFeed || (first == .carriageReturn && lineFeed == line + 1) {
                emptyLine = isInHeader ? nil : line
                if isInHeader { endHeader(at: offset + lineEnd - input.startIndex) }
                isBelowEmptyLine = true
            } else {
                if first == UInt8(ascii: "F"),
                    let fromLine = fromLine(line..<lineEnd, in: input, lookAhead)
                {
                    begin(fromLine, &input, emptyLine: emptyLine ?? line, line: line, lineEnd: lineEnd)
                    return
                }
                if isInHeader, variant.hasContentLength { contentLength.read(input[line..<lineEnd]) }
                emptyLine = nil
                isBelowEmptyLine = false
                if case .beginning = place { place = .preamble }
            }
            line = lineEnd
            // A text of only odd lines is passed on warning by warning.
            if events.count >= Self.eventLimit, emptyLine == nil {
                handOn(&input, upTo: line)
                return
            }
        }
        if isAtEnd {
            finish(input, contentEnd: emptyLine ?? input.endIndex)
        } else {
            suspend(&input, emptyLine: emptyLine, line: line)
        }
    }

    /// False if more octets are needed to know whether there is one.
    private mutating func skipByteOrderMark(_ input: inout ArraySlice<UInt8>, isAtEnd: Bool) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if offset == 0, input.starts(with: mark) { handOn(&input, upTo: input.startIndex + mark.count) }
        return isAtEnd || offset > 0 || input.isEmpty || !mark.starts(with: input)
    }

    /// Passes on octets that are neither a From_ line nor an empty line before one, and holds back the rest.
    private mutating func suspend(_ input: inout ArraySlice<UInt8>, emptyLine: Int?, line: Int) {
        let rest = input[line...]
        let mayBeFromLine = rest.count < 5 ? "From ".utf8.starts(with: rest) : rest.hasPrefix("From ")
        if mayBeFromLine, rest.count <= MboxFromLine.lengthLimit {
            handOn(&input, upTo: emptyLine ?? line)
        } else if rest == [.carriageReturn] || (isInHeader && variant.hasContentLength && ContentLength.mayBegin(rest))
        {
            handOn(&input, upTo: line)
        } else {
            isInsideLine = true
            if case .beginning = place { place = .preamble }
            handOn(&input, upTo: input.endIndex)
        }
        held = Array(input)
        input = []
    }

    private mutating func handOn(_ input: inout ArraySlice<UInt8>, upTo index: Int) {
        let octets = input[..<index]
        input = input[index...]
        offset += octets.count
        guard !octets.isEmpty else { return }
        switch place {
        case .beginning, .preamble: events.append(.preamble(octets))
        case .message: events.append(.octets(octets))
        }
    }

    private mutating func begin(
        _ fromLine: MboxFromLine,
        _ input: inout ArraySlice<UInt8>,
        emptyLine: Int,
        line: Int,
        lineEnd: Int
    ) {
        if case .message = place {
            endMessage(&input, contentEnd: emptyLine, line: line)
        } else {
            handOn(&input, upTo: line)
        }
        place = .message
        isThunderbirds = fromLine.isThunderbirds
        events.append(.messageStart(fromLine, offset: offset))
        offset += lineEnd - line
        input = input[lineEnd...]
        isInHeader = true
        isBelowEmptyLine = false
        contentLength = .absent
        bodyEnd = nil
        isBodyEndRight = nil
    }

    /// Passes on the rest of the message, which ends at `contentEnd` unless its Content-Length is right and says that
    /// the empty line between there and `line` is part of the body.
    private mutating func endMessage(_ input: inout ArraySlice<UInt8>, contentEnd: Int, line: Int) {
        var contentEnd = contentEnd
        if let bodyEnd {
            let end = bodyEnd - offset + input.startIndex
            if end == line { contentEnd = line }
            if end == contentEnd {
                believedContentLengths += 1
            } else {
                events.append(.warning(.wrongContentLength(offset: offset + line - input.startIndex)))
            }
        }
        handOn(&input, upTo: contentEnd)
        events.append(.messageEnd(emptyLine: input[..<line]))
        offset += line - contentEnd
        input = input[line...]
    }

    private mutating func endHeader(at offset: Int) {
        isInHeader = false
        bodyEnd = contentLength.value.map { offset + $0 }
    }

    private mutating func finish(_ input: ArraySlice<UInt8>, contentEnd: Int) {
        isFinished = true
        var input = input
        if case .message = place {
            endMessage(&input, contentEnd: contentEnd, line: input.endIndex)
        } else {
            handOn(&input, upTo: input.endIndex)
        }
    }
}
