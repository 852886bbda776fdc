internal import Mail
internal import Summaries

/// The periods along a chart: days, months or years, with those in between in which nothing came.
struct PeriodAxis {
    let unit: Timeline.Unit
    let periods: [String]

    /// Bars that can be told from each other.
    private static let limit = 130

    init(_ timeline: Timeline) {
        (unit, periods) = Self.finest(timeline)
    }

    /// The finest unit whose bars are not too many; of more years than that, the last ones.
    private static func finest(_ timeline: Timeline) -> (Timeline.Unit, [String]) {
        var known: [String] = []
        for unit in Timeline.Unit.allCases where unit.rawValue >= timeline.unit.rawValue {
            known = Set(timeline.periods.keys.map(unit.period)).sorted()
            guard let first = known.first, let last = known.last else { break }
            if let all = all(from: first, to: last, by: unit) { return (unit, all) }
        }
        return (.year, known.suffix(limit))
    }

    /// Nil if there are more than a chart has room for.
    private static func all(from first: String, to last: String, by unit: Timeline.Unit) -> [String]? {
        var periods: [String] = []
        var next: String? = first
        while let period = next, period <= last {
            guard periods.count < limit else { return nil }
            periods.append(period)
            next = following(period, unit)
        }
        return periods
    }

    private static func following(_ period: String, _ unit: Timeline.Unit) -> String? {
        let numbers = period.split(separator: "-").compactMap { Int($0) }
        guard numbers.count == unit.numbers else { return nil }
        let (year, month) = (numbers[0], numbers.count > 1 ? numbers[1] : 12)
        let day = numbers.count > 2 ? numbers[2] : 31
        let (days, ofNext): (Int, (Int, Int)) =
            switch unit {
            case .day: (1, (month, day))
            case .month: (0, (month == 12 ? 1 : month + 1, 1))
            case .year: (0, (1, 1))
            }
        let nextYear = unit == .year || (unit == .month && month == 12) ? year + 1 : year
        let start = DateTime(year: nextYear, month: ofNext.0, day: ofNext.1, hour: 0, minute: 0, second: 0, offset: 0)
        guard let start else { return nil }
        let next = DateTime(secondsSince1970: start.secondsSince1970 + Int64(days) * 86_400)
        return unit.period(next.text)
    }
}
