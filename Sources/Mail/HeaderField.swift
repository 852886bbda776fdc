internal import Octets

/// One field of a header (RFC 5322, 2.2), octet for octet as received except for the line breaks: a fold is a LF,
/// whatever the source had, so that the milter (which sends LF) and a file with CRLF give the same value. A CR that
/// is not part of a line break is kept.
public struct HeaderField: Hashable, Sendable {
    /// The octets before the colon, including white space if the source had any.
    public var name: [UInt8]
    /// The octets after the colon, including the leading space and folds, without the final line break.
    public var value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }

    public init(_ name: String, _ value: String) {
        self.init(name: Array(name.utf8), value: Array(value.utf8))
    }

    /// True if the name is `other` in any case; white space before the colon is ignored, as RFC 5322 section 4.5
    /// (obs-*) allows it there and readers downstream ignore it.
    public func isNamed(_ other: String) -> Bool {
        let own = name.span
        var count = own.count
        while count > 0, own[count - 1].isWhiteSpace { count -= 1 }
        guard count == other.utf8.count else { return false }
        var index = 0
        for octet in other.utf8 {
            guard own[index].asciiLowercased == octet.asciiLowercased else { return false }
            index += 1
        }
        return true
    }

    /// The octets `name:value`, without a final line break.
    public var octets: [UInt8] {
        name + [UInt8(ascii: ":")] + value
    }
}
