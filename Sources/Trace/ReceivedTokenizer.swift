internal import Octets

/// Cuts the value of a Received field into words and comments, without interpreting them.
///
/// A HELO argument, a recipient or a user's name may have been written into the field unchanged, including
/// parentheses. So a field that is not well-formed is refused as a whole: nothing is guessed from a broken structure.
struct ReceivedTokenizer {
    enum Token: Hashable {
        case word(ArraySlice<UInt8>)
        /// The text between the parentheses; comments inside are left as they are.
        case comment(ArraySlice<UInt8>)
    }

    /// The maximum length of a field that is read, in octets; MTAs write some hundreds.
    static let lengthLimit = 16 * 1024
    /// The maximum number of tokens of a field that is read; MTAs write some dozens.
    static let tokenLimit = 256

    private let octets: ArraySlice<UInt8>
    private var position: Int

    init(_ octets: ArraySlice<UInt8>) {
        self.octets = octets
        position = octets.startIndex
    }

    /// All tokens up to the first semicolon outside comments and quoted strings, and what follows it.
    mutating func tokens() throws(ReceivedError) -> (tokens: [Token], rest: ArraySlice<UInt8>?) {
        guard octets.count <= Self.lengthLimit else { throw .tooLong }
        var tokens: [Token] = []
        while position < octets.endIndex {
            switch octets[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), .lineFeed, .carriageReturn:
                position += 1
                continue
            case UInt8(ascii: ";"):
                return (tokens, octets[(position + 1)...])
            case UInt8(ascii: "("):
                tokens.append(.comment(try comment()))
            default:
                tokens.append(.word(try word()))
            }
            guard tokens.count <= Self.tokenLimit else { throw .tooLong }
        }
        return (tokens, nil)
    }

    /// comment = "(" *([FWS] ccontent) [FWS] ")"   (RFC 5322, 3.2.2)
    private mutating func comment() throws(ReceivedError) -> ArraySlice<UInt8> {
        let start = position + 1
        var depth = 0
        while position < octets.endIndex {
            switch octets[position] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 {
                    position += 1
                    return octets[start..<(position - 1)]
                }
            case UInt8(ascii: "\\"): position += 1
            default: break
            }
            position += 1
        }
        throw .malformed
    }

    /// Anything up to white space, a parenthesis or a semicolon; quoted strings are taken whole, and angle brackets
    /// must enclose the word.
    private mutating func word() throws(ReceivedError) -> ArraySlice<UInt8> {
        let start = position
        var isQuoted = false
        var angles = 0
        word: while position < octets.endIndex {
            let octet = octets[position]
            switch octet {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: position += 1
            case _ where isQuoted: break
            case UInt8(ascii: "<"):
                guard angles == 0 else { throw .malformed }
                angles = 1
            case UInt8(ascii: ">"):
                guard angles == 1 else { throw .malformed }
                angles = 2
            case UInt8(ascii: ")"): throw .malformed
            case UInt8(ascii: " "), UInt8(ascii: "\t"), .lineFeed, .carriageReturn, UInt8(ascii: "("),
                UInt8(ascii: ";"):
                break word
            default: break
            }
            position += 1
        }
        guard !isQuoted, angles != 1, position <= octets.endIndex else { throw .malformed }
        return octets[start..<position]
    }
}

/// Why a Received field is unusable.
public enum ReceivedError: String, Error, Hashable, Sendable {
    case malformed = "it is not well-formed"
    case tooLong = "it is longer than any MTA writes"
    case noHost = "it does not say which host wrote it"
    case ambiguous = "it can be read in more than one way"
    case noAddress = "it names no client address"
}
