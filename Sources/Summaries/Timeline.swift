/// Results by when messages were received: in days, or, if those are too many, in months or years. What it comes to does
/// not depend on the order in which messages are counted.
package struct Timeline: Codable {
    /// From the finest on.
    package enum Unit: Int, CaseIterable, Codable, Sendable {
        case day, month, year

        /// The period of this unit that a day, or a part of it, is in: the beginning of the text.
        package func period(_ text: String) -> String {
            String(text.prefix(length))
        }

        /// Of `2023-11-14`.
        private var length: Int {
            switch self {
            case .day: 10
            case .month: 7
            case .year: 4
            }
        }

        /// Numbers in the text of a period.
        package var numbers: Int {
            switch self {
            case .day: 3
            case .month: 2
            case .year: 1
            }
        }

        package var name: String {
            switch self {
            case .day: "day"
            case .month: "month"
            case .year: "year"
            }
        }
    }

    package struct Period: Codable {
        package private(set) var messages = 0
        /// By method, then by result.
        package private(set) var results: [String: [String: Int]] = [:]

        mutating func count(_ found: [(method: String, result: String)]) {
            messages += 1
            for (method, result) in found { results[method, default: [:]][result, default: 0] += 1 }
        }

        mutating func add(_ other: Period) {
            messages += other.messages
            for (method, counts) in other.results { results[method, default: [:]].merge(counts, uniquingKeysWith: +) }
        }
    }

    package private(set) var unit = Unit.day
    /// By `2023-11-14`, `2023-11` or `2023`.
    package private(set) var periods: [String: Period] = [:]
    /// Messages of which it is not known when they came.
    package private(set) var undated = Period()

    /// Periods that are told apart; years that are more than these count as not known.
    private static let limit = 400

    init() {}

    /// - Parameter day: `2023-11-14`.
    mutating func count(_ results: [(method: String, result: String)], on day: String?) {
        guard let day else { return undated.count(results) }
        periods[unit.period(day), default: Period()].count(results)
        while periods.count > Self.limit, let coarser = Unit(rawValue: unit.rawValue + 1) {
            unit = coarser
            let finer = periods
            periods = [:]
            for (period, content) in finer { periods[unit.period(period), default: Period()].add(content) }
        }
        if periods.count > Self.limit, let last = periods.keys.max(), let content = periods.removeValue(forKey: last) {
            undated.add(content)
        }
    }

    /// All periods together.
    var total: Period {
        var total = undated
        for period in periods.values { total.add(period) }
        return total
    }

    /// Every count in it.
    var counts: [Int] {
        (Array(periods.values) + [undated]).flatMap { [$0.messages] + $0.results.values.flatMap(\.values) }
    }
}
