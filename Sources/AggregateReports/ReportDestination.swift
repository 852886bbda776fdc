package import DNS

/// An address to which a domain wants its reports sent: a `mailto:` URI of `rua=` (RFC 9990; RFC 6068).
package struct ReportDestination: Hashable, Sendable {
    /// `local-part@domain`, fit for an envelope and a header as it is: a dot-atom and a host name.
    package let address: String
    package let host: Domain

    /// Octets of a local-part (RFC 5321, 4.5.3.1.1).
    private static let localPartLimit = 64

    /// Nil for a URI of another kind, and for an address that is not a dot-atom at a host name: text from a
    /// stranger's DNS becomes an argument of RCPT TO.
    package init?(_ uri: String) {
        let octets = Array(uri.utf8)
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")),
            String(decoding: octets[..<colon], as: UTF8.self).lowercased() == "mailto"
        else { return nil }
        // The part after an exclamation mark is the size limit of RFC 7489, which is obsolete.
        let rest = octets[(colon + 1)...].prefix { $0 != UInt8(ascii: "!") && $0 != UInt8(ascii: "?") }
        guard let decoded = Self.decoded(rest) else { return nil }
        self.init(address: decoded)
    }

    /// Nil if the text is not a dot-atom at a host name.
    package init?(address: String) {
        self.init(address: Array(address.utf8))
    }

    private init?(address: [UInt8]) {
        guard let at = address.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        let localPart = address[..<at]
        guard (1...Self.localPartLimit).contains(localPart.count),
            localPart.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isAtomText) }),
            let host = Domain(address[(at + 1)...]), host.isHostName, address.last != UInt8(ascii: ".")
        else { return nil }
        self.address = String(decoding: localPart, as: UTF8.self) + "@" + host.text
        self.host = host
    }

    /// The octets that percent signs represent (RFC 3986, 2.1).
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        var rest = text
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                octets.append(octet)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
            octets.append(value)
            rest = rest.dropFirst(2)
        }
        return octets
    }

    /// atext (RFC 5322, 3.2.3)
    private static func isAtomText(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(octet)
        }
    }
}
