import NIOCore
import NIOEmbedded
import TestSupport

@testable import Milter
@testable import MilterService

/// Gives octets to a connection in random pieces, until it closes or they end.
enum ChoppedRun {
    static func run(_ octets: [UInt8], _ random: inout SplitMix64) {
        let channel = EmbeddedChannel()
        let filter = RecordingFilter(on: channel.eventLoop)
        let connection = FilterConnection(ServerConfiguration(), filter: filter) { _ in }
        guard
            (try? channel.pipeline.syncOperations.addHandler(connection)) != nil,
            let address = try? SocketAddress(unixDomainSocketPath: "/x")
        else { return }
        _ = channel.connect(to: address)
        var rest = octets[...]
        while !rest.isEmpty, channel.isActive {
            let piece = rest.prefix(Int.random(in: 1...200, using: &random))
            rest = rest.dropFirst(piece.count)
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
            channel.pipeline.fireChannelReadComplete()
        }
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.run()
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }
}
