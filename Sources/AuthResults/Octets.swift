extension UInt8 {
    /// ALPHA / DIGIT / "-"
    var isLDH: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// DIGIT
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// SP / HTAB
    var isWhiteSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    /// ```
    /// token = 1*<any (US-ASCII) CHAR except SPACE, CTLs, or tspecials>      (RFC 2045, 5.1)
    /// ```
    var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
            UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
            false
        default: (0x21...0x7E).contains(self)
        }
    }

    /// ```
    /// atext = ALPHA / DIGIT / "!" / "#" / ... / "~"      (RFC 5322, 3.2.3; RFC 6532 adds UTF-8)
    /// ```
    var isAtomText: Bool {
        switch self {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "@"), UInt8(ascii: "\\"),
            UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "\""):
            false
        default: (0x21...0x7E).contains(self) || self >= 0x80
        }
    }
}

extension [UInt8] {
    /// How many octets at the beginning are well-formed UTF-8.
    var validUTF8Prefix: Int {
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = makeIterator()
        var length = 0
        while case .valid(let scalar) = decoder.parseScalar(from: &iterator) { length += scalar.count }
        return length
    }
}
