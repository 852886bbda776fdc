internal import Octets

/// The name of a field as a key: equal in any case, and whatever white space is before the colon. It is compared and
/// hashed as it is, without a copy in lower case.
package struct FieldName: Sendable {
    private let octets: [UInt8]
    /// Without the white space at the end.
    private let count: Int

    package init(_ octets: [UInt8]) {
        self.octets = octets
        var count = octets.count
        while count > 0, octets[count - 1].isWhiteSpace { count -= 1 }
        self.count = count
    }

    package init(_ text: String) {
        self.init(Array(text.utf8))
    }
}

extension FieldName: Hashable {
    package static func == (first: FieldName, second: FieldName) -> Bool {
        guard first.count == second.count else { return false }
        let (own, other) = (first.octets.span, second.octets.span)
        for index in 0..<first.count where own[index].asciiLowercased != other[index].asciiLowercased { return false }
        return true
    }

    /// Eight octets at a time.
    package func hash(into hasher: inout Hasher) {
        let octets = octets.span
        var word: UInt64 = 0
        for index in 0..<count {
            word = word << 8 | UInt64(octets[index].asciiLowercased)
            if index & 7 == 7 { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(count)
    }
}
