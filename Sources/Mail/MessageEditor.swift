internal import Octets

/// Applies ``HeaderEdits`` to a message that streams by; everything that is not edited is passed on octet for octet.
///
/// The result has the header that Postfix stores after the same edits. Three rules are easily missed:
/// - An added field takes the line ending of the message's first line.
/// - A header that ended without an empty line gets one, as in Postfix. Without it, a first line that begins with
///   white space would become part of the field put above it, and a lenient reader would look for fields in what has
///   been judged as body.
/// - Lines that an mbox left on top (`From `, `>From `) stay on top, where readers expect them; Postfix, which turns
///   them into fields, puts the added fields above. A byte order mark stays on top too.
///
///     var editor = MessageEditor(edits)
///     while let piece = editor.next(&input) { ... }      // for each piece of input
///     while let piece = editor.end() { ... }
public struct MessageEditor: Sendable {
    /// Octets at the beginning in which the first line break is searched for; without one, LF is assumed.
    static let lineEndingLimit = 4096

    private enum Progress {
        case searchingLineEnding, top, header, closed
    }

    private let edits: HeaderEdits
    private let quotesFromLine: Bool
    /// The occurrences to remove and those seen so far, by name in lower case.
    private var removals: [[UInt8]: (occurrences: Set<Int>, seen: Int)] = [:]
    private var progress = Progress.searchingLineEnding
    private var lineEnding: [UInt8] = [.lineFeed]
    /// True while reading a field that is removed.
    private var isDropping = false
    /// True while the last octet passed on is within a line that an mbox left on top.
    private var isInsideLeftover = false
    private var lexer = HeaderLexer()
    /// A byte order mark that has been read but not written.
    private var mark: ArraySlice<UInt8> = []
    /// The octets read while the line ending was searched for.
    private var beginning: ArraySlice<UInt8> = []

    public init(_ edits: HeaderEdits) {
        self.init(edits, quotesFromLine: false)
    }

    /// - Parameter quotesFromLine: True for a message in an mbox: after an empty line that the editor adds, a line
    ///   that begins with `From ` would begin another message.
    package init(_ edits: HeaderEdits, quotesFromLine: Bool) {
        self.edits = edits
        self.quotesFromLine = quotesFromLine
        for removal in edits.removals {
            removals[Self.key(removal.name[...]), default: ([], 0)].occurrences.insert(removal.occurrence)
        }
    }

    /// The next piece of the edited message; nil if all of `input` has been taken and more is needed.
    public mutating func next(_ input: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        if edits.isEmpty {
            defer { input = [] }
            return input.isEmpty ? nil : input
        }
        if case .searchingLineEnding = progress {
            beginning += input
            input = []
            guard beginning.count >= Self.lineEndingLimit || beginning.contains(.lineFeed) else { return nil }
            findLineEnding()
        }
        while let piece = lexer.next(&beginning) ?? lexer.next(&input) {
            if let octets = edited(piece) { return octets }
        }
        return nil
    }

    /// The next piece after the last octet has been given; nil when there is none left.
    public mutating func end() -> ArraySlice<UInt8>? {
        if edits.isEmpty { return nil }
        if case .searchingLineEnding = progress { findLineEnding() }
        while let piece = lexer.next(&beginning) ?? lexer.end() {
            if let octets = edited(piece) { return octets }
        }
        guard case .top = progress else { return nil }
        progress = .closed
        return mark + (isInsideLeftover ? lineEnding : []) + additions
    }

    private mutating func findLineEnding() {
        progress = .top
        let searched = beginning.prefix(Self.lineEndingLimit)
        guard let lineFeed = searched.firstIndex(of: .lineFeed) else { return }
        if searched[..<lineFeed].last == .carriageReturn { lineEnding = [.carriageReturn, .lineFeed] }
    }

    /// The added fields, one below another, with the message's line ending.
    private var additions: [UInt8] {
        var octets: [UInt8] = []
        for field in edits.additions {
            for octet in field.octets {
                if octet == .lineFeed { octets += lineEnding } else { octets.append(octet) }
            }
            octets += lineEnding
        }
        return octets
    }

    /// The output for a piece, with a byte order mark before the first. The mark cannot come before the empty line
    /// that ends a header whose fields have all been removed.
    private mutating func edited(_ piece: HeaderLexer.Piece) -> ArraySlice<UInt8>? {
        if case .mark(let octets) = piece {
            mark = octets
            return nil
        }
        guard let octets = editedBelowMark(piece) else { return nil }
        defer { mark = [] }
        return mark.isEmpty || octets.first == .lineFeed || octets.first == .carriageReturn ? octets : mark + octets
    }

    /// The output for a piece, with everything that must come before it.
    private mutating func editedBelowMark(_ piece: HeaderLexer.Piece) -> ArraySlice<UInt8>? {
        var before: [UInt8] = []
        if case .top = progress {
            if let line = leftover(piece) {
                isInsideLeftover = line.last != .lineFeed
                return line
            }
            before = additions
            progress = .header
        }
        var octets: ArraySlice<UInt8>
        switch piece {
        case .field(let line, let colon):
            isDropping = isRemoved(line[..<colon])
            octets = isDropping ? [] : line
        case .mark: octets = []
        case .continuation(let line), .mailboxLine(let line), .rest(let line):
            octets = isDropping ? [] : line
        case .separator(let line):
            progress = .closed
            octets = line
        case .body(let line):
            if case .header = progress {
                before += lineEnding
                if quotesFromLine, line.hasPrefix("From ") { before.append(UInt8(ascii: ">")) }
            }
            progress = .closed
            octets = line
        }
        if !before.isEmpty { octets = (before + octets)[...] }
        return octets.isEmpty ? nil : octets
    }

    /// The octets of a piece on top of all fields that was left over from an mbox.
    private func leftover(_ piece: HeaderLexer.Piece) -> ArraySlice<UInt8>? {
        switch piece {
        case .mailboxLine(let line), .rest(let line): line
        case .mark, .field, .continuation, .separator, .body: nil
        }
    }

    private mutating func isRemoved(_ name: ArraySlice<UInt8>) -> Bool {
        guard !removals.isEmpty else { return false }
        let key = Self.key(name)
        guard var removal = removals[key] else { return false }
        removal.seen += 1
        removals[key] = removal
        return removal.occurrences.contains(removal.seen)
    }

    /// The name for comparison: in lower case, without white space before the colon.
    private static func key(_ name: ArraySlice<UInt8>) -> [UInt8] {
        var name = name
        while name.last?.isWhiteSpace == true { name.removeLast() }
        return name.map(\.asciiLowercased)
    }
}
