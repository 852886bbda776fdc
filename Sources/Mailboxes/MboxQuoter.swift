internal import Octets

/// Adds the quoting of an mbox to a message that arrives in pieces; the inverse of ``MboxUnquoter``.
///
/// In an mbox of mboxcl2, nothing is quoted: a message that has a line `From ` cannot be written to one without a
/// Content-Length.
public struct MboxQuoter: Sendable {
    /// How many `>` before `From ` a line may have to be quoted.
    private let quoteLimit: Int
    private var isAtLineStart = true
    /// The beginning of a line that may have to be quoted; its end has not arrived.
    private var held: [UInt8] = []

    public init(_ variant: MboxVariant) {
        quoteLimit = variant.quoteLimit == nil ? MboxUnquoter.runLimit - 1 : 0
    }

    /// Appends the part of the message that is settled to `output`.
    public mutating func write(_ octets: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let input = held.isEmpty ? octets : held + octets
        held = []
        var start = input.startIndex
        while start < input.endIndex {
            if isAtLineStart {
                let quotes = input[start...].prefix(quoteLimit).prefix { $0 == UInt8(ascii: ">") }
                let known = input[quotes.endIndex...].prefix(5)
                if known.count < 5, "From ".utf8.starts(with: known) {
                    held = Array(input[start...])
                    return
                }
                if known.elementsEqual("From ".utf8) { output.append(UInt8(ascii: ">")) }
            }
            let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: input, from: start)
            let end = lineFeed.map { $0 + 1 } ?? input.endIndex
            output += input[start..<end]
            isAtLineStart = lineFeed != nil
            start = end
        }
    }

    /// Appends the rest at the end of the message, its last line break, and the empty line after it.
    public mutating func end(to output: inout [UInt8]) {
        output += held
        if !held.isEmpty || !isAtLineStart { output.append(.lineFeed) }
        output.append(.lineFeed)
        held = []
        isAtLineStart = true
    }
}
