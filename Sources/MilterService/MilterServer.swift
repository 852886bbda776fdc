package import Milter
package import NIOCore
internal import NIOPosix
internal import Synchronization

/// Listens for MTAs and gives each connection its own filter.
package final class MilterServer: Sendable {
    /// One for each event loop, all for the same socket.
    private let listeners: [any Channel]
    private let loops: [ServingLoop]
    /// The file to remove when the server ends; nil for all but Unix sockets.
    private let socketFile: SocketFile?

    /// Descriptors that are needed in addition to those of the connections: event loops, the log, name servers.
    private static let otherDescriptors = 256
    /// Twenty are in use on a machine of two cores before a connection comes.
    private static let leastDescriptors = 32

    /// The port on which the server listens; nil for a Unix socket.
    package var port: Int? { listeners[0].localAddress?.port }

    /// Fulfilled when the server accepts no more connections, for whatever reason.
    package var listenerClosed: EventLoopFuture<Void> { listeners[0].closeFuture }

    private init(listeners: [any Channel], loops: [ServingLoop], socketFile: SocketFile?) {
        self.listeners = listeners
        self.loops = loops
        self.socketFile = socketFile
    }

    /// Raises RLIMIT_NOFILE to what `count` connections need, up to the hard limit. Call it before the event loops
    /// are made: without descriptors they end the process.
    ///
    /// - Returns: The limit in force if it is lower than that; nil if there are enough descriptors.
    /// - Throws: ``EndpointError/tooFewDescriptors(_:)`` if there are not enough to begin.
    package static func allowDescriptors(forConnections count: Int) throws(EndpointError) -> Int? {
        let wanted = count + Self.otherDescriptors
        let allowed = LibCSockets.allowDescriptors(wanted)
        guard allowed >= Self.leastDescriptors else { throw .tooFewDescriptors(allowed) }
        return allowed < wanted ? allowed : nil
    }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - group: The event loops that serve the connections.
    ///   - notify: Called on any of them for what should be logged.
    ///   - makeFilter: Called once for each connection, on the event loop that serves it.
    /// - Throws: ``EndpointError`` if the server cannot listen there.
    package static func start(
        at endpoint: Endpoint,
        access: SocketAccess = SocketAccess(),
        configuration: ServerConfiguration = ServerConfiguration(),
        on group: any EventLoopGroup,
        notify: @escaping @Sendable (ServerNotice) -> Void,
        makeFilter: @escaping @Sendable (any EventLoop) -> any MailFilter
    ) async throws -> MilterServer {
        var loops: [ServingLoop] = []
        for eventLoop in group.makeIterator() { loops.append(try await ServingLoop(on: eventLoop)) }
        let count = ConnectionCount(limit: configuration.connectionLimit)
        let refusals = RepeatedNotice<Void>(every: configuration.refusalInterval) { refused, _ in
            notify(ServerNotice(.tooManyConnections(limit: count.limit, refused: refused)))
        }
        let socket = try ListeningSocket(at: endpoint, access: access)
        var listeners: [any Channel] = []
        do {
            for loop in loops {
                let bootstrap = ServerBootstrap(group: loop.eventLoop)
                    // Asking again for what is not there costs a call for each connection.
                    .serverChannelOption(.maxMessagesPerRead, value: 1)
                    .serverChannelInitializer { [loops] channel in
                        channel.eventLoop.makeCompletedFuture {
                            let pause = AcceptBackoff(tellingEvery: configuration.refusalInterval, notify: notify)
                            let turn = AcceptTurn(of: loop, among: loops)
                            try channel.pipeline.syncOperations.addHandlers(pause, turn)
                        }
                    }
                    .childChannelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            guard !loop.connections.value.isDraining else { throw ChannelError.ioOnClosedChannel }
                            guard count.add() else {
                                refusals.note((), on: channel.eventLoop)
                                throw ChannelError.ioOnClosedChannel
                            }
                            channel.closeFuture.whenComplete { _ in count.remove() }
                            let filter = makeFilter(channel.eventLoop)
                            let connection = FilterConnection(configuration, filter: filter, notify: notify)
                            try loop.serve(connection, on: channel)
                        }
                    }
                let channel = try await loop.listen(on: try socket.copy(), with: bootstrap)
                channel.closeFuture.whenComplete { [first = listeners.first] _ in first?.close(promise: nil) }
                listeners.append(channel)
            }
        } catch {
            for listener in listeners { listener.close(promise: nil) }
            throw error
        }
        socket.deepenBacklog()
        loops[0].takeTurn()
        return MilterServer(listeners: listeners, loops: loops, socketFile: socket.file)
    }

    /// Accepts no more connections, closes those that are between messages, and the others when their message is
    /// answered; returns when all are closed.
    ///
    /// - Parameter grace: After this time the remaining connections are closed too; their MTAs defer the messages.
    package func shutDown(within grace: TimeAmount) async {
        socketFile?.remove()
        for listener in listeners { try? await listener.close().get() }
        for loop in loops {
            // A connection that is just being accepted is refused as soon as its loop knows.
            loop.eventLoop.execute { _ = loop.connections.value.drain(within: grace) }
        }
        for loop in loops {
            _ = try? await loop.eventLoop.flatSubmit { loop.connections.value.drain(within: grace) }.get()
        }
    }
}

/// Counts the connections of all event loops.
private final class ConnectionCount: Sendable {
    let limit: Int
    private let count = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: False if the limit is already reached.
    func add() -> Bool {
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            remove()
            return false
        }
        return true
    }

    func remove() {
        count.subtract(1, ordering: .relaxed)
    }
}
