internal import Synchronization

/// A number that only grows. Any thread may count.
package final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    package init() {}

    package func add(_ count: Int = 1) {
        number.add(count, ordering: .relaxed)
    }

    package var value: Int { number.load(ordering: .relaxed) }
}

/// How many of something there are now.
package final class Level: Sendable {
    private let number = Atomic<Int>(0)

    package init() {}

    package func rise() {
        number.add(1, ordering: .relaxed)
    }

    package func fall() {
        number.subtract(1, ordering: .relaxed)
    }

    package var value: Int { number.load(ordering: .relaxed) }
}
