internal import Octets

/// A point in time as mail writes it, in seconds since 1970 (UTC).
public struct DateTime: Hashable, Sendable {
    public let secondsSince1970: Int64

    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    /// Reads `date-time` of RFC 5322, section 3.3, with comments, and the obsolete forms of section 4.3: years of two
    /// or three digits, zones in letters, white space anywhere. Nil if the octets are not a date, or have more than
    /// one.
    ///
    ///     date-time = [ day-of-week "," ] date time [CFWS]
    public init?(_ octets: some Sequence<UInt8>) {
        var parser = DateTimeParser(Array(octets))
        guard let date = parser.dateTime() else { return nil }
        self = date
    }

    /// The time of a calendar date. Nil if there is no such date; a leap second is the second after it.
    ///
    /// - Parameters:
    ///   - year: 1 to 9999.
    ///   - month: 1 to 12.
    ///   - offset: Seconds that the clock is ahead of UTC.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, offset: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute),
            (0...60).contains(second), day >= 1, day <= Self.days(ofMonth: month, year: year)
        else { return nil }
        // Years are counted from March, so that the leap day is a year's last; from that origin to 1970 there are
        // 719,468 days.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        secondsSince1970 = Int64(((days * 24 + hour) * 60 + minute) * 60 + second - offset)
    }

    /// RFC 3339, UTC: `2023-11-14T22:13:20Z`. For the years 1 to 9999.
    public var text: String {
        let (year, month, day, second) = calendar
        return "\(Self.four(year))-\(Self.two(month))-\(Self.two(day))T\(Self.clock(second))Z"
    }

    /// asctime(3), UTC, as in a From_ line (RFC 4155): `Tue Nov 14 22:13:20 2023`.
    public var asctime: String {
        let (year, month, day, second) = calendar
        let days = (secondsSince1970 - second) / 86_400
        // 1 January 1970 was a Thursday.
        let weekday = Self.weekdays[Int(((days % 7) + 11) % 7)]
        let space = day < 10 ? " " : ""
        return "\(weekday) \(Self.months[Int(month) - 1]) \(space)\(day) \(Self.clock(second)) \(Self.four(year))"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The inverse of the above; `second` is of the day.
    private var calendar: (year: Int64, month: Int64, day: Int64, second: Int64) {
        var (days, second) = secondsSince1970.quotientAndRemainder(dividingBy: 86_400)
        if second < 0 { (days, second) = (days - 1, second + 86_400) }
        // Years are counted from March, in eras of 400 years, which are 146,097 days.
        let day = days + 719_468
        let era = (day >= 0 ? day : day - 146_096) / 146_097
        let dayOfEra = day - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1, second)
    }

    private static func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + "\(number)" }

    private static func four(_ number: Int64) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    private static func clock(_ second: Int64) -> String {
        "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
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
        guard word.count == 3 else { return nil }
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return names.firstIndex { word.isWord($0) }.map { $0 + 1 }
    }

    static func isDayOfWeek(_ word: ArraySlice<UInt8>) -> Bool {
        word.count == 3 && ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains { word.isWord($0) }
    }

    /// Seconds ahead of UTC of a zone in letters. Military letters and unknown words count as `-0000`, as RFC 5322,
    /// section 4.3, says.
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
