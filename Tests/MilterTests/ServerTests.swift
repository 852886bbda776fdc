import Foundation
import Mail
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Milter
@testable import MilterClient
@testable import MilterService

/// The server on real sockets, with a client that does as Postfix does.
@Suite(.timeLimit(.minutes(1)))
struct ServerTests {
    @Test(arguments: [
        Endpoint?.none, .inet(host: "127.0.0.1", port: 0), .inet(host: "localhost", port: 0),
        .inet6(host: "::1", port: 0),
    ])
    func `several messages go over one connection, edited`(_ endpoint: Endpoint?) async throws {
        let server = try await TestServer(at: endpoint)
        let client = try await server.client()
        #expect(try await client.begin(TestServer.session) == .continue)
        for size in [0, 1, 65_535, 65_536, 1_000_000] {
            let message = TestServer.message(bodySize: size)
            let outcome = try await client.send(message, in: TestServer.session)
            #expect(outcome.verdict == .continue)
            let stored = QueuedMessage(header: message.header, trace: HeaderField("Received", " by us"))
            #expect(stored.applied(outcome).header == TestServer.stored(bodySize: size))
        }
        let refused = try await client.send(TestServer.message(sender: "<bad>"), in: TestServer.session)
        #expect(refused.verdict == .reject)
        #expect(refused.modifications == [])
        try await client.reuse()
        #expect(try await client.begin(TestServer.session) == .continue)
        #expect(try await client.send(TestServer.message(), in: TestServer.session).isDelivered)
        await client.quit()
        await server.stop()
        #expect(server.log.count("connect") == 2)
        #expect(server.log.count("mail") == 7)
        #expect(server.log.count("end") == 6)
        #expect(server.log.count("abort") == 1)
        #expect(server.log.notices.withLock { $0 } == [])
    }

