public import Mail
internal import Octets

/// The variant and the separators of an mbox, as detected.
public struct MboxDetection: Hashable, Sendable {
    public enum Evidence: String, Hashable, Sendable {
        case contentLengths = "every message has a Content-Length that leads to the next"
        case doubledQuotes = "there are lines that begin with >>From"
        case none = "nothing distinguishes the variants; mboxrd reads all of them alike except doubled quotes"
    }

    public private(set) var variant: MboxVariant
    /// What showed the variant; nil if it was given.
    public private(set) var evidence: Evidence?
    /// The form of the separators; nil if the beginning has none.
    public let form: MboxSeparatorForm?
    /// True if each message in the beginning, delimited by its Content-Length, ends where a message may end: then the
    /// whole file is to be read by its counts, if ``MboxCountProof`` confirms it.
    public let mayBelieveCounts: Bool
    /// True if it is to be read by its counts.
    public private(set) var believesCounts = false

    /// Examines the beginning of an mbox, about a megabyte, or all of it.
    ///
    /// Content-Length is evidence only if each message that is complete has one that leads to a separator; then
    /// `>From ` in a body means mboxcl, and otherwise it is mboxcl2.
    /// - Parameters:
    ///   - beginning: the octets.
    ///   - known: the variant if it is known; mboxcl2 is then read by its counts.
    public init(beginning: [UInt8], variant known: MboxVariant? = nil) {
        var reader = MboxReader(variant: .mboxcl)
        var messages = 0
        var single = false
        var doubled = false
        var input = beginning[...]
        while let event = reader.next(&input) {
            switch event {
            case .messageEnd: messages += 1
            case .octets(let octets):
                let quotes = Self.deepestQuote(in: octets)
                single = single || quotes == 1
                doubled = doubled || quotes > 1
            case .preamble, .messageStart, .warning: break
            }
        }
        form = reader.form
        mayBelieveCounts = known == nil && Self.areCountsRight(in: beginning)
        if let known {
            variant = known
            believesCounts = known == .mboxcl2
        } else if messages > 0, reader.believedContentLengths == messages {
            variant = single || doubled ? .mboxcl : .mboxcl2
            evidence = .contentLengths
        } else {
            variant = .mboxrd
            evidence = doubled ? Evidence.doubledQuotes : Evidence.none
        }
    }

    /// Records that the counts are proven.
    public mutating func believeCounts() {
        variant = .mboxcl2
        evidence = .contentLengths
        believesCounts = true
    }

    private static func areCountsRight(in beginning: [UInt8]) -> Bool {
        var reader = MboxReader(variant: .mboxcl2, believesCounts: true)
        var messages = 0
        var input = beginning[...]
        while let event = reader.next(&input) {
            guard case .messageEnd = event else { continue }
            messages += 1
            guard reader.believedContentLengths == messages else { return false }
        }
        return messages > 0
    }

    /// The largest number of `>` before a `From ` at the beginning of a line.
    private static func deepestQuote(in octets: ArraySlice<UInt8>) -> Int {
        var deepest = 0
        var line = octets.startIndex
        while line < octets.endIndex {
            var index = line
            while index < octets.endIndex, octets[index] == UInt8(ascii: ">") { index += 1 }
            if index - line > deepest, octets[index...].hasPrefix("From ") { deepest = index - line }
            guard let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: octets, from: index) else { break }
            line = lineFeed + 1
        }
        return deepest
    }
}
