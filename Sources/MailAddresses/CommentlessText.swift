/// A text with each of its comments (RFC 5322, 3.2.2), wherever they are, replaced by a space. A parenthesis without
/// a partner becomes a NUL, which no name contains.
struct CommentlessText {
    let octets: [UInt8]

    init(_ value: [UInt8]) {
        var octets: [UInt8] = []
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        /// Where the open comment began.
        var start = value.startIndex
        for (index, octet) in value.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if octet == UInt8(ascii: "\\"), isQuoted || depth > 0 {
                isEscaped = true
            } else if octet == UInt8(ascii: "\""), depth == 0 {
                isQuoted.toggle()
            } else if octet == UInt8(ascii: "("), !isQuoted {
                if depth == 0 { start = index }
                depth += 1
            } else if octet == UInt8(ascii: ")"), !isQuoted {
                depth -= 1
                if depth <= 0 {
                    octets.append(depth == 0 ? UInt8(ascii: " ") : 0)
                    depth = 0
                    continue
                }
            }
            if depth == 0 { octets.append(octet) }
        }
        if depth > 0 { octets += [0] + value[(start + 1)...] }
        self.octets = octets
    }
}
