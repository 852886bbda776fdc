internal import Octets

/// Cuts a master file into entries and these into tokens (RFC 1035, 5.1): comments are dropped, parentheses join
/// lines, quotes join octets. Escapes are left in the tokens; their meaning depends on the token.
struct ZoneFileLexer {
    struct Token {
        /// Without the quotes, with the escapes.
        let octets: [UInt8]
        let isQuoted: Bool
        let line: Int

        var text: String { String(decoding: octets, as: UTF8.self) }
    }

    struct Entry {
        /// The line of its first token.
        var line: Int
        /// False if the entry begins with white space: the owner is that of the entry before.
        let hasOwner: Bool
        var tokens: [Token] = []
    }

    private let file: String
    private let octets: [UInt8]
    private var index = 0
    private var line = 1

    init(_ octets: [UInt8], file: String) {
        self.octets = octets
        self.file = file
    }

    /// The next entry that is not empty; nil at the end. After a mistake, reading continues with the next line.
    mutating func entry() throws(ZoneFileError.Mistake) -> Entry? {
        while index < octets.count {
            var entry = Entry(line: line, hasOwner: !octets[index].isWhiteSpace)
            /// Lines on which the parentheses now open were opened.
            var open: [Int] = []
            scan: while index < octets.count {
                switch octets[index] {
                case UInt8(ascii: "\n"):
                    index += 1
                    line += 1
                    if open.isEmpty { break scan }
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                    index += 1
                case UInt8(ascii: ";"):
                    skipToEndOfLine()
                case UInt8(ascii: "("):
                    open.append(line)
                    index += 1
                case UInt8(ascii: ")"):
                    guard open.popLast() != nil else {
                        throw mistake(at: line, "`)` without `(`: remove it, or quote the text it is part of")
                    }
                    index += 1
                case UInt8(ascii: "\""):
                    entry.tokens.append(try quoted())
                default:
                    entry.tokens.append(try bare())
                }
            }
            if let line = open.last { throw mistake(at: line, "`(` is not closed: add the `)`") }
            guard let first = entry.tokens.first else { continue }
            entry.line = first.line
            return entry
        }
        return nil
    }

    private mutating func quoted() throws(ZoneFileError.Mistake) -> Token {
        let start = index + 1
        index = start
        while index < octets.count, octets[index] != UInt8(ascii: "\n") {
            if octets[index] == UInt8(ascii: "\"") {
                index += 1
                return Token(octets: Array(octets[start..<(index - 1)]), isQuoted: true, line: line)
            }
            try pass()
        }
        throw mistake(at: line, "the quoted text does not end on its line: add the `\"`")
    }

    private mutating func bare() throws(ZoneFileError.Mistake) -> Token {
        let start = index
        while index < octets.count, !octets[index].endsZoneFileToken { try pass() }
        return Token(octets: Array(octets[start..<index]), isQuoted: false, line: line)
    }

    /// Passes one octet, or a backslash and the octet after it.
    private mutating func pass() throws(ZoneFileError.Mistake) {
        if octets[index] == UInt8(ascii: "\\") {
            index += 1
            guard index < octets.count, octets[index] != UInt8(ascii: "\n") else {
                throw mistake(at: line, #"`\` at the end of a line escapes nothing: write `\\` or remove it"#)
            }
        }
        index += 1
    }

    private mutating func skipToEndOfLine() {
        while index < octets.count, octets[index] != UInt8(ascii: "\n") { index += 1 }
    }

    private mutating func mistake(at line: Int, _ text: String) -> ZoneFileError.Mistake {
        skipToEndOfLine()
        return ZoneFileError.Mistake(file: file, line: line, text: text)
    }
}

extension ZoneFileLexer.Token {
    /// One octet of the text, and whether it was written with an escape.
    struct Octet {
        let value: UInt8
        let isEscaped: Bool
    }

    /// The octets meant: `\DDD` is a number, `\X` means X (RFC 1035, 5.1). Nil if a number is over 255 or does not
    /// have three digits.
    var unescaped: [Octet]? {
        var result: [Octet] = []
        result.reserveCapacity(octets.count)
        var rest = octets[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\"), let next = rest.first else {
                result.append(Octet(value: octet, isEscaped: false))
                continue
            }
            if next.isDigit {
                let digits = rest.prefix(3)
                let number = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
                guard digits.count == 3, digits.allSatisfy(\.isDigit), let value = UInt8(exactly: number) else {
                    return nil
                }
                result.append(Octet(value: value, isEscaped: true))
                rest = rest.dropFirst(3)
            } else {
                result.append(Octet(value: next, isEscaped: true))
                rest = rest.dropFirst()
            }
        }
        return result
    }
}

extension UInt8 {
    fileprivate var endsZoneFileToken: Bool {
        switch self {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ";"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\""):
            true
        default: false
        }
    }
}
