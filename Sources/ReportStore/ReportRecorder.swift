package import AggregateReports
internal import Dispatch
internal import Synchronization

/// Takes observations from event loops and writes them in batches, on another thread. Recording never waits:
/// observations for which there is no room, or that the disk does not accept, are lost to the reports, and counted.
package final class ReportRecorder: Sendable {
    /// Events for a log.
    package enum Notice: Sendable, CustomStringConvertible {
        /// Messages that reports will not include, and why.
        case lost(Int, String)

        package var description: String {
            switch self {
            case .lost(let count, let reason): "reports: \(count) messages are not recorded: \(reason)"
            }
        }
    }

    private struct Pending {
        var observed: [Observation: Int] = [:]
        var overflow = 0
        var isClosed = false
    }

    private let pending = Mutex(Pending())
    private let database: Mutex<ReportDatabase?> = Mutex(nil)
    private let path: String
    private let limits: ReportDatabase.Limits
    private let interval: DispatchTimeInterval
    private let clock: @Sendable () -> Int64
    private let notify: @Sendable (Notice) -> Void
    private let queue = DispatchQueue(label: "authres.reports")

    /// Different observations that are held; if the disk is slow, the others are only counted.
    package static let capacity = 20_000

    /// - Parameters:
    ///   - path: the path of the database. It is opened when there is something to write, and again after a failure.
    ///   - interval: seconds between batches.
    ///   - clock: seconds since 1970.
    package init(
        path: String,
        limits: ReportDatabase.Limits = .init(),
        every interval: Int = 5,
        clock: @escaping @Sendable () -> Int64,
        notify: @escaping @Sendable (Notice) -> Void
    ) {
        self.path = path
        self.limits = limits
        self.interval = .seconds(interval)
        self.clock = clock
        self.notify = notify
        schedule()
    }

    package func record(_ observation: Observation) {
        pending.withLock { pending in
            if pending.observed[observation] == nil, pending.observed.count >= Self.capacity {
                pending.overflow += 1
            } else {
                pending.observed[observation, default: 0] += 1
            }
        }
    }

    /// Writes the remaining observations, and ends.
    package func close() {
        pending.withLock { $0.isClosed = true }
        queue.sync { flush() }
    }

    /// Writes the observations within a minute, for a recorder that has been replaced: messages in flight still add
    /// to it.
    package func retire() {
        queue.asyncAfter(deadline: .now() + .seconds(60)) { self.flush() }
    }

    private func schedule() {
        queue.asyncAfter(deadline: .now() + interval) { [weak self] in
            guard let self, !self.pending.withLock({ $0.isClosed }) else { return }
            self.flush()
            self.schedule()
        }
    }

    private func flush() {
        let (observed, overflow) = pending.withLock { pending in
            defer { (pending.observed, pending.overflow) = ([:], 0) }
            return (pending.observed, pending.overflow)
        }
        guard !observed.isEmpty || overflow > 0 else { return }
        if overflow > 0 { notify(.lost(overflow, "they came faster than they could be written")) }
        do {
            let database = try open()
            let dropped = try database.add(observed, at: clock())
            if dropped > 0 { notify(.lost(dropped, "the database has reached its limit of rows")) }
            if overflow > 0 { try database.addLost(overflow) }
        } catch {
            database.withLock { $0 = nil }
            notify(.lost(observed.values.reduce(0, +), "\(path): \(error)"))
        }
    }

    private func open() throws -> ReportDatabase {
        try database.withLock { open in
            if let open { return open }
            let database = try ReportDatabase(path: path, limits: limits)
            open = database
            return database
        }
    }
}
