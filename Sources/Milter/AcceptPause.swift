internal import NIOCore
internal import NIOPosix

/// Accepts nothing for a while after a connection could not be accepted, for lack of descriptors as a rule, and tells
/// of it once.
///
/// NIO's `AcceptBackoffHandler` waits before it reads again, but NIO 2.101 goes on to poll for what it does not read:
/// the error comes back at once, a hundred thousand times in a few seconds.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let length: TimeAmount
    private let notify: @Sendable (ServerNotice) -> Void

    init(_ length: TimeAmount = .seconds(1), notify: @escaping @Sendable (ServerNotice) -> Void) {
        self.length = length
        self.notify = notify
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What is closed by us comes here too, and a client that has gone before it was accepted is nobody's loss.
        guard let error = error as? IOError, error.errnoCode != LibCSockets.connectionAborted else { return }
        notify(ServerNotice(.acceptFailed(error)))
        let channel = context.channel
        let length = length
        channel.setOption(.autoRead, value: false)
            .flatMap { channel.eventLoop.scheduleTask(in: length) {}.futureResult }
            .flatMap { channel.setOption(.autoRead, value: true) }
            // With a read of its own: to NIO the one that failed is still pending.
            .whenSuccess { channel.read() }
    }
}
