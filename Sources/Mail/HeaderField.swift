internal import Octets

/// One field of a header (RFC 5322, 2.2), octet for octet as it was received but for the line breaks: a fold is a LF,
/// whatever the source wrote, so that the milter (which sends LF) and a file with CRLF give the same value. A CR that
/// is not part of a line break stays where it is.
public struct HeaderField: Hashable, Sendable {
    /// What stands before the colon, white space before the colon included if the source had any.
    public var name: [UInt8]
    /// What stands after the colon, the leading space included, folds included, the final line break not.
    public var value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }

    public init(_ name: String, _ value: String) {
        self.init(name: Array(name.utf8), value: Array(value.utf8))
    }

    /// True if the name is `other` in any case; white space before the colon is ignored, as RFC 5322 section 4.5
    /// (obs-*) allows it there and as readers behind us do.
    public func isNamed(_ other: String) -> Bool {
        var trimmed = name[...]
        while let last = trimmed.last, last.isWhiteSpace { trimmed.removeLast() }
        return trimmed.elementsEqual(other.utf8) { $0.asciiLowercased == $1.asciiLowercased }
    }

    /// The octets `name:value`, without a final line break.
    public var octets: [UInt8] {
        name + [UInt8(ascii: ":")] + value
    }
}
