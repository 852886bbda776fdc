package import DNS

/// A name, or every name below one: `example.org`, `*.example.org` (not the name itself).
package struct DomainPattern: Hashable, Sendable, CustomStringConvertible {
    package let name: Domain
    let isWildcard: Bool

    /// Reads a pattern; U-labels become A-labels. Nil if the text is not one.
    package init?(_ text: String) {
        isWildcard = text.hasPrefix("*.")
        guard let name = Domain(internationalized: Array(text.utf8.dropFirst(isWildcard ? 2 : 0))),
            name.text.utf8.allSatisfy(Self.isNameOctet)
        else { return nil }
        self.name = name
    }

    /// Letters, digits, hyphens, dots, and the underscores that hosts in use have.
    static func isNameOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    package func matches(_ domain: Domain) -> Bool {
        isWildcard ? domain != name && domain.isEqualOrBelow(name) : domain == name
    }

    /// True if every name that `other` matches is matched.
    func covers(_ other: DomainPattern) -> Bool {
        other.isWildcard ? isWildcard && other.name.isEqualOrBelow(name) : matches(other.name)
    }

    package var description: String { (isWildcard ? "*." : "") + name.text }
}
