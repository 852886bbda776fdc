extension ArraySlice<UInt8> {
    /// True if these are the ASCII characters of `word`, which has no capitals, in any case.
    package func isWord(_ word: String) -> Bool {
        let letters = word.utf8.span
        guard count == letters.count else { return false }
        for offset in letters.indices where self[startIndex + offset].asciiLowercased != letters[offset] {
            return false
        }
        return true
    }

    /// The number that these digits represent; nil if they are not only digits, or more than 18, so that it always
    /// fits.
    package var decimal: Int? {
        guard !isEmpty, count <= 18, allSatisfy(\.isDigit) else { return nil }
        return reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// The slice without white space at its ends.
    package var trimmed: Self {
        var slice = self
        while slice.first?.isWhiteSpace == true { slice = slice.dropFirst() }
        while slice.last?.isWhiteSpace == true { slice = slice.dropLast() }
        return slice
    }
}
