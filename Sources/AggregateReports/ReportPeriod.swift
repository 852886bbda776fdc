/// The time that a report covers: hours, within one day of UTC (RFC 9990: a day by default, aligned to the hour).
package struct ReportPeriod: Hashable, Sendable, Codable {
    /// Seconds since 1970; the first second in the period, and the first after it.
    package let begin: Int64
    package let end: Int64

    package static let hour: Int64 = 3600
    package static let day: Int64 = 24 * hour

    package init(begin: Int64, end: Int64) {
        self.begin = begin
        self.end = end
    }

    /// The day of an hour.
    package init(dayOf hour: Int64) {
        begin = hour - (hour % Self.day + Self.day) % Self.day
        end = begin + Self.day
    }

    /// The end in a report, which is the last second (RFC 9990: date_range).
    package var lastSecond: Int64 { end - 1 }
}
