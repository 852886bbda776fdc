package import DNS

/// The keyword AUTHSERV in a list of capabilities (draft-kucherawy-sender-auth-caps-00, 3): that the site removes forged
/// Authentication-Results fields and, with a value, which authserv-id it uses.
///
/// The draft also has `AUTHSERV=id` for SMTP, which is not an ehlo-line (RFC 5321, 4.1.1.1); both forms are read, as
/// servers do with AUTH.
struct AuthservKeyword: Hashable, Sendable {
    /// The values after it, one text per id; unprintable octets are replaced.
    let values: [String]

    private static let name = Array("AUTHSERV".utf8)

    /// Nil if the line or atom has another keyword.
    init?(_ octets: [UInt8]) {
        guard octets.count >= Self.name.count,
            zip(octets, Self.name).allSatisfy({ $0.uppercased == $1 })
        else { return nil }
        let rest = octets.dropFirst(Self.name.count)
        switch rest.first {
        case nil: values = []
        case UInt8(ascii: "="):
            // Also `AUTHSERV=` alone: an empty value.
            let words = rest.dropFirst().split(separator: UInt8(ascii: " "))
            values = words.isEmpty ? [""] : words.map { PrintableText($0).text }
        case UInt8(ascii: " "):
            values = rest.split(separator: UInt8(ascii: " ")).map { PrintableText($0).text }
        default: return nil
        }
    }
}

/// A server's octets as text for a terminal or a report: ASCII, no controls, of limited length.
package struct PrintableText: Hashable, Sendable {
    package let text: String

    package static let lengthLimit = 200

    package init(_ octets: some Collection<UInt8>) {
        let shown = octets.prefix(Self.lengthLimit).map { octet in
            (0x20...0x7E).contains(octet) && octet != UInt8(ascii: "\\")
                ? String(UnicodeScalar(octet)) : "\\x" + String(octet >> 4, radix: 16) + String(octet & 15, radix: 16)
        }
        text = shown.joined() + (octets.count > Self.lengthLimit ? "..." : "")
    }
}

extension Domain {
    /// An authserv-id that a server may announce: a host name of at least two labels, in ASCII, and not an address.
    ///
    /// RFC 8601 lets an id be any text, but only a name shows its owner, and an id that a server gives is trusted.
    package init?(announced text: String) {
        guard let name = Domain(text), name.isHostName,
            name.labels.last?.utf8.allSatisfy({ (0x30...0x39).contains($0) }) == false
        else { return nil }
        self = name
    }
}
