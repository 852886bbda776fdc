/// The core rules of ABNF (RFC 5234, B.1), and the classes of octets that the mail standards build from them.
extension UInt8 {
    /// LF
    @inlinable package static var lineFeed: UInt8 { 0x0A }
    /// CR
    @inlinable package static var carriageReturn: UInt8 { 0x0D }

    /// ```
    /// ALPHA = %x41-5A / %x61-7A
    /// ```
    @inlinable package var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }

    /// ```
    /// DIGIT = %x30-39
    /// ```
    @inlinable package var isDigit: Bool { (0x30...0x39).contains(self) }

    /// ALPHA / DIGIT
    @inlinable package var isAlphanumeric: Bool { isLetter || isDigit }

    /// ```
    /// HEXDIG = DIGIT / "A" / "B" / "C" / "D" / "E" / "F"
    /// ```
    @inlinable package var isHexadecimal: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }

    /// ```
    /// WSP = SP / HTAB
    /// ```
    @inlinable package var isWhiteSpace: Bool { self == 0x20 || self == 0x09 }

    /// CR / LF
    @inlinable package var isLineBreak: Bool { self == .carriageReturn || self == .lineFeed }

    /// WSP / CR / LF
    @inlinable package var isSpaceOrBreak: Bool { isWhiteSpace || isLineBreak }

    /// ```
    /// Ldh-str = *( ALPHA / DIGIT / "-" ) Let-dig      (RFC 5321, 4.1.2)
    /// ```
    @inlinable package var isLDH: Bool { isAlphanumeric || self == 0x2D }

    /// ```
    /// atext = ALPHA / DIGIT / "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "/" / "=" / "?" / "^" / "_" /
    ///         "`" / "{" / "|" / "}" / "~"      (RFC 5322, 3.2.3)
    /// ```
    @inlinable package var isAtext: Bool {
        switch self {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "@"), UInt8(ascii: "\\"),
            UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "\""):
            false
        default: (0x21...0x7E).contains(self)
        }
    }

    /// ```
    /// atext =/ UTF8-non-ascii      (RFC 6532, 3.2)
    /// ```
    @inlinable package var isInternationalAtext: Bool { self >= 0x80 || isAtext }

    /// ```
    /// token = 1*<any (US-ASCII) CHAR except SPACE, CTLs, or tspecials>      (RFC 2045, 5.1)
    /// ```
    @inlinable package var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
            UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
            false
        default: (0x21...0x7E).contains(self)
        }
    }

    /// The octet with `A` to `Z` in lower case; no other octet is changed.
    @inlinable package var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
