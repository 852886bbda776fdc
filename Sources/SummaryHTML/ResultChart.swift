internal import Files
internal import Summaries

/// The results of one method over time: bars in a drawing (SVG), one part for each result.
struct ResultChart {
    let method: String
    let legend: [Entry]
    let bars: [Bar]
    /// The height of the highest bar, in results.
    let top: String
    let unit: String
    let firstLabel: String
    let lastLabel: String
    let width = 640
    let height = 110

    struct Entry {
        let result: String
        let count: String
        let style: String
    }

    struct Bar {
        let x: String
        let y: String
        let width: String
        let height: String
        let style: String
        let title: String
    }

    /// The part of its room that a bar takes.
    private static let fullness = 0.85

    /// From the base line up; other words come after these.
    private static let order = [
        "pass", "neutral", "none", "policy", "softfail", "temperror", "permerror", "hardfail", "fail",
    ]

    /// Nil for a method that has no result in time.
    init?(_ method: String, _ timeline: Timeline, _ axis: PeriodAxis) {
        var counts: [String: [String: Int]] = [:]
        var totals: [String: Int] = [:]
        for (period, content) in timeline.periods {
            for (result, count) in content.results[method] ?? [:] {
                counts[axis.unit.period(period), default: [:]][result, default: 0] += count
                totals[result, default: 0] += count
            }
        }
        guard !totals.isEmpty, let first = axis.periods.first, let last = axis.periods.last else { return nil }
        self.method = method
        unit = axis.unit.name
        (firstLabel, lastLabel) = (first, first == last ? "" : last)
        let highest = axis.periods.map { counts[$0]?.values.reduce(0, +) ?? 0 }.max() ?? 0
        top = highest.grouped
        legend = totals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { Entry(result: $0.key, count: $0.value.grouped, style: Self.style(of: $0.key)) }
        let results = totals.keys.sorted { (Self.rank($0), $0) < (Self.rank($1), $1) }
        let room = Double(width) / Double(axis.periods.count)
        let scale = Double(height) / Double(max(highest, 1))
        var bars: [Bar] = []
        for (number, period) in axis.periods.enumerated() {
            var y = Double(height)
            for result in results {
                guard let count = counts[period]?[result], count > 0 else { continue }
                // One message in a thousand is seen too.
                let height = max(Double(count) * scale, 1)
                y -= height
                bars.append(
                    Bar(
                        x: Self.decimal((Double(number) + (1 - Self.fullness) / 2) * room),
                        y: Self.decimal(max(y, 0)),
                        width: Self.decimal(max(room * Self.fullness, 0.5)),
                        height: Self.decimal(height),
                        style: Self.style(of: result),
                        title: "\(period): \(result) \(count.grouped)"
                    )
                )
            }
        }
        self.bars = bars
    }

    private static func rank(_ result: String) -> Int {
        order.firstIndex(of: result) ?? order.count
    }

    private static func style(of result: String) -> String {
        switch result {
        case "pass", "fail", "softfail", "neutral", "none", "temperror", "permerror": result
        case "hardfail": "fail"
        default: "other"
        }
    }

    private static func decimal(_ number: Double) -> String {
        "\((number * 10).rounded() / 10)"
    }
}
