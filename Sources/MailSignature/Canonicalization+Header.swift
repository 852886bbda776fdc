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
        let name = field.name.span
        let value = field.value.span
        return [UInt8](capacity: name.count + value.count + 1) { octets in
            var nameEnd = name.count
            while nameEnd > 0, name[nameEnd - 1].isWhiteSpace { nameEnd -= 1 }
            for index in 0..<nameEnd { octets.append(name[index].asciiLowercased) }
            octets.append(UInt8(ascii: ":"))
            var isFirst = true
            var pendingSpace = false
            for index in value.indices {
                let octet = value[index]
                if octet.isWhiteSpace || octet == .lineFeed {
                    pendingSpace = true
                    continue
                }
                if pendingSpace && !isFirst { octets.append(UInt8(ascii: " ")) }
                isFirst = false
                pendingSpace = false
                octets.append(octet)
            }
        }
    }
}
