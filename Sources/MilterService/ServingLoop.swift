internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// An event loop that accepts connections and serves those that it has accepted. From the call that accepts it to its
/// end a connection belongs to one thread: given to another, it would wake that one twice and this one once.
final class ServingLoop: Sendable {
    let eventLoop: any EventLoop
    let connections: NIOLoopBound<LoopConnections>
    private let listener: NIOLoopBoundBox<(any Channel)?>
    /// How many connections it serves.
    private let load = Atomic<Int>(0)

    init(on eventLoop: any EventLoop) async throws {
        self.eventLoop = eventLoop
        connections = try await eventLoop.submit { NIOLoopBound(LoopConnections(on: eventLoop), eventLoop: eventLoop) }
            .get()
        listener = .makeBoxSendingValue(nil, eventLoop: eventLoop)
    }

    /// How many connections it serves now, for any thread; a moment later it may be another number.
    var count: Int { load.load(ordering: .relaxed) }

    /// Begins to read what the channel brings. To be called on the event loop.
    func serve(_ connection: FilterConnection, on channel: any Channel) throws {
        let options = channel.syncOptions
        try options?.setOption(.maxMessagesPerRead, value: 1)
        try options?.setOption(.recvAllocator, value: ReceiveBufferAllocator())
        // An MTA that has sent everything and waits for the answer still gets it.
        try options?.setOption(.allowRemoteHalfClosure, value: true)
        switch channel.parent?.localAddress {
        case .v4, .v6: try channel.pipeline.syncOperations.addHandler(TCPQuickAck())
        case .unixDomainSocket, nil: break
        }
        try channel.pipeline.syncOperations.addHandler(connection)
        load.add(1, ordering: .relaxed)
        connections.value.add(connection)
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.load.subtract(1, ordering: .relaxed)
            self.connections.value.remove(connection)
        }
    }

    /// Listens on the socket, and accepts nothing before it has the turn.
    func listen(on socket: Int32, with bootstrap: ServerBootstrap) async throws -> any Channel {
        let channel = try await bootstrap.serverChannelOption(.autoRead, value: false).withBoundSocket(socket).get()
        eventLoop.execute { self.listener.value = channel }
        return channel
    }

    /// Accepts connections from now on.
    func takeTurn() {
        eventLoop.execute { try? self.listener.value?.syncOptions?.setOption(.autoRead, value: true) }
    }
}

/// Lets one event loop at a time accept connections: a new one wakes one thread instead of all that are idle. A loop
/// passes the turn on when another serves fewer connections, by more than the one that came last.
final class AcceptTurn: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let own: ServingLoop
    private let loops: [ServingLoop]

    /// - Parameter loops: all that accept connections at this endpoint.
    init(of own: ServingLoop, among loops: [ServingLoop]) {
        self.own = own
        self.loops = loops
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        let channel = context.channel
        // Not before the connections that end at this moment have ended: an MTA may begin the next at once.
        context.eventLoop.assumeIsolated().execute { self.passTurn(of: channel) }
    }

    private func passTurn(of channel: any Channel) {
        // A turn is passed once, and not while it waits for descriptors.
        guard (try? channel.syncOptions?.getOption(.autoRead)) == true else { return }
        guard let next = loops.min(by: { $0.count < $1.count }), next.count + 1 < own.count else { return }
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        next.takeTurn()
    }
}
