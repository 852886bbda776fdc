internal import NIOCore

/// The connections of one event loop, and their clock: one timer for all of them, so that a message costs none. It
/// goes on for a while after the last of them, so that an MTA that makes a connection for each message costs none
/// either.
final class LoopConnections {
    private static let tickInterval = TimeAmount.seconds(1)
    /// After how many ticks memory is given back if there is some, and after how many without a connection.
    private static let trimInterval = 30
    private static let idleLimit = 3

    private let eventLoop: any EventLoop
    private var connections: [ObjectIdentifier: FilterConnection] = [:]
    private var clock: Scheduled<Void>?
    private var ticks = 0
    /// Ticks since there was a connection.
    private var idleTicks = 0
    private var drained: EventLoopPromise<Void>?
    private var deadline: Scheduled<Void>?

    init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    var isDraining: Bool { drained != nil }

    func add(_ connection: FilterConnection) {
        connections[ObjectIdentifier(connection)] = connection
        idleTicks = 0
        if clock == nil { wind() }
    }

    func remove(_ connection: FilterConnection) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty { finishDraining() }
    }

    private func wind() {
        clock = eventLoop.assumeIsolated().scheduleTask(in: Self.tickInterval) { self.tick() }
    }

    private func tick() {
        let now = NIODeadline.now()
        for connection in connections.values { connection.tick(now) }
        ticks += 1
        idleTicks = connections.isEmpty ? idleTicks + 1 : 0
        let isIdle = idleTicks >= Self.idleLimit
        if isIdle || ticks.isMultiple(of: Self.trimInterval) { LibCMemory.giveBack() }
        if isIdle { clock = nil } else { wind() }
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
        guard let drained else { return }
        clock?.cancel()
        deadline?.cancel()
        drained.succeed()
    }
}
