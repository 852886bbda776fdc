internal import Mail
internal import Octets

/// The four ways in which an mbox keeps a line of a body that begins with `From ` from being read as the next message.
public enum MboxVariant: String, CaseIterable, Hashable, Sendable {
    /// `From ` is written `>From `; what was `>From ` before cannot be told from it.
    case mboxo
    /// Every line of `From ` behind any number of `>` is written with one more; nothing is lost.
    case mboxrd
    /// As mboxo, and a Content-Length field says where the body ends.
    case mboxcl
    /// Nothing is changed, and only a Content-Length field says where the body ends.
    case mboxcl2

    /// True if a Content-Length field is looked at. It is the sender's word, so it decides only where it agrees with a
    /// separator (see ``MboxReader``).
    var hasContentLength: Bool {
        switch self {
        case .mboxo, .mboxrd: false
        case .mboxcl, .mboxcl2: true
        }
    }

    /// How many `>` before `From ` may be quoting: nil for any number.
    var quoteLimit: Int? {
        switch self {
        case .mboxo, .mboxcl: 1
        case .mboxrd: nil
        case .mboxcl2: 0
        }
    }
}

/// What an mbox's beginning tells of its variant.
public struct MboxDetection: Hashable, Sendable {
    public enum Evidence: String, Hashable, Sendable {
        case contentLengths = "every message has a Content-Length that leads to the next"
        case doubledQuotes = "there are lines that begin with >>From"
        case none = "nothing tells the variants apart; mboxrd reads all but doubled quotes alike"
    }

    public let variant: MboxVariant
    public let evidence: Evidence

    /// Looks at the beginning of an mbox, a megabyte or so, or all of it.
    ///
    /// Content-Length is evidence only if each message that is there whole has one that leads to a separator; then
    /// `>From ` in a body says mboxcl, and otherwise it is mboxcl2.
    public init(beginning: [UInt8]) {
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
        if messages > 0, reader.believedContentLengths == messages {
            variant = single || doubled ? .mboxcl : .mboxcl2
            evidence = .contentLengths
        } else {
            variant = .mboxrd
            evidence = doubled ? .doubledQuotes : .none
        }
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
