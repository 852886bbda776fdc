import NIOCore
import NIOEmbedded
import Testing

@testable import Milter
@testable import MilterService

struct ResponseTests {
    private static let replies: [(code: Int, enhancedCode: String?, lines: [String], expected: String?)] = [
        (550, "5.7.1", ["no"], "550 5.7.1 no"), (451, nil, ["later"], "451 later"), (550, nil, [], "550 "),
        (550, "5.7.23", ["one", "two"], "550-5.7.23 one\r\n550 5.7.23 two"), (550, nil, ["50% x %s"], "550 50%% x %%s"),
        (550, nil, ["a\r\n250 b\u{0}\u{7F}"], "550 a250 b"),
        (250, nil, ["ok"], nil), (600, nil, ["x"], nil), (550, "4.7.1", ["x"], nil), (550, "5.7", ["x"], nil),
        (550, "5.7.", ["x"], nil), (550, "5.7.1234", ["x"], nil), (550, "5.x.1", ["x"], nil),
    ]

    @Test(arguments: replies.indices)
    func `a reply is written as SMTP and its MTA want it`(_ index: Int) {
        let (code, enhancedCode, lines, expected) = Self.replies[index]
        let reply = SMTPReply(code: code, enhancedCode: enhancedCode, lines: lines)
        #expect(reply.map { String(decoding: $0.octets, as: UTF8.self) } == expected)
    }

    @Test(arguments: [("550 50%% x %%s", "550 50% x %s"), ("550 100%%%%", "550 100%%"), ("550 50% x", "550 50 x")])
    func `the MTA tells its client one percent sign for two`(_ wire: String, _ told: String) {
        #expect(String(decoding: SMTPReply.told(Array(wire.utf8)), as: UTF8.self) == told)
    }

    /// Counts how often more is asked for.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var reads = 0

        func read(context: ChannelHandlerContext) {
            reads += 1
            context.read()
        }
    }

    @Test func `no more is read while the MTA does not take our replies, or an answer is owed`() throws {
        let channel = EmbeddedChannel()
        let filter = RecordingFilter(on: channel.eventLoop)
        filter.holdsAnswer = true
        let counter = ReadCounter()
        let connection = FilterConnection(ServerConfiguration(), filter: filter) { _ in }
        try channel.pipeline.syncOperations.addHandlers(counter, connection)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        counter.reads = 0

        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.read()
        #expect(counter.reads == 0)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(counter.reads == 1)

        var octets = ByteBuffer()
        for command in [
            .negotiate(.fullOffer), .connect(SMTPClient(hostname: [], origin: .unknown)), .mail(EnvelopeAddress([])),
            .endOfHeader, .endOfMessage(ByteBuffer()),
        ] as [Command] {
            command.write(to: &octets)
        }
        channel.pipeline.fireChannelRead(octets)
        channel.pipeline.fireChannelReadComplete()
        channel.read()
        #expect(counter.reads == 1)
        filter.pending?.succeed(MessageReply(response: .continue))
        channel.embeddedEventLoop.run()
        #expect(counter.reads == 2)
        _ = try? channel.finish()
    }
}
