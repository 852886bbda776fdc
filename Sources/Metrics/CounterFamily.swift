/// Counters of one name, one for each value of the labels. All are there from the start: a rate is known from the first
/// event on.
package struct CounterFamily<Labels: MetricLabels>: Sendable {
    private let name: String
    private let help: String
    @usableFromInline let counters: [Labels: Counter]

    package init(_ name: String, _ help: String) {
        self.name = name
        self.help = help
        counters = Dictionary(uniqueKeysWithValues: Labels.allCases.map { ($0, Counter()) })
    }

    /// Inlinable, so that the labels are looked up by code for their own type.
    @inlinable
    package func add(_ labels: Labels, _ count: Int = 1) {
        counters[labels]?.add(count)
    }

    package func value(_ labels: Labels) -> Int {
        counters[labels]?.value ?? 0
    }

    package var family: MetricFamily {
        MetricFamily(
            name,
            .counter,
            help,
            Labels.allCases.map { MetricFamily.Sample(Double(value($0)), $0.labels) }
        )
    }
}
