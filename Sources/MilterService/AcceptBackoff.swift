internal import Milter
internal import NIOCore
internal import NIOPosix

/// Accepts nothing for a while after a connection could not be accepted, usually for lack of descriptors. The pause
/// is short at first, so that a descriptor that becomes free is used at once, and grows as long as none does.
///
/// NIO's `AcceptBackoffHandler` waits before it reads again, but NIO 2.101 continues to poll for what it does not
/// read: the error comes back at once, a hundred thousand times in a few seconds.
final class AcceptBackoff: ChannelInboundHandler {
    typealias InboundIn = any Channel

    static let shortest = TimeAmount.milliseconds(10)
    static let longest = TimeAmount.milliseconds(320)

    private var length = AcceptBackoff.shortest
    private let failures: RepeatedNotice<IOError>

    init(tellingEvery interval: TimeAmount, notify: @escaping @Sendable (ServerNotice) -> Void) {
        failures = RepeatedNotice(every: interval) { times, error in
            notify(ServerNotice(.acceptFailed(error, times: times)))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        length = Self.shortest
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Connections closed by the server come here too, and a client that left before it was accepted is no loss.
        guard let error = error as? IOError, error.errnoCode != LibCSockets.connectionAborted else { return }
        failures.note(error, on: context.eventLoop)
        let channel = context.channel
        let length = length
        self.length = min(length * 2, Self.longest)
        channel.setOption(.autoRead, value: false)
            .flatMap { channel.eventLoop.scheduleTask(in: length) {}.futureResult }
            .flatMap { channel.setOption(.autoRead, value: true) }
            // With a read of its own: to NIO the one that failed is still pending.
            .whenSuccess { channel.read() }
    }
}
