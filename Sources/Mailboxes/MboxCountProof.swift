internal import Octets

/// Proves that the Content-Length fields of an mbox were written by its writer: then it is mboxcl2, and must be read
/// by them.
///
/// A sender can write any count. One that reaches beyond the following messages would hide them, so either all counts
/// of a file are trusted or none: each message that they delimit must have a count that ends at a separator or at the
/// end, and a line in a body that looks like a separator must not be followed by anything that is a message of such a
/// file. Such a message has a right count of its own, or begins with a field that only a delivery puts on top. A
/// single message's count proves nothing.
public struct MboxCountProof: Sendable {
    private var counted = MboxReader(variant: .mboxcl2, believesCounts: true)
    private var cautious = MboxReader(variant: .mboxcl2)
    /// Where messages begin according to their counts, without those that the cautious reader has reached.
    private var starts: [Int] = []
    private var messages = 0
    /// About the cautious reader's message: whether it is in a body according to the counts, and its first octets.
    private var isInBody = false
    private var beginning: [UInt8] = []
    private var believed = 0
    private var linesInBodies = 0
    /// False as soon as a count is wrong.
    public private(set) var isPossible = true

    /// At least the octets of the longest name in ``deliveryFields`` and the colon.
    private static let beginningLength = 32
    private static let deliveryFields = [
        "return-path:", "received:", "delivered-to:", "x-original-to:", "envelope-to:", "authentication-results:",
    ]

    public init() {}

    /// - Parameters:
    ///   - octets: the next octets of the mbox.
    ///   - lookAhead: see ``MboxReader``.
    public mutating func take(_ octets: [UInt8], lookAhead: MboxReader.LookAhead) {
        var input = octets[...]
        while isPossible, let event = counted.next(&input, lookAhead: lookAhead) { takeCounted(event) }
        input = octets[...]
        while isPossible, let event = cautious.next(&input) { takeCautious(event) }
    }

    /// True if the whole mbox is to be read by its counts, and reads differently than without them.
    public mutating func end() -> Bool {
        while isPossible, let event = counted.end() { takeCounted(event) }
        while isPossible, let event = cautious.end() { takeCautious(event) }
        return isPossible && messages > 1 && linesInBodies > 0
    }

    private mutating func takeCounted(_ event: MboxReader.Event) {
        switch event {
        case .messageStart(_, let offset): starts.append(offset)
        case .messageEnd:
            messages += 1
            isPossible = counted.believedContentLengths == messages
        case .preamble, .octets, .warning: break
        }
    }

    private mutating func takeCautious(_ event: MboxReader.Event) {
        switch event {
        case .messageStart(_, let offset):
            // The reader that trusts the counts is never behind: it holds back no more.
            isInBody = !starts.contains(offset)
            starts.removeAll { $0 <= offset }
            beginning = []
            believed = cautious.believedContentLengths
        case .octets(let octets):
            if isInBody, beginning.count < Self.beginningLength { beginning += octets.prefix(Self.beginningLength) }
        case .messageEnd:
            guard isInBody else { break }
            linesInBodies += 1
            let name = beginning.map(\.asciiLowercased)
            isPossible =
                cautious.believedContentLengths == believed
                && !Self.deliveryFields.contains { name.starts(with: $0.utf8) }
        case .preamble, .warning: break
        }
    }
}
