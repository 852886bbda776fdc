internal import Octets

/// Text with macros (RFC 7208, 7): the form of domain names in records, and of explanations.
struct MacroString: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        /// Octets that mean themselves.
        case literal(ArraySlice<UInt8>)
        /// The expansion of `%%`, `%_` or `%-`.
        case escape([UInt8])
        case macro(Macro)
    }

    let pieces: [Piece]

    /// True if the text depends on the validated name of the client, which only the DNS knows.
    var usesValidatedName: Bool {
        pieces.contains { piece in
            guard case .macro(let macro) = piece else { return false }
            return macro.letter == .validatedName
        }
    }

    /// True if the text depends on the sender's local-part.
    var usesLocalPart: Bool {
        pieces.contains { piece in
            guard case .macro(let macro) = piece else { return false }
            return macro.letter == .sender || macro.letter == .localPart
        }
    }
}

/// ```
/// macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / ...
/// transformers = *DIGIT [ "r" ]
/// ```
struct Macro: Hashable, Sendable {
    /// RFC 7208, 7.2; the raw value is the letter in lower case.
    enum Letter: UInt8, Hashable, Sendable {
        case sender = 0x73  // s
        case localPart = 0x6C  // l
        case senderDomain = 0x6F  // o
        case domain = 0x64  // d
        case address = 0x69  // i
        case validatedName = 0x70  // p
        case addressFamily = 0x76  // v
        case helo = 0x68  // h
        case readableAddress = 0x63  // c
        case receiver = 0x72  // r
        case time = 0x74  // t

        /// RFC 7208, 7.2: c, r and t are allowed in the text of an explanation only.
        var isForExplanations: Bool {
            switch self {
            case .readableAddress, .receiver, .time: true
            case .sender, .localPart, .senderDomain, .domain, .address, .validatedName, .addressFamily, .helo: false
            }
        }
    }

    let letter: Letter
    /// An upper-case letter: the expansion is URL-escaped.
    let isEscaped: Bool
    /// The number of right-hand parts to keep; nil for all of them.
    let partLimit: Int?
    let isReversed: Bool
    /// What separates the parts; empty for the default, a dot.
    let delimiters: [UInt8]

    /// True if the expansion is the value itself.
    private var isPlain: Bool { partLimit == nil && !isReversed && delimiters.isEmpty }

    /// What becomes of the macro's value (RFC 7208, 7.3): split at the delimiters, reversed, cut to the right-hand
    /// parts, joined with dots, and URL-escaped, in this order.
    func transform(_ value: [UInt8]) -> [UInt8] {
        let result = isPlain ? value : Array(parts(of: value).joined(separator: [UInt8(ascii: ".")]))
        return isEscaped ? result.flatMap(Self.escape) : result
    }

    /// The parts that are kept. They are taken off the end that is kept, and no others are read: a record may have
    /// thousands of macros, and the name of a sender thousands of parts.
    private func parts(of value: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var rest = value[...]
        while parts.count < partLimit ?? .max {
            guard let delimiter = isReversed ? rest.firstIndex(where: delimits) : rest.lastIndex(where: delimits) else {
                parts.append(rest)
                break
            }
            parts.append(isReversed ? rest[..<delimiter] : rest[(delimiter + 1)...])
            rest = isReversed ? rest[(delimiter + 1)...] : rest[..<delimiter]
        }
        return parts.reversed()
    }

    private func delimits(_ octet: UInt8) -> Bool {
        delimiters.isEmpty ? octet == UInt8(ascii: ".") : delimiters.contains(octet)
    }

    /// RFC 3986, 2.1 and 2.3: everything but the unreserved characters becomes `%` and two upper-case digits.
    private static func escape(_ octet: UInt8) -> [UInt8] {
        if octet.isAlphanumeric || "-._~".utf8.contains(octet) { return [octet] }
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 0xF)]]
    }
}
