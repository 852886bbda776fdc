internal import Octets

/// Cuts a message that arrives in pieces into the lines of its header and its body.
///
/// Programs must agree on where the header ends: a field that one program sees and the next does not is how a forged
/// field survives. So the rules are those of Postfix, which decides what a milter sees (measured on 3.7.11; its
/// `is_header()` and `smtpd` are the source):
/// - a line break is LF or CRLF; a bare CR is not one;
/// - a field's first line is a name of printable ASCII, optional white space and a colon, all within ``lineLimit``;
/// - a line that begins with white space continues the field above it, even if it contains nothing else; above any
///   field it belongs to the body;
/// - an empty line ends the header, and so does any other line, which is then the body's first;
/// - lines that begin with `From ` or `>From ` before all fields are left over from an mbox, and do not end the
///   header.
///
/// Postfix never sees a byte order mark (UTF-8) before everything else: programs that keep a message as a text file
/// have put it there after delivery.
///
/// One of Postfix's rules is not safe here: it turns `From : x` on top into a field `X-Mailbox-Line`. Here the line
/// stays as it is, and readers that allow white space before a colon see an author in it, so it is a field.
///
/// The caller asks for pieces until there are none, then gives more octets. Memory is one line, up to ``lineLimit``.
struct HeaderLexer: Sendable {
    enum Piece: Sendable {
        /// The first line of a field, or its first ``lineLimit`` octets; `colon` is its index in the slice.
        case field(ArraySlice<UInt8>, colon: Int)
        /// A byte order mark before everything else.
        case mark(ArraySlice<UInt8>)
        /// A line that begins with `From ` or `>From `, at the very top.
        case mailboxLine(ArraySlice<UInt8>)
        /// A further line of the field, or its first ``lineLimit`` octets.
        case continuation(ArraySlice<UInt8>)
        /// More of a line that is longer than ``lineLimit``.
        case rest(ArraySlice<UInt8>)
        /// The empty line that ends the header and is not part of the body.
        case separator(ArraySlice<UInt8>)
        /// A piece of the body, as it is in the source.
        case body(ArraySlice<UInt8>)
    }

    /// Octets of a line that are examined together: the line_length_limit of Postfix, which sees no colon beyond it.
    static let lineLimit = 2048

    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private enum Place {
        case top, betweenLines, insideLine, body
    }

    private var place = Place.top
    /// True if only lines left over from an mbox have been seen.
    private var isAtTop = true
    private var mayHaveMark = true
    /// The first line, if a byte order mark was before it.
    private var markedLine: ArraySlice<UInt8> = []
    /// The beginning of a line whose end has not arrived yet.
    private var partialLine: [UInt8] = []

    /// The next piece; its octets are taken off `input`. Nil if all of `input` is taken and more is needed.
    mutating func next(_ input: inout ArraySlice<UInt8>) -> Piece? {
        if let piece = pieceBelowMark() { return piece }
        guard !input.isEmpty else { return nil }
        switch place {
        case .body:
            defer { input = [] }
            return .body(input)
        case .insideLine:
            if let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: input, from: input.startIndex) {
                place = .betweenLines
                return .rest(input.removePrefix(through: lineFeed))
            }
            defer { input = [] }
            return .rest(input)
        case .top, .betweenLines:
            return line(&input)
        }
    }

    /// The rest when no more octets come.
    mutating func end() -> Piece? {
        if let piece = pieceBelowMark() { return piece }
        guard !partialLine.isEmpty else { return nil }
        defer { partialLine = [] }
        return piece(of: partialLine[...])
    }

    private mutating func line(_ input: inout ArraySlice<UInt8>) -> Piece? {
        let room = Self.lineLimit - partialLine.count
        let window = input.prefix(room)
        let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: window, from: window.startIndex)
        if lineFeed == nil, window.count < room {
            partialLine += window
            input = []
            return nil
        }
        let head = input.removePrefix(through: lineFeed ?? window.endIndex - 1)
        place = lineFeed == nil ? .insideLine : .betweenLines
        if partialLine.isEmpty { return piece(of: head) }
        defer { partialLine = [] }
        return piece(of: (partialLine + head)[...])
    }

    /// The kind of the line that had a mark before it.
    private mutating func pieceBelowMark() -> Piece? {
        guard !markedLine.isEmpty else { return nil }
        defer { markedLine = [] }
        return piece(of: markedLine)
    }

    /// The kind of a line, by its first octets; moves on to the body if it ends the header.
    private mutating func piece(of line: ArraySlice<UInt8>) -> Piece {
        if mayHaveMark {
            mayHaveMark = false
            let rest = line.dropFirst(Self.byteOrderMark.count)
            // Above anything but a header, it is part of the body.
            if line.starts(with: Self.byteOrderMark), Self.colon(of: rest) != nil || Self.isLeftover(rest) {
                markedLine = rest
                return .mark(line.prefix(Self.byteOrderMark.count))
            }
        }
        let first = line[line.startIndex]
        if first == .lineFeed || (first == .carriageReturn && line.count == 2 && line.last == .lineFeed) {
            place = .body
            return .separator(line)
        }
        let colon = Self.colon(of: line)
        if isAtTop {
            if Self.isLeftover(line), colon == nil { return .mailboxLine(line) }
            isAtTop = false
        } else if first.isWhiteSpace {
            return .continuation(line)
        }
        if let colon { return .field(line, colon: colon) }
        place = .body
        return .body(line)
    }

    private static func isLeftover(_ line: ArraySlice<UInt8>) -> Bool {
        line.drop { $0 == UInt8(ascii: ">") }.starts(with: "From ".utf8)
    }

    /// The index of the colon if the line is the first of a field.
    ///
    ///     field-name = 1*ftext; ftext = %d33-57 / %d59-126   (RFC 5322, 3.6.8), then *WSP ":" (4.5)
    private static func colon(of line: ArraySlice<UInt8>) -> Int? {
        var index = line.startIndex
        while index < line.endIndex, (33...126).contains(line[index]), line[index] != UInt8(ascii: ":") { index += 1 }
        guard index > line.startIndex else { return nil }
        while index < line.endIndex, line[index].isWhiteSpace { index += 1 }
        return index < line.endIndex && line[index] == UInt8(ascii: ":") ? index : nil
    }
}
