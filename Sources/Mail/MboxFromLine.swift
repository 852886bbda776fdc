internal import Octets

/// The line that begins a message in an mbox, `From sender date` (RFC 4155, appendix A; in the field also with zones,
/// years of two digits, and words after the year).
public struct MboxFromLine: Hashable, Sendable {
    /// The line as it is in the source, its line break included.
    public let octets: [UInt8]
    /// What the line names as the envelope sender, as written: an address, `MAILER-DAEMON` for the null sender, `-`, or
    /// nothing.
    public let sender: [UInt8]
    /// The date on the line; the zone is taken to be UTC if none is named, as RFC 4155 has it. Nil if the line has no
    /// date, which only an mbox's first line and Thunderbird are forgiven.
    public let date: DateTime?

    /// Octets that such a line may have; a longer one is text.
    package static let lengthLimit = 1024

    /// Reads a line that begins with `From `; nil if it does not, or has no date.
    ///
    ///     From SP [sender] SP weekday SP month SP day SP time *(SP zone) SP year *(SP word)
    package init?(_ line: ArraySlice<UInt8>) {
        guard line.count <= Self.lengthLimit, line.hasPrefix("From ") else { return nil }
        let words = Self.words(of: line.dropFirst(5).withoutLineBreak)
        for index in words.indices {
            guard let date = Self.date(words[index...]) else { continue }
            octets = Array(line)
            sender = index == 0 ? [] : Array(line[words[0].startIndex..<words[index - 1].endIndex])
            self.date = date
            return
        }
        return nil
    }

    /// Reads Thunderbird's line: `From ` and nothing else.
    package init?(bare line: ArraySlice<UInt8>) {
        guard line.count <= Self.lengthLimit, line.hasPrefix("From ") else { return nil }
        guard Self.words(of: line.dropFirst(5).withoutLineBreak).isEmpty else { return nil }
        self.init(lenient: line)
    }

    /// True if Thunderbird has written it: `From - date` in the past, ``init(bare:)`` since 2024. Both are found in one
    /// mbox.
    package var isThunderbirds: Bool {
        date == nil ? Self(bare: octets[...]) != nil : sender == [UInt8(ascii: "-")]
    }

    /// For a line that begins with `From `, is no longer than ``lengthLimit`` and is the first of an mbox: if it has no
    /// date, the first word is the sender.
    package init(lenient line: ArraySlice<UInt8>) {
        if let strict = Self(line) {
            self = strict
        } else {
            octets = Array(line)
            sender = Self.words(of: line.dropFirst(5).withoutLineBreak).first.map(Array.init) ?? []
            date = nil
        }
    }

    private static func words(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        var index = line.startIndex
        while index < line.endIndex {
            let start = index
            while index < line.endIndex, !line[index].isWhiteSpace { index += 1 }
            if index > start { words.append(line[start..<index]) }
            index += 1
        }
        return words
    }

    /// The date with which the words begin.
    private static func date(_ words: ArraySlice<ArraySlice<UInt8>>) -> DateTime? {
        guard words.count >= 5, let weekday = words.first, DateTime.isDayOfWeek(weekday) else { return nil }
        let first = words.startIndex
        guard let month = DateTime.month(words[first + 1]), words[first + 2].count <= 2,
            let day = words[first + 2].decimal, let time = time(words[first + 3])
        else { return nil }
        // Zones of one or two words (`CET DST`) stand before the year or behind it.
        var offset = 0
        for index in (first + 4)..<min(first + 7, words.endIndex) {
            let word = words[index]
            if let value = word.decimal, word.count == 2 || word.count == 4 {
                if index + 1 < words.endIndex, let zone = zone(words[index + 1]) { offset = zone }
                return DateTime(
                    year: DateTime.year(value, digits: word.count),
                    month: month,
                    day: day,
                    hour: time.hour,
                    minute: time.minute,
                    second: time.second,
                    offset: offset
                )
            }
            guard let zone = zone(word) else { return nil }
            if index == first + 4 { offset = zone }
        }
        return nil
    }

    /// HH:MM[:SS]
    private static func time(_ word: ArraySlice<UInt8>) -> (hour: Int, minute: Int, second: Int)? {
        guard word.count == 5 || word.count == 8 else { return nil }
        let start = word.startIndex
        guard let hour = word[start..<(start + 2)].decimal, word[start + 2] == UInt8(ascii: ":"),
            let minute = word[(start + 3)..<(start + 5)].decimal
        else { return nil }
        if word.count == 5 { return (hour, minute, 0) }
        guard word[start + 5] == UInt8(ascii: ":"), let second = word[(start + 6)...].decimal else { return nil }
        return (hour, minute, second)
    }

    private static func zone(_ word: ArraySlice<UInt8>) -> Int? {
        if word.count <= 5, word.allSatisfy(\.isLetter) { return DateTime.offset(ofZone: word) }
        guard word.count == 5, let value = word.dropFirst().decimal, value % 100 < 60 else { return nil }
        let seconds = value / 100 * 3600 + value % 100 * 60
        switch word.first {
        case UInt8(ascii: "+"): return seconds
        case UInt8(ascii: "-"): return -seconds
        default: return nil
        }
    }
}
