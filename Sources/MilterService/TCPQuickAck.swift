internal import Milter
internal import NIOCore

/// Makes the kernel acknowledge TCP data at once.
///
/// Postfix sends command after command, each in a segment that waits until the one before is acknowledged (Nagle).
/// Most of them get no reply that would carry the acknowledgement, and the kernel, once it has seen one, waits 40 ms
/// for another.
final class TCPQuickAck: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private static let option = NIOBSDSocket.Option(rawValue: LibCSockets.quickAcknowledgement)

    func flush(context: ChannelHandlerContext) {
        context.flush()
        // Each reply ends it (tcp(7)), so it is asked for again.
        try? context.channel.syncOptions?.setOption(.tcpOption(Self.option), value: 1)
    }
}
