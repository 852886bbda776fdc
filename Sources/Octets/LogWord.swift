/// Text from outside as a word of a log line: it cannot begin a line, hide one, or pretend to be the next word.
package struct LogWord: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Characters that are shown, enough to recognise the word.
    private static let limit = 255

    package init(_ octets: [UInt8]) {
        description = Self.shown(String(decoding: octets, as: UTF8.self), plain: 0x21...0x7E)
    }

    /// Text that may have several words, in quotes.
    package init(quoting text: String) {
        description = "\"" + Self.shown(text, plain: 0x20...0x7E) + "\""
    }

    private static func shown(_ text: String, plain: ClosedRange<UInt32>) -> String {
        let isPlain = text.utf8.allSatisfy {
            plain.contains(UInt32($0)) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        if isPlain, text.utf8.count <= limit { return text }
        return text.unicodeScalars.prefix(limit).reduce(into: "") { result, scalar in
            let isPlain = plain.contains(scalar.value) && scalar != "\"" && scalar != "\\"
            result += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
}
