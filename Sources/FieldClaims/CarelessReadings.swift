/// The ids that readers find in a field with little knowledge of the grammar: they take away comments, quotes, folds
/// or white space, some or all of them, cut at the first semicolon, and take the rest for an id.
struct CarelessReadings {
    /// The first word after comments are taken away; empty if there is none.
    let first: [UInt8]
    /// True if nothing follows it.
    let isFirstAtEnd: Bool
    /// All ids found in this way, including `first`.
    let all: [[UInt8]]

    init(_ value: [UInt8]) {
        let withoutComments = CarelessWords(value, comments: .nested, knowsQuotedPairs: false)
        first = withoutComments.prefix(joining: .comment)
        isFirstAtEnd = withoutComments.isOneWordAtEnd
        let readings = [
            withoutComments,
            CarelessWords(value, comments: .nested, knowsQuotedPairs: true),
            CarelessWords(value, comments: .flat, knowsQuotedPairs: false),
            CarelessWords(value, comments: .flat, knowsQuotedPairs: true),
            CarelessWords(value, comments: .none, knowsQuotedPairs: false),
        ]
        all = readings.flatMap(\.ids) + CarelessWords(tokensOf: value).ids
    }
}

/// The words of a field up to the first semicolon, without the quotes.
struct CarelessWords {
    /// What a reader takes for a comment: nothing, everything in parentheses, or the text from one parenthesis to the
    /// next closing one, as simple regular expressions do.
    enum Comments {
        case none, nested, flat
    }

    /// The characters between two words. White space at the beginning of a line belongs to the fold.
    struct Gap: OptionSet {
        let rawValue: UInt8
        static let comment = Gap(rawValue: 1)
        static let fold = Gap(rawValue: 2)
        static let space = Gap(rawValue: 4)
        /// White space to some readers, and nothing at all to others.
        static let control = Gap(rawValue: 8)
    }

    private var words: [(gap: Gap, text: [UInt8])] = []
    private var gap: Gap = []
    private var isInWord = false
    private var isInFold = false
    /// True if words that begin with a parenthesis are skipped.
    private var passesOverParentheses = false
    private var isPassedOver = false
    private var hasEnd = false
    private var count = 0

    /// Octets of words that are read: more than an id of ours has in any form, at most four octets per character.
    private static let limit = 1024

    init(_ value: [UInt8], comments: Comments, knowsQuotedPairs: Bool) {
        var depth = 0
        var isEscaped = false
        for octet in value {
            if hasEnd { break }
            switch octet {
            case _ where isEscaped:
                isEscaped = false
                if depth == 0 { append(octet) }
            case UInt8(ascii: "\\") where knowsQuotedPairs:
                isEscaped = true
            case UInt8(ascii: "(") where comments == .nested || comments == .flat && depth == 0:
                depth += 1
                separate(by: .comment)
            case UInt8(ascii: ")") where depth > 0:
                depth -= 1
            case _ where depth > 0:
                break
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"):
                break
            default:
                takePlain(octet)
            }
        }
    }

    /// As OpenDKIM and OpenDMARC read a field (`ares_tokenize`): a dot is a word, and a word is unquoted before it is
    /// examined, and is a comment if it then begins with a parenthesis.
    init(tokensOf value: [UInt8]) {
        passesOverParentheses = true
        var depth = 0
        var isEscaped = false
        var isQuoted = false
        for octet in value {
            if hasEnd { break }
            switch octet {
            case _ where isEscaped:
                isEscaped = false
                append(octet)
            case UInt8(ascii: "\\"):
                isEscaped = true
            case UInt8(ascii: "\"") where depth == 0:
                isQuoted.toggle()
            case UInt8(ascii: "(") where !isQuoted:
                depth += 1
                append(octet)
            case UInt8(ascii: ")") where !isQuoted:
                if depth == 1 { separate(by: .space) }
                depth = max(0, depth - 1)
            case _ where isQuoted || depth > 0:
                append(octet)
            case UInt8(ascii: "."):
                separate(by: .space)
                append(octet)
                separate(by: .space)
            default:
                takePlain(octet)
            }
        }
    }

    /// Takes an octet that is neither quoted nor in a comment.
    private mutating func takePlain(_ octet: UInt8) {
        switch octet {
        case UInt8(ascii: ";"):
            hasEnd = true
        case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            separate(by: .fold)
            isInFold = true
        case 0...0x20 where isInFold: break
        case UInt8(ascii: " "), UInt8(ascii: "\t"): separate(by: .space)
        case 0...0x1F, 0x7F: separate(by: .control)
        default: append(octet)
        }
    }

    private mutating func separate(by kind: Gap) {
        gap.insert(kind)
        isInWord = false
        isInFold = false
    }

    private mutating func append(_ octet: UInt8) {
        isInFold = false
        if !isInWord {
            isInWord = true
            isPassedOver = passesOverParentheses && octet == UInt8(ascii: "(")
            if !isPassedOver {
                words.append((gap, []))
                gap = []
            }
        }
        guard !isPassedOver else { return }
        // A character is not split.
        if count >= Self.limit, octet & 0xC0 != 0x80 {
            hasEnd = true
            return
        }
        count += 1
        words[words.count - 1].text.append(octet)
    }

    /// The first word, with the following words that only such gaps separate from it.
    func prefix(joining gaps: Gap) -> [UInt8] {
        words.prefix(prefixLength(joining: gaps)).flatMap(\.text)
    }

    private func prefixLength(joining gaps: Gap) -> Int {
        1 + words.dropFirst().prefix { gaps.isSuperset(of: $0.gap) }.count
    }

    /// True if there is one word after comments are taken away, and nothing follows it.
    var isOneWordAtEnd: Bool {
        !words.isEmpty && !hasEnd && Gap.comment.isSuperset(of: gap) && prefixLength(joining: .comment) == words.count
    }

    /// The possible ids: the first word by any definition, and all words, with or without a version.
    var ids: [[UInt8]] {
        let gaps: [Gap] = [[], .comment, .fold, [.comment, .fold], .control, [.comment, .fold, .control]]
        return gaps.map(prefix) + [words.flatMap(\.text), words.dropLast().flatMap(\.text)]
    }
}
