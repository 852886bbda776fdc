/// The extent of a field's encoded-words for readers that look for them before quotes, comments and addresses, such
/// as Python's `email.policy.default`: it takes everything between `=?` and the next `?=` for one, though RFC 2047
/// section 2 allows no white space and section 5 no specials in it. In `=?utf-8?q?(?= <b@bank.example> )
/// <a@evil.example>` it sees the author b@bank.example, and a reader that follows the grammar the other one.
struct EncodedWordSpan {
    /// True if an encoded-word ends in another quoted string or comment than it begins in, or swallows parts of an
    /// address. One that stays within its token, or has whole comments inside, changes nothing.
    let crossesTokens: Bool

    /// Where a reader of the grammar is.
    private struct Place: Equatable {
        var isQuoted = false
        /// The nesting depth of comments.
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
        /// Where the word began, whether it has been seen to reach too far, and its question marks; nil outside
        /// words.
        var word: (place: Place, reachesTooFar: Bool, marks: Int)?
        var isEscaped = false
        for (octet, next) in zip(value, value.dropFirst() + [0]) {
            if let open = word {
                if octet == UInt8(ascii: "?"), next == UInt8(ascii: "=") {
                    if open.reachesTooFar || open.place != place {
                        crossesTokens = true
                        return
                    }
                    /// With fewer than two marks before it, it may be the `?=22` of `=?utf-8?q?=22?=`.
                    if open.marks >= 2 { word = nil }
                }
                if octet == UInt8(ascii: "?") { word?.marks += 1 }
                if place.isOutside, "<>@,;:".utf8.contains(octet) { word?.reachesTooFar = true }
            } else if octet == UInt8(ascii: "="), next == UInt8(ascii: "?") {
                /// The mark that is part of the beginning is not counted.
                word = (place, false, -1)
            }
            if isEscaped {
                isEscaped = false
            } else if octet == UInt8(ascii: "\\"), !place.isOutside {
                isEscaped = true
            } else {
                place.move(over: octet)
            }
        }
        crossesTokens = false
    }
}
