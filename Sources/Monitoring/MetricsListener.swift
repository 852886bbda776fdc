package import Milter
internal import MilterService
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// Serves pages by HTTP to Prometheus, to a load balancer and to `authres status`. Meant for this host: there is no login.
package final class MetricsListener: Sendable {
    private let channel: any Channel
    private let socketFile: SocketFile?

    /// Those who watch are few; what comes beyond is closed, so that the descriptors are left to mail.
    private static let connectionLimit = 16
    private static let idleTime = TimeAmount.seconds(60)

    /// - Parameter page: what is at a path; nil for nothing. It may take its time.
    /// - Throws: ``EndpointError`` if it cannot be listened there.
    package static func start(
        at endpoint: Endpoint,
        access: SocketAccess,
        on group: any EventLoopGroup,
        page: @escaping @Sendable (_ path: String) async -> MetricsPage?
    ) async throws -> MetricsListener {
        let open = OpenCount()
        let bootstrap = ServerBootstrap(group: group)
            // A client may end its half of the connection with its request (RFC 9112, 9.6), as `nc -N` does.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard open.enter(limit: connectionLimit) else { throw ChannelError.ioOnClosedChannel }
                    channel.closeFuture.whenComplete { _ in open.leave() }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: idleTime))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(RequestHandler(page))
                }
            }
        let socket = try ListeningSocket(at: endpoint, access: access)
        let channel = try await bootstrap.withBoundSocket(try socket.copy()).get()
        return MetricsListener(channel: channel, socketFile: socket.file)
    }

    private init(channel: any Channel, socketFile: SocketFile?) {
        self.channel = channel
        self.socketFile = socketFile
    }

    package func close() async {
        socketFile?.remove()
        try? await channel.close().get()
    }
}

private final class OpenCount: Sendable {
    private let count = Atomic<Int>(0)

    func enter(limit: Int) -> Bool {
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            leave()
            return false
        }
        return true
    }

    func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}

/// Answers the requests of one connection, one after the other.
private final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let page: @Sendable (String) async -> MetricsPage?
    private var head: HTTPRequestHead?
    private var isAnswering = false
    /// The client sends nothing more.
    private var isLast = false

    init(_ page: @escaping @Sendable (String) async -> MetricsPage?) {
        self.page = page
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end: if let head { answer(head, context) }
        }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard [.GET, .HEAD].contains(head.method) else {
            let page = MetricsPage(.methodNotAllowed, contentType: "text/plain", body: "GET and HEAD only\n")
            return write(page, to: head, context)
        }
        let path = String(head.uri.prefix { $0 != "?" })
        let page = page
        isAnswering = true
        context.eventLoop.makeFutureWithTask { await page(path) }.assumeIsolated().whenSuccess { found in
            let missing = MetricsPage(.notFound, contentType: "text/plain", body: "see /metrics and /healthz\n")
            self.write(found ?? missing, to: head, context)
        }
    }

    private func write(_ page: MetricsPage, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        isAnswering = false
        guard context.channel.isActive else { return }
        let isKeptAlive = head.isKeepAlive && !isLast
        let body = ByteBuffer(string: page.body)
        var response = HTTPResponseHead(version: head.version, status: page.status)
        response.headers.add(name: "Content-Type", value: page.contentType)
        response.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        response.headers.add(name: "Connection", value: isKeptAlive ? "keep-alive" : "close")
        context.write(Self.wrapOutboundOut(.head(response)), promise: nil)
        if head.method != .HEAD { context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let written = context.writeAndFlush(Self.wrapOutboundOut(.end(nil)))
        if !isKeptAlive { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
        if event as? ChannelEvent == .inputClosed {
            isLast = true
            if !isAnswering { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The peer's trouble: what is no HTTP has had its answer (400) already.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
