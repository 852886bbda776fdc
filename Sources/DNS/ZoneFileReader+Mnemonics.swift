internal import Octets

/// The words in the columns of class and type.
extension ZoneFileReader {
    /// A class (RFC 1035, 3.2.4), also by its number (RFC 3597, 5).
    static func isClass(_ token: ZoneFileLexer.Token) -> Bool {
        let text = token.text.uppercased()
        return ["IN", "CH", "HS", "CS"].contains(text) || number(in: text, behind: "CLASS") != nil
    }

    /// The type in capitals; its name if the number of a supported type was given (RFC 3597, 5).
    static func mnemonic(of type: ZoneFileLexer.Token) -> String {
        let text = type.text.uppercased()
        switch number(in: text, behind: "TYPE") {
        case 5: return "CNAME"
        case 39: return "DNAME"
        case let number?: return RecordType(rawValue: number)?.mnemonic ?? text
        case nil: return text
        }
    }

    /// True for the types that no check asks for. Any other word is a typing error, and the record that was meant
    /// must not be missing silently.
    static func isOtherType(_ mnemonic: String) -> Bool {
        otherTypes.contains(mnemonic) || number(in: mnemonic, behind: "TYPE") != nil
    }

    private static func number(in text: String, behind prefix: String) -> UInt16? {
        guard text.hasPrefix(prefix), text.utf8.dropFirst(prefix.utf8.count).allSatisfy(\.isDigit) else { return nil }
        return UInt16(text.dropFirst(prefix.count))
    }

    /// IANA, Resource Record (RR) TYPEs: those that may be in a zone.
    private static let otherTypes = Set(
        """
        A6 AFSDB AMTRELAY APL ATMA AVC BRID CAA CDNSKEY CDS CERT CLA CSYNC DHCID DLV DNSKEY DOA DS DSYNC EID EUI48 \
        EUI64 GID GPOS HHIT HINFO HIP HTTPS IPN IPSECKEY ISDN KEY KX L32 L64 LOC LP MB MD MF MG MINFO MR NAPTR NID \
        NIMLOC NINFO NS NSAP NSAP-PTR NSEC NSEC3 NSEC3PARAM NULL NXT OPENPGPKEY PX RESINFO RKEY RP RRSIG RT SIG SINK \
        SMIMEA SOA SPF SRV SSHFP SVCB TA TALINK TLSA UID UINFO UNSPEC URI WALLET WKS X25 ZONEMD
        """.split(separator: " ").map(String.init)
    )
}
