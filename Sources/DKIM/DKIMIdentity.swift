public import DNS
internal import MailSignature

/// The agent or user for whom a domain signs: the `i=` tag (RFC 6376, 3.5), or `@` and the `d=` domain without it.
public struct DKIMIdentity: Hashable, Sendable {
    /// Decoded; empty where the identity is a domain alone.
    public let localPart: [UInt8]
    public let domain: Domain

    /// Octets of an `i=` value: libopendkim reads past its buffer at 257.
    private static let lengthLimit = 250

    init(domain: Domain) {
        localPart = []
        self.domain = domain
    }

    /// ```
    /// sig-i-tag = %x69 [FWS] "=" [FWS] [ Local-part ] "@" domain-name      ; in dkim-quoted-printable
    /// ```
    init(_ value: [UInt8], of signer: Domain) throws(SignatureField.Defect) {
        guard value.count <= Self.lengthLimit, let at = value.lastIndex(of: UInt8(ascii: "@")) else {
            throw SignatureField.Defect("i= is not an identity")
        }
        guard let localPart = Self.decoded(value[..<at]), Self.decoded(value[at...]) != nil,
            let domain = Domain(internationalized: value[(at + 1)...]), value.last != UInt8(ascii: ".")
        else { throw SignatureField.Defect("i= is not an identity") }
        guard domain.isEqualOrBelow(signer) else { throw SignatureField.Defect("i= is outside d=") }
        self.localPart = localPart
        self.domain = domain
    }

    /// dkim-quoted-printable (RFC 6376, 2.11); nil where a `=` is not followed by two hexadecimal digits. A `=` at the
    /// end makes libopendkim read on.
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let octet = text[index]
            if octet == UInt8(ascii: "=") {
                guard index + 2 < text.endIndex, let high = hexadecimal(text[index + 1]),
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
        default: nil
        }
    }
}
