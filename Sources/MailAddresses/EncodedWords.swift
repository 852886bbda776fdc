internal import FoundationEssentials
internal import Octets

/// A text with its encoded-words decoded, for readers that decode them before they look for addresses.
/// ```
/// encoded-word = "=?" charset "?" encoding "?" encoded-text "?="      (RFC 2047, 2)
/// ```
/// The charset is ignored: addresses are ASCII in all charsets in use, and in UTF-16 when its NULs are left out.
struct EncodedWords {
    private let value: [UInt8]
    /// True for readers that allow a `?` in the encoded text, such as Python's `email`.
    private let allowsMarks: Bool
    /// Where the last `?=` is: no word ends after it.
    private let lastEnd: Int

    /// Nil if nothing in the value ends a word.
    init?(_ value: [UInt8], allowingMarks allowsMarks: Bool) {
        guard let lastEnd = value.indices.last(where: { Self.ends(value[$0...]) }) else { return nil }
        self.value = value
        self.allowsMarks = allowsMarks
        self.lastEnd = lastEnd
    }

    /// The octets with each word replaced by its meaning.
    var decoded: [UInt8] {
        var octets: [UInt8] = []
        var rest = value[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "=")) {
            octets += rest[..<start]
            if let (text, next) = word(at: start) {
                octets += text.filter { $0 != 0 }
                rest = value[next...]
            } else {
                octets.append(value[start])
                rest = value[(start + 1)...]
            }
        }
        return octets + rest
    }

    /// The meaning of the word at `start`, and the index after it; nil if there is none.
    private func word(at start: Int) -> (text: [UInt8], next: Int)? {
        guard value[start...].starts(with: "=?".utf8) else { return nil }
        let charset = value[(start + 2)...].prefix { $0 != UInt8(ascii: "?") }
        let rest = value[charset.endIndex...].dropFirst()
        let text = rest.dropFirst(2)
        guard let encoding = rest.first, rest.dropFirst().first == UInt8(ascii: "?"), text.startIndex <= lastEnd,
            let end = text.indices.first(where: {
                allowsMarks ? Self.ends(text[$0...]) : text[$0] == UInt8(ascii: "?")
            }), Self.ends(text[end...])
        else { return nil }
        switch encoding.asciiLowercased {
        case UInt8(ascii: "b"): return (Self.base64(text[..<end]), end + 2)
        case UInt8(ascii: "q"): return (Self.quoted(text[..<end]), end + 2)
        default: return nil
        }
    }

    private static func ends(_ octets: ArraySlice<UInt8>) -> Bool {
        octets.first == UInt8(ascii: "?") && octets.dropFirst().first == UInt8(ascii: "=")
    }

    /// The B encoding, without octets outside its alphabet, as far as it goes.
    private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var digits = text.filter { $0.isAlphanumeric || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
        if digits.count % 4 == 1 { digits.removeLast() }
        digits += Array(repeating: UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
        return Data(base64Encoded: Data(digits)).map(Array.init) ?? []
    }

    /// The Q encoding (RFC 2047, 4.2).
    private static func quoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = text
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "="), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                octets.append(code)
                rest = rest.dropFirst(2)
            } else {
                octets.append(octet == UInt8(ascii: "_") ? UInt8(ascii: " ") : octet)
            }
        }
        return octets
    }
}

extension ArraySlice<UInt8> {
    /// True if it contains `=?` and a later `?=`.
    var containsEncodedWord: Bool {
        var isOpen = false
        for (first, second) in zip(self, dropFirst()) {
            if first == UInt8(ascii: "="), second == UInt8(ascii: "?") { isOpen = true }
            if isOpen, first == UInt8(ascii: "?"), second == UInt8(ascii: "=") { return true }
        }
        return false
    }
}
