internal import DNS
internal import Octets

/// A comment after `from`, in words.
struct ReceivedComment {
    let words: [ArraySlice<UInt8>]
    private let octets: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) {
        self.octets = octets
        words = octets.split { $0.isWhiteSpace || $0 == .lineFeed || $0 == .carriageReturn }
    }

    /// The words that are addresses, with their places.
    var addresses: [(index: Int, address: ReceivedAddress)] {
        words.indices.compactMap { index in ReceivedAddress(words[index]).map { (index, $0) } }
    }

    /// The address in TCP-info (RFC 5321, 4.4): the one in brackets, or the only one. Nil if there is none.
    ///
    /// A reverse name may look like an address; the MTA's address is the one in brackets, of which there is one pair.
    func onlyAddress() throws(ReceivedError) -> (index: Int, address: IPAddress)? {
        let all = addresses
        let bracketed = all.filter(\.address.isBracketed)
        let found = bracketed.isEmpty ? all : bracketed
        let brackets = octets.count { $0 == UInt8(ascii: "[") }
        guard let first = found.first else { return nil }
        guard found.count == 1, brackets == bracketed.count, first.index <= 2 else { throw .ambiguous }
        return (first.index, first.address.address)
    }

    /// True if the comment contains an address, however deep, or something that could be read as one.
    var mayHoldAddress: Bool {
        octets.contains(UInt8(ascii: "["))
            || octets.split(whereSeparator: \.delimitsReceivedWord).contains { ReceivedAddress($0) != nil }
    }

    /// Sendmail: the reverse name does not lead back to the address.
    var mayBeForged: Bool {
        words.contains { $0.isWord("forged)") }
    }

    /// The text after `HELO`, `EHLO` or `LHLO`; nil if it is not such a comment.
    static func greeting(_ comment: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        ["HELO ", "EHLO ", "LHLO "].contains { comment.asciiHasPrefix($0) } ? comment.dropFirst(5) : nil
    }
}

extension UInt8 {
    /// True for octets that no word of a Received field contains, in any reading of it.
    var delimitsReceivedWord: Bool {
        switch self {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), .lineFeed, .carriageReturn, UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"),
            UInt8(ascii: ">"):
            true
        default: false
        }
    }
}
