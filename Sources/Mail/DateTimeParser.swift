internal import Octets

/// RFC 5322, sections 3.3 and 4.3.
struct DateTimeParser {
    private let octets: [UInt8]
    private var position = 0

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    /// date-time = [ day-of-week "," ] date time [CFWS]
    mutating func dateTime() -> DateTime? {
        cfws()
        if let word = letters() {
            guard DateTime.isDayOfWeek(word) else { return nil }
            cfws()
            // The comma is often missing in real mail.
            skip(UInt8(ascii: ","))
            cfws()
        }
        guard let (year, month, day) = date(), let (hour, minute, second, offset) = time() else { return nil }
        cfws()
        guard position == octets.count else { return nil }
        return DateTime(
            year: year,
            month: month,
            day: day,
            hour: hour,
            minute: minute,
            second: second,
            offset: offset
        )
    }

    /// date = day month year
    private mutating func date() -> (year: Int, month: Int, day: Int)? {
        guard let day = digits(1...2) else { return nil }
        cfws()
        guard let word = letters(), let month = DateTime.month(word) else { return nil }
        cfws()
        guard let year = digits(2...4) else { return nil }
        cfws()
        return (DateTime.year(year.value, digits: year.count), month, day.value)
    }

    /// time = hour ":" minute [ ":" second ] zone
    private mutating func time() -> (hour: Int, minute: Int, second: Int, offset: Int)? {
        guard let hour = digits(1...2) else { return nil }
        cfws()
        guard skip(UInt8(ascii: ":")) else { return nil }
        cfws()
        guard let minute = digits(1...2) else { return nil }
        cfws()
        var second = 0
        if skip(UInt8(ascii: ":")) {
            cfws()
            guard let written = digits(1...2) else { return nil }
            second = written.value
            cfws()
        }
        guard let offset = zone() else { return nil }
        return (hour.value, minute.value, second, offset)
    }

    /// zone = ("+" / "-") 4DIGIT / obs-zone
    private mutating func zone() -> Int? {
        let sign: Int
        if skip(UInt8(ascii: "+")) {
            sign = 1
        } else if skip(UInt8(ascii: "-")) {
            sign = -1
        } else {
            return letters().map { DateTime.offset(ofZone: $0) }
        }
        guard let zone = digits(4...4), zone.value % 100 < 60 else { return nil }
        return sign * (zone.value / 100 * 3600 + zone.value % 100 * 60)
    }

    private mutating func digits(_ allowed: ClosedRange<Int>) -> (value: Int, count: Int)? {
        let start = position
        while position < octets.count, octets[position].isDigit { position += 1 }
        guard allowed.contains(position - start), let value = octets[start..<position].decimal else { return nil }
        return (value, position - start)
    }

    private mutating func letters() -> ArraySlice<UInt8>? {
        let start = position
        while position < octets.count, octets[position].isLetter { position += 1 }
        return position > start ? octets[start..<position] : nil
    }

    @discardableResult
    private mutating func skip(_ octet: UInt8) -> Bool {
        guard position < octets.count, octets[position] == octet else { return false }
        position += 1
        return true
    }

    /// CFWS (RFC 5322, 3.2.2). A comment that does not end is left where it is, so the text is not a date.
    private mutating func cfws() {
        var depth = 0
        var index = position
        while index < octets.count {
            switch octets[index] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                guard depth > 0 else { return }
                depth -= 1
            case UInt8(ascii: "\\") where depth > 0: index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), .lineFeed, .carriageReturn: break
            default: if depth == 0 { return }
            }
            index += 1
            if depth == 0 { position = min(index, octets.count) }
        }
    }
}
