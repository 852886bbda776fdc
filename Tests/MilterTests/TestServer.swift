import Foundation
import Mail
import NIOCore
import NIOPosix
import Synchronization

@testable import Milter
@testable import MilterClient
@testable import MilterService

/// Removes all A-R fields and puts one on top that says how long the body was.
final class CountingFilter: MailFilter {
    /// What the filters of a server have seen.
    final class Log: Sendable {
        let events = Mutex<[String]>([])
        let notices = Mutex<[String]>([])
        /// Answers that are held back until they are released.
        let held = Mutex<[EventLoopPromise<MessageReply>]>([])

        func count(_ event: String) -> Int {
            events.withLock { $0.count { $0 == event } }
        }

        func until(_ condition: (Log) -> Bool) async throws {
            for _ in 0..<12_000 {
                if condition(self) { return }
                try await Task.sleep(for: .milliseconds(5))
            }
            throw Failure()
        }

        struct Failure: Error {}

        func note(_ event: String) {
            events.withLock { $0.append(event) }
        }
    }

    private let eventLoop: any EventLoop
    private let log: Log
    private let holdsAnswers: Bool
    private var removals: [HeaderEdits.Removal] = []
    private var octets = 0
    private var commands = 0
    var wantsBody: Bool

    init(on eventLoop: any EventLoop, _ log: Log, holdsAnswers: Bool, wantsBody: Bool) {
        self.eventLoop = eventLoop
        self.log = log
        self.holdsAnswers = holdsAnswers
        self.wantsBody = wantsBody
    }

    func connect(_ client: SMTPClient, macros: Macros) throws -> Response {
        log.note("connect")
        return .continue
    }

    func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Response {
        removals = []
        octets = 0
        log.note("mail")
        return sender.argument == Array("<bad>".utf8) ? .reject : .continue
    }

    func header(_ field: HeaderField) throws -> Response {
        if field.isNamed("A-R") { removals.append(.init(name: field.name, occurrence: removals.count + 1)) }
        return .continue
    }

    func body(_ octets: ByteBuffer) throws -> Response {
        self.octets += octets.readableBytes
        return .continue
    }

    func endOfMessage(macros: Macros) throws -> EventLoopFuture<MessageReply> {
        let field = HeaderField("A-R", " body=\(octets)\n\tof=us")
        let reply = MessageReply(
            modifications: Modification.modifications(for: HeaderEdits(removals: removals, additions: [field])),
            response: .continue
        )
        log.note("end")
        guard holdsAnswers else { return eventLoop.makeSucceededFuture(reply) }
        let promise = eventLoop.makePromise(of: MessageReply.self)
        log.held.withLock { $0.append(promise) }
        return promise.futureResult.map { _ in reply }
    }

    func abort() { log.note("abort") }
    func disconnect() { log.note("disconnect") }
}

/// A server in a directory of its own, and what it logs.
struct TestServer: Sendable {
    let directory: String
    let endpoint: Endpoint
    let log = CountingFilter.Log()
    let server: MilterServer
    let group = MultiThreadedEventLoopGroup.singleton

    init(
        _ configuration: ServerConfiguration = ServerConfiguration(),
        at endpoint: Endpoint? = nil,
        holdsAnswers: Bool = false,
        wantsBody: Bool = true
    ) async throws {
        directory = NSTemporaryDirectory() + "milter-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let asked = endpoint ?? .unix(path: directory + "/s")
        let log = log
        server = try await MilterServer.start(at: asked, configuration: configuration, on: group) { notice in
            log.notices.withLock { $0.append("\(notice)") }
        } makeFilter: { loop in
            CountingFilter(on: loop, log, holdsAnswers: holdsAnswers, wantsBody: wantsBody)
        }
        switch asked {
        case .inet(let host, _): self.endpoint = .inet(host: host, port: UInt16(server.port ?? 0))
        case .inet6(let host, _): self.endpoint = .inet6(host: host, port: UInt16(server.port ?? 0))
        case .unix, .descriptor: self.endpoint = asked
        }
    }

    func stop(within grace: TimeAmount = .seconds(5)) async {
        await server.shutDown(within: grace)
        try? FileManager.default.removeItem(atPath: directory)
    }

    func client(offer: Negotiation = .fullOffer) async throws -> MilterConnection {
        let client = try await MilterConnection.connect(to: endpoint, offer: offer, timeout: .seconds(120), on: group)
        return client
    }

    static let session = ClientSession(
        client: SMTPClient(hostname: Array("h".utf8), origin: .inet(address: Array("192.0.2.1".utf8), port: 25)),
        helo: Array("client.example".utf8),
        macros: ["i": Array("4ABC".utf8)]
    )

    static func message(sender: String = "<a@b.example>", bodySize: Int = 10) -> ClientMessage {
        ClientMessage(
            sender: EnvelopeAddress(Array(sender.utf8)),
            recipients: [EnvelopeAddress(Array("<u@test.example>".utf8))],
            header: [
                HeaderField("X-Top", " 1"), HeaderField("A-R", " one"), HeaderField("From", " a@b.example"),
                HeaderField("a-r", " two"), HeaderField("Subject", "\n folded"), HeaderField("A-R", "three"),
            ],
            body: Array(repeating: 0x61, count: bodySize)
        )
    }

    static func stored(bodySize: Int) -> [HeaderField] {
        [
            HeaderField("A-R", " body=\(bodySize)\n\tof=us"), HeaderField("Received", " by us"),
            HeaderField("X-Top", " 1"),
            HeaderField("From", " a@b.example"), HeaderField("Subject", "\n folded"),
        ]
    }
}
