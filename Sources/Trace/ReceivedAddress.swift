internal import DNS
internal import Octets

/// An IP address as MTAs write it into a Received field: `[192.0.2.1]`, `[IPv6:2001:db8::1]`, `[::ffff:192.0.2.1]`,
/// `[192.0.2.1]:25`, `[192.0.2.1:25]`, `192.0.2.1:25`, `[fe80::1%6]`, `ident@192.0.2.1`.
struct ReceivedAddress: Hashable {
    let address: IPAddress
    let isBracketed: Bool

    /// Nil if the word as a whole is not an address.
    init?(_ word: ArraySlice<UInt8>) {
        var text = word.dropIdent
        isBracketed = text.first == UInt8(ascii: "[")
        if isBracketed {
            guard let close = text.lastIndex(of: UInt8(ascii: "]")) else { return nil }
            let behind = text[(close + 1)...]
            guard behind.isEmpty || Self.isPort(behind) else { return nil }
            text = text[text.index(after: text.startIndex)..<close]
        }
        if text.asciiHasPrefix("IPv6:") { text = text.dropFirst(5) }
        let colons = text.count { $0 == UInt8(ascii: ":") }
        if colons == 1, let colon = text.firstIndex(of: UInt8(ascii: ":")), Self.isPort(text[colon...]) {
            text = text[..<colon]
        } else if colons > 1, let zone = text.firstIndex(of: UInt8(ascii: "%")) {
            text = text[..<zone]
        }
        // 45 octets are the longest text of an address; octets that are not ASCII make none.
        guard text.count <= 45, let address = IPAddress(String(decoding: text, as: UTF8.self)) else { return nil }
        self.address = address.unmapped
    }

    private static func isPort(_ octets: ArraySlice<UInt8>) -> Bool {
        octets.first == UInt8(ascii: ":") && octets.count <= 6 && octets.dropFirst().decimal != nil
    }
}
