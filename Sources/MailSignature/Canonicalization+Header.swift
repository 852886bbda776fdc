package import Mail
internal import Octets

extension Canonicalization {
    /// A header field as it is hashed (RFC 6376, 3.4.1 and 3.4.2), without its final CRLF.
    package func octets(of field: HeaderField) -> [UInt8] {
        switch self {
        case .simple: simple(field)
        case .relaxed: relaxed(field)
        }
    }

    private func simple(_ field: HeaderField) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(field.name.count + field.value.count + 16)
        octets += field.name
        octets.append(UInt8(ascii: ":"))
        var line = field.value[...]
        while let end = LibCSearch.firstIndex(of: .lineFeed, in: line, from: line.startIndex) {
            octets += line[..<end]
            octets.append(.carriageReturn)
            octets.append(.lineFeed)
            line = line[(end + 1)...]
        }
        octets += line
        return octets
    }

    /// Name in lower case, lines unfolded, runs of white space reduced to one space, none around the colon or at the
    /// end (erratum 5839). White space is only SP and HTAB: erratum 7862, which wanted more, was rejected.
    private func relaxed(_ field: HeaderField) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(field.name.count + field.value.count + 1)
        octets += field.name.trailingWhiteSpaceTrimmed.lazy.map(\.asciiLowercased)
        octets.append(UInt8(ascii: ":"))
        let start = octets.count
        var pendingSpace = false
        for octet in field.value {
            if octet.isWhiteSpace || octet == UInt8(ascii: "\n") {
                pendingSpace = true
                continue
            }
            if pendingSpace && octets.count > start { octets.append(UInt8(ascii: " ")) }
            pendingSpace = false
            octets.append(octet)
        }
        return octets
    }
}

extension [UInt8] {
    /// Without the white space at its end.
    fileprivate var trailingWhiteSpaceTrimmed: ArraySlice<UInt8> {
        guard let last = lastIndex(where: { !$0.isWhiteSpace }) else { return [] }
        return self[...last]
    }
}
