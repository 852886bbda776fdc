import NIOCore
import NIOEmbedded
import Testing

@testable import Milter
@testable import MilterService

/// A connection whose server is about to end, without a clock.
@Suite struct DrainTests {
    private static func channel() throws -> (EmbeddedChannel, FilterConnection) {
        let channel = EmbeddedChannel()
        let filter = RecordingFilter(on: channel.eventLoop)
        let connection = FilterConnection(ServerConfiguration(), filter: filter) { _ in }
        try channel.pipeline.syncOperations.addHandler(connection)
        _ = channel.connect(to: try SocketAddress(unixDomainSocketPath: "/x"))
        try channel.receive([.negotiate(.fullOffer), .connect(SMTPClient(hostname: [], origin: .unknown))])
        return (channel, connection)
    }

    @Test func `a message that was in the socket when the server was told to end is served`() throws {
        let (channel, connection) = try Self.channel()
        connection.drain()
        try channel.receive([.mail(EnvelopeAddress([])), .endOfHeader])
        channel.embeddedEventLoop.advanceTime(by: .minutes(1))
        #expect(channel.isActive)
        try channel.receive([.endOfMessage(ByteBuffer())])
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
        var octets: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { octets += part.readableBytesView }
        #expect(octets.suffix(5) == [0, 0, 0, 1, Reply.Code.continue.rawValue])
    }

    @Test func `a connection on which nothing was said is closed`() throws {
        let (channel, connection) = try Self.channel()
        connection.drain()
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }
}

extension EmbeddedChannel {
    fileprivate func receive(_ commands: [Command]) throws {
        var octets = ByteBuffer()
        for command in commands { command.write(to: &octets) }
        pipeline.fireChannelRead(octets)
        pipeline.fireChannelReadComplete()
    }
}
