internal import Mail
internal import Octets

/// Removes the quoting of an mbox from a message that arrives in pieces: the result is the message as it was
/// delivered, which is what signatures cover.
///
///     var unquoter = MboxUnquoter(.mboxrd)
///     while let piece = unquoter.next(&input) { ... }      // for each piece of input
///     while let piece = unquoter.end() { ... }
public struct MboxUnquoter: Sendable {
    /// A run of `>` longer than this is not quoting; no more than this is held back.
    static let runLimit = 1024

    private let quoteLimit: Int
    private var isAtLineStart = true
    /// The beginning of a line that may be quoted; its end has not arrived.
    private var held: [UInt8] = []

    public init(_ variant: MboxVariant) {
        quoteLimit = variant.quoteLimit ?? Self.runLimit
    }

    /// The next piece of the message; nil if all of `input` has been taken and more is needed.
    public mutating func next(_ input: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard !input.isEmpty else { return nil }
        if quoteLimit == 0 {
            defer { input = [] }
            return input
        }
        if !held.isEmpty {
            input = (held + input)[...]
            held = []
        }
        let source = input
        var line = source.startIndex
        if isAtLineStart, source[line] == UInt8(ascii: ">") {
            switch quoting(of: source) {
            case .unknown:
                held = Array(source)
                input = []
                return nil
            case .quoted: line += 1
            case .text: break
            }
        }
        // From here to the next line that begins with `>`; the octet at `start` is always taken.
        let start = line
        while let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: source, from: line) {
            line = lineFeed + 1
            if line < source.endIndex, source[line] == UInt8(ascii: ">"), quoting(of: source[line...]) != .text {
                isAtLineStart = true
                input = source[line...]
                return source[start..<line]
            }
        }
        isAtLineStart = source.last == .lineFeed
        input = []
        return source[start...]
    }

    /// The rest after the last octet has been given.
    public mutating func end() -> ArraySlice<UInt8>? {
        guard !held.isEmpty else { return nil }
        defer { held = [] }
        return held[...]
    }

    private enum Quoting { case quoted, text, unknown }

    /// Whether the line at the beginning of the octets is quoted: 1 to ``quoteLimit`` of `>`, then `From `.
    private func quoting(of octets: ArraySlice<UInt8>) -> Quoting {
        var rest = octets
        while rest.first == UInt8(ascii: ">"), octets.count - rest.count < quoteLimit { rest.removeFirst() }
        if rest.hasPrefix("From ") { return .quoted }
        return rest.count < 5 && "From ".utf8.starts(with: rest) ? .unknown : .text
    }
}
