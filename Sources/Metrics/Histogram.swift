/// How long something took, counted by bounds.
package final class Histogram: Sendable {
    private let name: String
    private let help: String
    /// Upper bounds, inclusive and growing, in nanoseconds.
    private let bounds: [Int]
    /// One for each bound, and one for what is above all.
    private let counters: [Counter]
    private let nanoseconds = Counter()

    /// From a tenth of a millisecond to what an MTA waits at most.
    package static let usualBounds: [Duration] = [
        .microseconds(100), .microseconds(250), .microseconds(500), .milliseconds(1), .microseconds(2500),
        .milliseconds(5), .milliseconds(10), .milliseconds(25), .milliseconds(50), .milliseconds(100),
        .milliseconds(250), .milliseconds(500), .seconds(1), .milliseconds(2500), .seconds(5), .seconds(10),
        .seconds(20), .seconds(60), .seconds(300),
    ]

    package init(_ name: String, _ help: String, bounds: [Duration] = Histogram.usualBounds) {
        self.name = name
        self.help = help
        self.bounds = bounds.map(\.wholeNanoseconds)
        counters = (0...bounds.count).map { _ in Counter() }
    }

    package func record(_ duration: Duration) {
        let time = max(duration.wholeNanoseconds, 0)
        counters[bounds.firstIndex { time <= $0 } ?? bounds.count].add()
        nanoseconds.add(time)
    }

    package var family: MetricFamily {
        var sum = 0
        var samples: [MetricFamily.Sample] = []
        for (index, counter) in counters.enumerated() {
            sum += counter.value
            let bound = index < bounds.count ? Exposition.text(of: Double(bounds[index]) / 1e9) : "+Inf"
            samples.append(MetricFamily.Sample(Double(sum), [MetricFamily.Label("le", bound)], suffix: "_bucket"))
        }
        samples.append(MetricFamily.Sample(Double(nanoseconds.value) / 1e9, suffix: "_sum"))
        samples.append(MetricFamily.Sample(Double(sum), suffix: "_count"))
        return MetricFamily(name, .histogram, help, samples)
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int {
        Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
    }
}
