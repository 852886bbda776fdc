/// How far the encoded-words of a field reach for readers who look for them before quotes, comments and addresses, as
/// Python's `email.policy.default` does: it takes all between `=?` and the next `?=` for one, though RFC 2047 section 2
/// lets no white space and section 5 no special into it. Of `=?utf-8?q?(?= <b@bank.example> ) <a@evil.example>` it sees
/// the author b@bank.example, and who keeps to the grammar the other one.
struct EncodedWordReach {
    /// True if an encoded-word ends in another quoted string or comment than it begins in, or swallows what an address
    /// is made of. One that keeps within its token, or has whole comments inside, moves nothing.
    let crossesTokens: Bool

    /// Where a reader of the grammar is.
    private struct Place: Equatable {
        var isQuoted = false
        /// Of comments.
        var depth = 0

        mutating func move(over octet: UInt8) {
            switch octet {
            case UInt8(ascii: "\"") where depth == 0: isQuoted.toggle()
            case UInt8(ascii: "(") where !isQuoted: depth += 1
            case UInt8(ascii: ")") where !isQuoted && depth > 0: depth -= 1
            default: break
            }
        }

        var isOutside: Bool { !isQuoted && depth == 0 }
    }

    init(_ value: [UInt8]) {
        var place = Place()
        /// Where the word began, and whether it has been seen to reach too far; nil outside of words.
        var word: (place: Place, reachesTooFar: Bool)?
        var index = 0
        while index < value.count {
            let octet = value[index]
            let next = index + 1 < value.count ? value[index + 1] : 0
            if let open = word {
                if octet == UInt8(ascii: "?"), next == UInt8(ascii: "=") {
                    if open.reachesTooFar || open.place != place {
                        crossesTokens = true
                        return
                    }
                    word = nil
                    index += 2
                    continue
                }
                if place.isOutside, "<>@,;:".utf8.contains(octet) { word?.reachesTooFar = true }
            } else if octet == UInt8(ascii: "="), next == UInt8(ascii: "?") {
                word = (place, false)
                index += 2
                continue
            }
            if octet == UInt8(ascii: "\\"), !place.isOutside {
                index += 2
            } else {
                place.move(over: octet)
                index += 1
            }
        }
        crossesTokens = false
    }
}
