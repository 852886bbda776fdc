internal import DNS
internal import Octets

extension Domain {
    /// The domain of an address, with U-labels as A-labels; nil unless only letters, digits, hyphens and underscores
    /// are left between the dots. The other octets that RFC 5322 allows in a dot-atom (`'`, `|`, `/`) are in no
    /// domain that mail uses, and end a name for some readers.
    init?(inMail text: [UInt8]) {
        guard let name = Domain(internationalized: text), name.text.utf8.allSatisfy(\.isPlainDomainOctet) else {
            return nil
        }
        self = name
    }
}

extension UInt8 {
    /// ALPHA / DIGIT / "-" / "_" / "."
    var isPlainDomainOctet: Bool { isLDH || self == UInt8(ascii: "_") || self == UInt8(ascii: ".") }
}

extension ArraySlice<UInt8> {
    /// True if it has a character that IDNA takes for a dot (U+3002, U+FF0E, U+FF61; UTS #46, 2.3). No U-label has
    /// one (RFC 5890, 2.3.2.1), and a reader that follows the grammar of mail sees no dot there.
    var containsForeignDot: Bool {
        let dots: [[UInt8]] = [[0xE3, 0x80, 0x82], [0xEF, 0xBC, 0x8E], [0xEF, 0xBD, 0xA1]]
        return contains { $0 >= 0x80 } && dots.contains { dot in indices.contains { self[$0...].starts(with: dot) } }
    }
}
