/// What tells the series of one family apart: a type with a bounded number of values. Nothing that a sender chooses is ever
/// a label, or the series would be without number.
package protocol MetricLabels: Hashable, Sendable, CaseIterable {
    var labels: [MetricFamily.Label] { get }
}

/// One label, whose values are words.
package protocol MetricWord: MetricLabels, RawRepresentable<String> {
    static var labelName: String { get }
}

extension MetricWord {
    package var labels: [MetricFamily.Label] { [MetricFamily.Label(Self.labelName, rawValue)] }
}
