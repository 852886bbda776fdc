internal import Octets

/// Reads the date at the end of a From_ line, whatever the order of its parts. RFC 4155 uses that of asctime(3), and
/// these are in use too:
///
///     Mon Jan  2 03:04:05 CET 2023                          a zone before or after the year, no seconds
///     Mon, Jan 02 03:04:05 2023                             a comma
///     Mon Jan 02 2023 03:04:05 GMT+0100 (CET)               JavaScript's Date
///     Mon, 2 Jan 2023 03:04:05 +0100                        RFC 5322, 3.3
///     2023-01-02T03:04:05+01:00                             ISO 8601
struct MboxDateReader {
    typealias Part = MboxSeparatorForm.DatePart

    /// A date, and the order in which it was written.
    struct Reading {
        let order: [Part]
        /// Nil if the year is missing.
        let time: DateTime?
    }

    private var parts: [Part] = []
    private var year: Int?
    private var month = 0
    private var day = 0
    private var clock = Clock(hour: 0, minute: 0, second: 0)
    private var offset: Int?
    private var zoneWords = 0
    private var isInsideComment = false

    /// Words that a zone may have: `W. Europe Standard Time`.
    private static let zoneWordLimit = 4

    private init() {}

    /// The date that the words begin with, and that ends the line. Only the standard's date may be followed by more,
    /// such as `remote from host`.
    static func date(at words: ArraySlice<ArraySlice<UInt8>>) -> Reading? {
        var reader = MboxDateReader()
        for word in words {
            guard reader.take(word) else {
                return reader.parts.last == .year && reader.parts.contains(.time) ? reader.reading : nil
            }
        }
        return reader.reading
    }

    private var reading: Reading? {
        let hasDate = parts.contains(.date) || (parts.contains(.month) && parts.contains(.day))
        guard hasDate, parts.contains(.time) || year != nil else { return nil }
        // RFC 5322 makes the weekday optional, and programs copy what they find.
        let isDayFirst = parts.first { $0 != .weekday && $0 != .comma } == .day
        let order = isDayFirst ? parts.filter { $0 != .weekday && $0 != .comma } : parts
        guard let year else { return parts.contains(.weekday) ? Reading(order: order, time: nil) : nil }
        let time = DateTime(
            year: year,
            month: month,
            day: day,
            hour: clock.hour,
            minute: clock.minute,
            second: clock.second,
            offset: offset ?? 0
        )
        return time.map { Reading(order: order, time: $0) }
    }

    /// False for a word that does not continue the date.
    private mutating func take(_ word: ArraySlice<UInt8>) -> Bool {
        if isInsideComment || (parts.contains(.time) && word.first == UInt8(ascii: "(")) {
            isInsideComment = word.last != UInt8(ascii: ")")
            return true
        }
        let hasComma = word.count > 1 && word.last == UInt8(ascii: ",")
        guard takePart(hasComma ? word.dropLast() : word) else { return false }
        if hasComma { parts.append(.comma) }
        return true
    }

    private mutating func takePart(_ word: ArraySlice<UInt8>) -> Bool {
        if parts.isEmpty, DateTime.isDayOfWeek(word) {
            parts.append(.weekday)
        } else if !has(.month, .date), let month = DateTime.month(word) {
            self.month = month
            parts.append(.month)
        } else if !has(.day, .date), word.count <= 2, let day = word.decimal {
            self.day = day
            parts.append(.day)
        } else if !has(.year, .date), has(.month), word.count == 4 || (word.count == 2 && has(.day)),
            let value = word.decimal
        {
            year = DateTime.year(value, digits: word.count)
            parts.append(.year)
        } else if !has(.time), has(.date) || has(.month), let clock = Clock(word) {
            self.clock = clock
            parts.append(.time)
        } else if has(.time), let half = Clock.half(word) {
            clock.hour = clock.hour % 12 + half
        } else if parts.isEmpty {
            return takeISODate(word)
        } else if has(.time), zoneWords < Self.zoneWordLimit, let zone = Self.zone(word) {
            zoneWords += 1
            // Of `PST -0800 (PST)`, the number is used.
            if zoneWords == 1 || word.contains(where: \.isDigit) { offset = zone }
        } else {
            return false
        }
        return true
    }

    private func has(_ part: Part, _ other: Part? = nil) -> Bool {
        parts.contains { $0 == part || $0 == other }
    }

    /// `2023-01-02`, with `T03:04:05`, fractions of a second and a zone, or without (RFC 3339, 5.6).
    private mutating func takeISODate(_ word: ArraySlice<UInt8>) -> Bool {
        let start = word.startIndex
        guard word.count >= 10, let year = word[start..<(start + 4)].decimal, word[start + 4] == UInt8(ascii: "-"),
            let month = word[(start + 5)..<(start + 7)].decimal, word[start + 7] == UInt8(ascii: "-"),
            let day = word[(start + 8)..<(start + 10)].decimal
        else { return false }
        (self.year, self.month, self.day) = (year, month, day)
        parts.append(.date)
        guard word.count > 10 else { return true }
        guard word[start + 10] | 0x20 == UInt8(ascii: "t") else { return false }
        let rest = word[(start + 11)...]
        let end = rest.firstIndex { !$0.isDigit && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ".") } ?? rest.endIndex
        guard let clock = Clock(rest[..<end]) else { return false }
        self.clock = clock
        parts.append(.time)
        guard end < rest.endIndex else { return true }
        offset = Self.zone(rest[end...])
        zoneWords = 1
        return offset != nil
    }

    /// Seconds ahead of UTC of `+0100`, `+01:00`, `GMT+0100` or letters.
    private static func zone(_ word: ArraySlice<UInt8>) -> Int? {
        var digits = word
        if word.count > 3, word.prefix(3).isWord("gmt") || word.prefix(3).isWord("utc") { digits = word.dropFirst(3) }
        if let sign = digits.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            let number = digits.dropFirst().filter { $0 != UInt8(ascii: ":") }
            guard number.count == 4, let value = number[...].decimal, value % 100 < 60 else { return nil }
            let seconds = value / 100 * 3600 + value % 100 * 60
            return sign == UInt8(ascii: "-") ? -seconds : seconds
        }
        let isName = word.count <= 10 && word.allSatisfy { $0.isLetter || $0 == UInt8(ascii: ".") }
        return isName ? DateTime.offset(ofZone: word) : nil
    }

    /// A time of day.
    struct Clock {
        var hour: Int
        let minute: Int
        let second: Int

        init(hour: Int, minute: Int, second: Int) {
            (self.hour, self.minute, self.second) = (hour, minute, second)
        }

        /// H:MM[:SS[.fraction]]
        init?(_ word: ArraySlice<UInt8>) {
            let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard (2...3).contains(parts.count), parts[0].count <= 2, let hour = parts[0].decimal, parts[1].count == 2,
                let minute = parts[1].decimal
            else { return nil }
            (self.hour, self.minute) = (hour, minute)
            guard parts.count == 3 else {
                second = 0
                return
            }
            let seconds = parts[2].prefix { $0.isDigit }
            let fraction = parts[2][seconds.endIndex...]
            guard seconds.count == 2, let second = seconds.decimal,
                fraction.isEmpty || (fraction.first == UInt8(ascii: ".") && fraction.dropFirst().allSatisfy(\.isDigit))
            else { return nil }
            self.second = second
        }

        /// Hours that `AM` or `PM` adds.
        static func half(_ word: ArraySlice<UInt8>) -> Int? {
            if word.isWord("am") { return 0 }
            return word.isWord("pm") ? 12 : nil
        }
    }
}
