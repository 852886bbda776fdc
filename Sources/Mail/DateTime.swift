internal import Octets

/// A moment as mail writes it, in seconds since 1970 (UTC).
public struct DateTime: Hashable, Sendable {
    public let secondsSince1970: Int64

    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    /// Reads `date-time` of RFC 5322, section 3.3, with comments, and the obsolete forms of section 4.3: years of two
    /// or three digits, zones in letters, white space anywhere. Nil if the octets are no date, or have more than one.
    ///
    ///     date-time = [ day-of-week "," ] date time [CFWS]
    public init?(_ octets: some Sequence<UInt8>) {
        var parser = DateTimeParser(Array(octets))
        guard let date = parser.dateTime() else { return nil }
        self = date
    }

    /// The moment of a calendar date. Nil if there is no such date; a leap second is the second after it.
    ///
    /// - Parameters:
    ///   - year: 1 to 9999.
    ///   - month: 1 to 12.
    ///   - offset: Seconds that the clock is ahead of UTC.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, offset: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute),
            (0...60).contains(second), day >= 1, day <= Self.days(ofMonth: month, year: year)
        else { return nil }
        // Years are counted from March, so that the leap day is a year's last; 719,468 days are from then to 1970.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        secondsSince1970 = Int64(((days * 24 + hour) * 60 + minute) * 60 + second - offset)
    }

    private static func days(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// A year as written with its number of digits (RFC 5322, 4.3): 0 to 49 of two digits are this century's.
    static func year(_ value: Int, digits: Int) -> Int {
        switch digits {
        case 2: value < 50 ? value + 2000 : value + 1900
        case 3: value + 1900
        default: value
        }
    }

    /// 1 to 12, by the first three letters in any case.
    static func month(_ word: ArraySlice<UInt8>) -> Int? {
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return names.firstIndex { word.isWord($0) }.map { $0 + 1 }
    }

    static func isDayOfWeek(_ word: ArraySlice<UInt8>) -> Bool {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains { word.isWord($0) }
    }

    /// Seconds ahead of UTC of a zone in letters. Military letters and unknown words count as `-0000`, which is what
    /// RFC 5322, section 4.3, says of them.
    package static func offset(ofZone word: ArraySlice<UInt8>) -> Int {
        switch String(decoding: word.map(\.asciiLowercased), as: UTF8.self) {
        case "edt": -4 * 3600
        case "est", "cdt": -5 * 3600
        case "cst", "mdt": -6 * 3600
        case "mst", "pdt": -7 * 3600
        case "pst": -8 * 3600
        default: 0
        }
    }
}

extension ArraySlice<UInt8> {
    package func hasPrefix(_ prefix: String) -> Bool {
        starts(with: prefix.utf8)
    }
}
