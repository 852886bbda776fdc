package import DNS
internal import Mail
internal import MailSignature

/// The agent or user for whom a domain signs: the `i=` tag (RFC 6376, 3.5), or without it, `@` and the `d=` domain.
package struct DKIMIdentity: Hashable, Sendable {
    /// Decoded, a Local-part of RFC 5321 or RFC 6531; empty if the identity is a domain alone.
    package let localPart: [UInt8]
    package let domain: Domain

    init(domain: Domain) {
        localPart = []
        self.domain = domain
    }

    /// ```
    /// sig-i-tag = %x69 [FWS] "=" [FWS] [ Local-part ] "@" domain-name      ; in dkim-quoted-printable
    /// ```
    init(_ value: [UInt8], of signer: Domain) throws(SignatureField.Defect) {
        guard let text = Self.decoded(value),
            let at = text.lastIndex(of: UInt8(ascii: "@")), Self.isLocalPart(text[..<at]),
            let domain = SignatureField.domainName(Array(text[(at + 1)...]))
        else { throw SignatureField.Defect("i= is not an identity") }
        guard domain.isEqualOrBelow(signer) else { throw SignatureField.Defect("i= is outside d=") }
        localPart = Array(text[..<at])
        self.domain = domain
    }

    /// dkim-quoted-printable (RFC 6376, 2.11), without white space; nil if a `=` is not followed by two hexadecimal
    /// digits (RFC 5234, B.1: in either case).
    private static func decoded(_ text: [UInt8]) -> [UInt8]? {
        var octets: [UInt8] = []
        var index = 0
        while index < text.count {
            let octet = text[index]
            if octet == UInt8(ascii: "=") {
                guard index + 2 < text.count, let high = hexadecimal(text[index + 1]),
                    let low = hexadecimal(text[index + 2])
                else { return nil }
                octets.append(high << 4 | low)
                index += 3
            } else {
                if octet > 0x20 && octet != 0x7F { octets.append(octet) }
                index += 1
            }
        }
        return octets
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// ```
    /// Local-part = Dot-string / Quoted-string      (RFC 5321, 4.1.2; octets above 127 by RFC 6531)
    /// ```
    /// Dots are accepted anywhere, because real senders use them so.
    private static func isLocalPart(_ octets: ArraySlice<UInt8>) -> Bool {
        guard octets.first == UInt8(ascii: "\"") else {
            return octets.allSatisfy { octet in
                octet > 0x20 && octet != 0x7F && !Array("()<>[]:;@\\,\"".utf8).contains(octet)
            }
        }
        var isEscaped = false
        var isOpen = true
        for octet in octets.dropFirst() {
            guard isOpen, octet >= 0x20, octet != 0x7F else { return false }
            if isEscaped {
                isEscaped = false
            } else if octet == UInt8(ascii: "\\") {
                isEscaped = true
            } else if octet == UInt8(ascii: "\"") {
                isOpen = false
            }
        }
        return !isOpen
    }
}
