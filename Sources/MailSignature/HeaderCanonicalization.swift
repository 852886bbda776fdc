public import Mail

extension Canonicalization {
    /// A header field as it is hashed (RFC 6376, 3.4.1 and 3.4.2), its final CRLF left out.
    public func octets(of field: HeaderField) -> [UInt8] {
        switch self {
        case .simple: simple(field)
        case .relaxed: relaxed(field)
        }
    }

    private func simple(_ field: HeaderField) -> [UInt8] {
        var octets = field.name + [UInt8(ascii: ":")]
        for octet in field.value {
            if octet == UInt8(ascii: "\n") { octets.append(UInt8(ascii: "\r")) }
            octets.append(octet)
        }
        return octets
    }

    /// Name in lower case, lines unfolded, runs of white space one space, none around the colon or at the end.
    private func relaxed(_ field: HeaderField) -> [UInt8] {
        var octets = field.name.map(\.asciiLowercase)
        while let last = octets.last, last.isWhiteSpace { octets.removeLast() }
        octets.append(UInt8(ascii: ":"))
        var pendingSpace = false
        var isAtStart = true
        for octet in field.value {
            if octet.isWhiteSpace || octet == UInt8(ascii: "\n") {
                pendingSpace = true
                continue
            }
            if pendingSpace && !isAtStart { octets.append(UInt8(ascii: " ")) }
            pendingSpace = false
            isAtStart = false
            octets.append(octet)
        }
        return octets
    }
}