    /// The least that a filter can work with: no stage without a reply, no macro list.
    @Test func `an MTA that offers little is served too`() async throws {
        let server = try await TestServer()
        let client = try await server.client(
            offer: Negotiation(version: 6, actions: [.addHeaders, .changeHeaders], steps: .leadingSpace)
        )
        #expect(try await client.begin(TestServer.session) == .continue)
        let message = TestServer.message(bodySize: 200_000)
        let outcome = try await client.send(message, in: TestServer.session)
        #expect(
            QueuedMessage(header: message.header).applied(outcome).header.first
                == TestServer.stored(bodySize: 200_000)[0]
        )
        await client.quit()
        await server.stop()
    }

    @Test func `an MTA that offers too little is refused`() async throws {
        let server = try await TestServer()
        await #expect(throws: (any Error).self) {
            _ = try await server.client(offer: Negotiation(version: 6, actions: .addHeaders, steps: .leadingSpace))
        }
        await server.stop()
        #expect(server.log.notices.withLock { $0 }.first?.contains("SMFIF_CHGHDRS") == true)
    }

    @Test func `the body is skipped if the filter wants none of it`() async throws {
        var configuration = ServerConfiguration()
        configuration.requirements.answered = .body
        let server = try await TestServer(configuration, wantsBody: false)
        let client = try await server.client()
        _ = try await client.begin(TestServer.session)
        let outcome = try await client.send(TestServer.message(bodySize: 1_000_000), in: TestServer.session)
        #expect(outcome.modifications.last == .insertHeader(index: 0, TestServer.stored(bodySize: 0)[0]))
        await client.quit()
        await server.stop()
    }

    @Test func `five hundred answers are awaited at once`() async throws {
        let server = try await TestServer(holdsAnswers: true)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for _ in 0..<500 {
                tasks.addTask {
                    let client = try await server.client()
                    _ = try await client.begin(TestServer.session)
                    let outcome = try await client.send(TestServer.message(), in: TestServer.session)
                    await client.quit()
                    return outcome.isDelivered
                }
            }
            try? await server.log.until { $0.held.withLock(\.count) == 500 }
            #expect(server.log.held.withLock(\.count) == 500)
            for promise in server.log.held.withLock({ $0 }) {
                promise.succeed(MessageReply(response: .continue))
            }
            for try await isDelivered in tasks { #expect(isDelivered) }
        }
        await server.stop()
    }

    @Test func `a message under way is answered when the server ends, an idle connection is closed`() async throws {
        let server = try await TestServer(holdsAnswers: true)
        let idle = try await server.client()
        _ = try await idle.begin(TestServer.session)
        let busy = try await server.client()
        _ = try await busy.begin(TestServer.session)
        async let outcome = busy.send(TestServer.message(), in: TestServer.session)
        try await server.log.until { $0.held.withLock(\.count) == 1 }

        async let stopped: Void = server.server.shutDown(within: .seconds(20))
        try await server.log.until { $0.count("disconnect") == 1 }
        await #expect(throws: (any Error).self) {
            _ = try await idle.send(TestServer.message(), in: TestServer.session)
        }
        await #expect(throws: (any Error).self) { _ = try await server.client() }
        for promise in server.log.held.withLock({ $0 }) { promise.succeed(MessageReply(response: .continue)) }
        #expect(try await outcome.isDelivered)
        await stopped
        #expect(!FileManager.default.fileExists(atPath: server.directory + "/s"))
        await server.stop()
    }

    @Test func `a message that takes too long does not keep the server from ending`() async throws {
        let server = try await TestServer(holdsAnswers: true)
        let client = try await server.client()
        _ = try await client.begin(TestServer.session)
        let outcome = Task { try await client.send(TestServer.message(), in: TestServer.session) }
        try await server.log.until { $0.held.withLock(\.count) == 1 }
        await server.stop(within: .milliseconds(50))
        await #expect(throws: MilterClientError.closed) { _ = try await outcome.value }
        #expect(server.log.count("abort") == 1)
        for promise in server.log.held.withLock({ $0 }) { promise.succeed(MessageReply(response: .continue)) }
    }

    @Test func `connections beyond the limit are closed, and there is room again when one ends`() async throws {
        var configuration = ServerConfiguration()
        configuration.connectionLimit = 2
        configuration.refusalInterval = .hours(1)
        let server = try await TestServer(configuration)
        let first = try await server.client()
        let second = try await server.client()
        await #expect(throws: (any Error).self) { _ = try await server.client() }
        for _ in 0..<20 {
            await #expect(throws: (any Error).self) { _ = try await server.client() }
        }
        #expect(server.log.notices.withLock { $0 } == ["more than 2 connections, one refused"])
        await second.quit()
        try await server.log.until { $0.count("disconnect") == 1 }
        var third: MilterConnection?
        for _ in 0..<100 where third == nil {
            third = try? await server.client()
            if third == nil { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(third != nil)
        await third?.quit()
        await first.quit()
        await server.stop()
    }

    @Test func `an MTA that goes away in the middle of a message ends the message`() async throws {
        let server = try await TestServer()
        let channel = try await ClientBootstrap(group: server.group)
            .connect(to: try server.endpoint.socketAddress()).get()
        var octets = ByteBuffer()
        for command in [
            .negotiate(.fullOffer), .connect(TestServer.session.client),
            .macros(MacroValues(.mail, [("i", Array("4\nABC".utf8))])), .mail(EnvelopeAddress([])), .endOfHeader,
        ] as [Command] {
            command.write(to: &octets)
        }
        octets.writeBytes([0, 0, 0, 100, 0x42, 0x61])
        try await channel.writeAndFlush(octets)
        try await server.log.until { $0.count("mail") == 1 }
        try await channel.close()
        try await server.log.until { $0.count("disconnect") == 1 }
        #expect(server.log.events.withLock { $0 } == ["connect", "mail", "abort", "disconnect"])
        #expect(
            server.log.notices.withLock { $0 } == [
                #"4\u{a}ABC: client=192.0.2.1: the MTA went away in the middle of a message"#
            ]
        )
        await server.stop()
    }

    @Test func `an MTA that says all at once, in single octets, and shuts its side down is answered`() async throws {
        let server = try await TestServer()
        var octets = ByteBuffer()
        for command in [
            .negotiate(.fullOffer), .connect(SMTPClient(hostname: [], origin: .unknown)), .mail(EnvelopeAddress([])),
            .endOfHeader, .body(ByteBuffer(string: "abc")), .endOfMessage(ByteBuffer()), .abort,
            .mail(EnvelopeAddress([])), .endOfHeader, .endOfMessage(ByteBuffer(string: "defgh")), .quit,
        ] as [Command] {
            command.write(to: &octets)
        }
        let reader = OctetReader()
        let channel = try await ClientBootstrap(group: server.group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { $0.pipeline.addHandler(reader) }
            .connect(to: try server.endpoint.socketAddress()).get()
        for octet in octets.readableBytesView { try await channel.writeAndFlush(ByteBuffer(bytes: [octet])) }
        try? await channel.close(mode: .output)
        try await server.log.until { $0.count("disconnect") == 1 }
        try? await channel.closeFuture.get()
        var input = ByteBuffer(bytes: reader.octets.withLock { $0 })
        let decoder = ReplyDecoder()
        var values: [String] = []
        while let reply = try decoder.next(&input) {
            if case .modification(.insertHeader(0, let field)) = reply {
                values.append(String(decoding: field.value, as: UTF8.self))
            }
        }
        #expect(values == [" body=3\n\tof=us", " body=5\n\tof=us"])
        await server.stop()
    }
}

/// Keeps what it reads.
final class OctetReader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let octets = Mutex<[UInt8]>([])

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = Self.unwrapInboundIn(data)
        octets.withLock { $0 += buffer.readableBytesView }
    }
}
