/// Octets from outside as a word of a log line: they cannot begin a line, hide one, or pretend to be the next word.
public struct LogWord: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// Characters that are shown; a word is there to be recognised.
    private static let limit = 255

    public init(_ octets: [UInt8]) {
        description = String(decoding: octets, as: UTF8.self).unicodeScalars.prefix(Self.limit)
            .reduce(into: "") { text, scalar in
                let isPlain = (0x21...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\"
                text += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
            }
    }
}
