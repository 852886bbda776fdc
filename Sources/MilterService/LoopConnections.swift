internal import NIOCore

/// The connections of one event loop, and their clock: one timer for all of them, so that a message costs none.
final class LoopConnections {
    private static let tickInterval = TimeAmount.seconds(1)
    /// How often it is looked whether there is memory to give back, and how long after the last connection.
    private static let trimInterval = 30
    private static let trimDelay = TimeAmount.seconds(3)

    private let eventLoop: any EventLoop
    private var connections: [ObjectIdentifier: FilterConnection] = [:]
    private var clock: Scheduled<Void>?
    private var ticks = 0
    private var drained: EventLoopPromise<Void>?
    private var deadline: Scheduled<Void>?

    init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    var isDraining: Bool { drained != nil }

    func add(_ connection: FilterConnection) {
        connections[ObjectIdentifier(connection)] = connection
        if clock == nil { wind() }
    }

    func remove(_ connection: FilterConnection) {
        connections[ObjectIdentifier(connection)] = nil
        guard connections.isEmpty else { return }
        clock?.cancel()
        clock = nil
        _ = eventLoop.assumeIsolated().scheduleTask(in: Self.trimDelay) {
            if self.connections.isEmpty { LibCMemory.giveBack() }
        }
        finishDraining()
    }

    private func wind() {
        clock = eventLoop.assumeIsolated().scheduleTask(in: Self.tickInterval) {
            self.wind()
            let now = NIODeadline.now()
            for connection in self.connections.values { connection.tick(now) }
            self.ticks += 1
            if self.ticks.isMultiple(of: Self.trimInterval) { LibCMemory.giveBack() }
        }
    }

    /// Closes idle connections at once, the others when their message is answered, and all that are left when the
    /// time is up.
    func drain(within grace: TimeAmount) -> EventLoopFuture<Void> {
        if let drained { return drained.futureResult }
        let drained = eventLoop.makePromise(of: Void.self)
        self.drained = drained
        for connection in connections.values { connection.drain() }
        if connections.isEmpty {
            finishDraining()
        } else {
            deadline = eventLoop.assumeIsolated().scheduleTask(in: grace) {
                for connection in self.connections.values { connection.close() }
            }
        }
        return drained.futureResult
    }

    private func finishDraining() {
        deadline?.cancel()
        drained?.succeed()
    }
}
