internal import Octets

/// A message of Apple Mail (`.emlx`), which arrives in pieces: a line with the number of octets, the message, and a
/// property list of the program's own, which is passed over.
struct AppleMailFile {
    /// Nil before the end of the first line.
    private var rest: Int?
    private var digits: [UInt8] = []

    /// Digits of a number of octets that a file can have.
    private static let digitLimit = 18

    /// The octets of a piece that are the message's.
    mutating func message(in piece: [UInt8]) -> ArraySlice<UInt8> {
        var octets = piece[...]
        while rest == nil, let octet = octets.popFirst() {
            if octet == UInt8(ascii: "\n") {
                rest = digits[...].decimal ?? 0
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet), digits.count < Self.digitLimit {
                digits.append(octet)
            }
        }
        let message = octets.prefix(rest ?? 0)
        rest = rest.map { $0 - message.count }
        return message
    }

    /// True if all of the message has come.
    var isWhole: Bool { rest == 0 }
}
