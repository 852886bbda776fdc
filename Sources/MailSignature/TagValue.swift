internal import FoundationEssentials
internal import Mail
internal import Octets

/// Readers of tag values that DKIM and ARC share.
enum TagValue {
    /// The octets without folding white space.
    static func withoutWhiteSpace(_ value: [UInt8]) -> [UInt8] {
        let octets = value.span
        return [UInt8](capacity: octets.count) { text in
            for index in octets.indices where !octets[index].isWhiteSpace && octets[index] != .lineFeed {
                text.append(octets[index])
            }
        }
    }

    /// ```
    /// base64string = ALPHADIGITPS *([FWS] ALPHADIGITPS) [ [FWS] "=" [ [FWS] "=" ] ]      (RFC 6376, 2.10)
    /// ```
    /// Nil for anything else: an octet outside the alphabet, padding that does not fit, or bits set where no octet is
    /// (RFC 4648, 3.5). Foundation accepts some of that, so the end of what was read is written again and must be the
    /// same: only the last four characters can have such bits.
    static func base64(_ value: [UInt8]) -> [UInt8]? {
        let text = withoutWhiteSpace(value)
        let padding = LibCSearch.firstIndex(of: UInt8(ascii: "="), in: text.span).map { text.count - $0 } ?? 0
        guard !text.isEmpty, text.count.isMultiple(of: 4), padding <= 2, let data = Data(base64Encoded: Data(text)),
            data.count == text.count / 4 * 3 - padding,
            data.suffix(3 - padding).base64EncodedData().elementsEqual(text.suffix(4))
        else { return nil }
        return Array(data)
    }

    /// A number of at most `digits` digits; nil for anything else.
    static func number(_ value: [UInt8], digits: Int) -> UInt64? {
        guard (1...digits).contains(value.count), value.allSatisfy(\.isDigit) else { return nil }
        return value.reduce(0) { $0 &* 10 &+ UInt64($1 - UInt8(ascii: "0")) }
    }

    /// The words of a list separated by colons, without white space around them; nil if one is empty.
    static func words(_ value: [UInt8]) -> [[UInt8]]? {
        var words: [[UInt8]] = []
        for part in value.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            let word = part.trimmingFoldingWhiteSpace()
            guard !word.isEmpty else { return nil }
            words.append(Array(word))
        }
        return words
    }
}

extension ArraySlice<UInt8> {
    func trimmingFoldingWhiteSpace() -> ArraySlice<UInt8> {
        let isSpace = { (octet: UInt8) in octet.isWhiteSpace || octet == UInt8(ascii: "\n") }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return []
        }
        return self[first...last]
    }
}
