internal import Octets

/// The Content-Length of a message in an mbox: octets of its body, according to the header.
enum ContentLength: Hashable, Sendable {
    case absent
    case octets(Int)
    /// Fields that contradict each other, or one that is not a number.
    case unusable

    var value: Int? {
        switch self {
        case .octets(let count): count
        case .absent, .unusable: nil
        }
    }

    private static let name = "content-length"
    /// The maximum length of such a line in octets; a longer one is ignored.
    private static let lengthLimit = 128

    /// Reads a line of the header, if it is such a field.
    ///
    ///     "Content-Length" *WSP ":" *WSP 1*DIGIT *WSP
    mutating func read(_ line: ArraySlice<UInt8>) {
        guard line.count <= Self.lengthLimit, line.prefix(Self.name.utf8.count).isWord(Self.name) else { return }
        var rest = line.dropFirst(Self.name.utf8.count).withoutLineBreak
        while rest.first?.isWhiteSpace == true { rest.removeFirst() }
        guard rest.first == UInt8(ascii: ":") else { return }
        rest.removeFirst()
        while rest.first?.isWhiteSpace == true { rest.removeFirst() }
        while rest.last?.isWhiteSpace == true { rest.removeLast() }
        switch (self, rest.decimal) {
        case (.absent, let count?): self = .octets(count)
        case (.octets(let known), let count?) where known == count: break
        case (.absent, nil), (.octets, _), (.unusable, _): self = .unusable
        }
    }

    /// True if octets without a line break may be the beginning of such a field.
    static func mayBegin(_ octets: ArraySlice<UInt8>) -> Bool {
        octets.count <= lengthLimit && zip(octets, name.utf8).allSatisfy { $0.asciiLowercased == $1 }
    }
}
