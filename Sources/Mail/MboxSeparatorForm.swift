internal import Octets

/// The common form of the separators of one mbox: one program has written them. A line of another form is text, since
/// a sender can write any line.
public enum MboxSeparatorForm: Hashable, Codable, Sendable {
    /// The parts of a date in their order.
    case dated([DatePart])
    /// A date in words of another language, or with other signs: the kinds of words after the first one.
    case unreadDate([Word])
    /// An address, and no date.
    case address
    /// Nothing, as in Thunderbird's mboxes since 2024.
    case bare
    /// Any other text that the first line of an mbox may have.
    case unknown

    /// A part of a date; the zone is not one, since it may change from one message to the next.
    public enum DatePart: Hashable, Codable, Sendable { case weekday, comma, day, month, year, time, date }

    /// A kind of word.
    public enum Word: Hashable, Codable, Sendable { case letters, number, year, time, date, other }

    /// RFC 4155: `Mon Jan  2 03:04:05 2023`.
    public static let asctime = MboxSeparatorForm.dated([.weekday, .month, .day, .time, .year])

    /// - Parameter words: those of a line without a readable date.
    init(undated words: [ArraySlice<UInt8>]) {
        guard let first = words.first, let last = words.last else {
            self = .bare
            return
        }
        let at = UInt8(ascii: "@")
        if words.count == 1 ? first.contains(at) || first.elementsEqual("-".utf8) : Self.isAngleAddress(last) {
            self = .address
        } else if words.count == 3, words[1].isWord("at") {
            // Archives of mailing lists hide addresses in this way.
            self = .address
        } else if case let kinds = words.dropFirst().map(Self.kind), kinds.contains(.time),
            kinds.contains(.year) || kinds.contains(.date)
        {
            self = .unreadDate(kinds)
        } else {
            self = .unknown
        }
    }

    /// True if a line below an empty line separates messages in an mbox whose first separator has this form. If the
    /// first one has no date, a line with the standard's date also counts: most programs write it.
    public func isShared(by line: MboxSeparatorForm) -> Bool {
        switch self {
        case .dated, .unreadDate: line == self
        case .address, .bare: line == self || line == .asctime
        case .unknown: line == .asctime
        }
    }

    private static func isAngleAddress(_ word: ArraySlice<UInt8>) -> Bool {
        word.first == UInt8(ascii: "<") && word.last == UInt8(ascii: ">") && word.contains(UInt8(ascii: "@"))
    }

    private static func kind(of word: ArraySlice<UInt8>) -> Word {
        let plain = word.last == UInt8(ascii: ",") ? word.dropLast() : word
        if plain.decimal != nil { return plain.count == 4 ? .year : .number }
        if MboxDateReader.Clock(plain) != nil { return .time }
        if plain.count >= 6, plain.first?.isDigit == true, plain.last?.isDigit == true,
            plain.allSatisfy({ $0.isDigit || "-/.".utf8.contains($0) })
        {
            return .date
        }
        // Letters of other languages are above ASCII, and abbreviations end in a dot.
        return plain.allSatisfy { $0.isLetter || $0 >= 0x80 || $0 == UInt8(ascii: ".") } ? .letters : .other
    }
}
