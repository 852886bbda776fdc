package import Milter
package import NIOCore
internal import NIOPosix
internal import Synchronization

/// Listens for MTAs and gives each connection its own filter.
package final class MilterServer: Sendable {
    private let listener: any Channel
    private let loops: [NIOLoopBound<LoopConnections>]
    /// The file to remove when the server ends; nil for all but Unix sockets.
    private let socketFile: SocketFile?

    /// Descriptors that are needed in addition to those of the connections: event loops, the log, name servers.
    private static let otherDescriptors = 256
    /// Twenty are in use on a machine of two cores before a connection comes.
    private static let leastDescriptors = 32

    /// The port on which the server listens; nil for a Unix socket.
    package var port: Int? { listener.localAddress?.port }

    /// Fulfilled when the server accepts no more connections, for whatever reason.
    package var listenerClosed: EventLoopFuture<Void> { listener.closeFuture }

    private init(
        listener: any Channel,
        loops: [NIOLoopBound<LoopConnections>],
        socketFile: SocketFile?
    ) {
        self.listener = listener
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
        var connections: [ObjectIdentifier: NIOLoopBound<LoopConnections>] = [:]
        for loop in group.makeIterator() {
            let bound = try await loop.submit { NIOLoopBound(LoopConnections(on: loop), eventLoop: loop) }.get()
            connections[ObjectIdentifier(loop)] = bound
        }
        let loops = connections
        let count = ConnectionCount(limit: configuration.connectionLimit)
        let refusals = RepeatedNotice<Void>(every: configuration.refusalInterval) { refused, _ in
            notify(ServerNotice(.tooManyConnections(limit: count.limit, refused: refused)))
        }
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Asking again for what is not there costs a call for each connection.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pause = AcceptBackoff(tellingEvery: configuration.refusalInterval, notify: notify)
                    try channel.pipeline.syncOperations.addHandler(pause)
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let connections = loops[ObjectIdentifier(channel.eventLoop)]?.value, !connections.isDraining
                    else { throw ChannelError.ioOnClosedChannel }
                    guard count.add() else {
                        refusals.note((), on: channel.eventLoop)
                        throw ChannelError.ioOnClosedChannel
                    }
                    channel.closeFuture.whenComplete { _ in count.remove() }
                    let options = channel.syncOptions
                    try options?.setOption(.maxMessagesPerRead, value: 1)
                    try options?.setOption(.recvAllocator, value: ReceiveBufferAllocator())
                    // An MTA that has sent everything and waits for the answer still gets it.
                    try options?.setOption(.allowRemoteHalfClosure, value: true)
                    let connection = FilterConnection(
                        configuration,
                        filter: makeFilter(channel.eventLoop),
                        notify: notify
                    )
                    switch channel.parent?.localAddress {
                    case .v4, .v6: try channel.pipeline.syncOperations.addHandler(TCPQuickAck())
                    case .unixDomainSocket, nil: break
                    }
                    try channel.pipeline.syncOperations.addHandler(connection)
                    connections.add(connection)
                    channel.closeFuture.assumeIsolated().whenComplete { _ in connections.remove(connection) }
                }
            }
        let (listener, socketFile) = try await bootstrap.listen(at: endpoint, access: access)
        return MilterServer(listener: listener, loops: Array(loops.values), socketFile: socketFile)
    }

    /// Accepts no more connections, closes those that are between messages, and the others when their message is
    /// answered; returns when all are closed.
    ///
    /// - Parameter grace: After this time the remaining connections are closed too; their MTAs defer the messages.
    package func shutDown(within grace: TimeAmount) async {
        socketFile?.remove()
        try? await listener.close().get()
        for loop in loops {
            // A connection that is just being accepted is refused as soon as its loop knows.
            loop.eventLoop.execute { _ = loop.value.drain(within: grace) }
        }
        for loop in loops {
            _ = try? await loop.eventLoop.flatSubmit { loop.value.drain(within: grace) }.get()
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
