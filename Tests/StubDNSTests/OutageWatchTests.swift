import Testing

@testable import StubDNS

@Suite struct OutageWatchTests {
    /// What is seen at a second, and what must come of it.
    private struct Step {
        let second: Int
        let areAllSilent: Bool
        var change: OutageWatch.Change?
        var probes = false
    }

    private static func run(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) {
        let start = ContinuousClock.now
        var watch = OutageWatch(delay: .seconds(5))
        for step in steps {
            let now = start + .seconds(step.second)
            #expect(
                watch.note(areAllSilent: step.areAllSilent, at: now) == step.change,
                "at \(step.second)",
                sourceLocation: sourceLocation
            )
            #expect(watch.probeIsDue(at: now) == step.probes, "at \(step.second)", sourceLocation: sourceLocation)
        }
    }

    @Test func `an outage is reported once, and so is its end, with its length`() {
        Self.run([
            Step(second: 0, areAllSilent: false),
            Step(second: 10, areAllSilent: true, probes: true),
            Step(second: 11, areAllSilent: true),
            Step(second: 12, areAllSilent: true, probes: true),
            Step(second: 15, areAllSilent: true, change: .began, probes: true),
            Step(second: 16, areAllSilent: true),
            Step(second: 80, areAllSilent: true, probes: true),
            Step(second: 83, areAllSilent: false, change: .ended(after: .seconds(73))),
            Step(second: 84, areAllSilent: false),
        ])
    }

    @Test func `servers that answer the question of the watch have not gone`() {
        Self.run([
            Step(second: 10, areAllSilent: true, probes: true),
            Step(second: 11, areAllSilent: false),
            // A zone that is dead, again and again.
            Step(second: 14, areAllSilent: true, probes: true),
            Step(second: 15, areAllSilent: false),
            Step(second: 18, areAllSilent: true, probes: true),
            Step(second: 19, areAllSilent: false),
        ])
    }

    @Test func `a second outage is reported again`() {
        Self.run([
            Step(second: 0, areAllSilent: true, probes: true),
            Step(second: 5, areAllSilent: true, change: .began, probes: true),
            Step(second: 6, areAllSilent: false, change: .ended(after: .seconds(6))),
            Step(second: 7, areAllSilent: true, probes: true),
            Step(second: 12, areAllSilent: true, change: .began, probes: true),
        ])
    }
}
