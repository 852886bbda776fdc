import Foundation
import Mail
import Milter
import MilterService
import NIOCore
import NIOPosix
import Testing

@testable import MilterClient

/// `authres send`: what it tells a filter, and what it makes of the answer.
struct SendTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "send-\(UUID().uuidString.prefix(8))")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ text: String, envelope: String? = nil, flags: SendEnvelope = SendEnvelope()) throws -> SendFile
    {
        let message = folder.appending(path: "message.eml")
        try Data(text.utf8).write(to: message)
        if let envelope { try Data(envelope.utf8).write(to: folder.appending(path: "envelope.json")) }
        return try SendFile(message.path, flags: flags)
    }

    private func text(_ octets: [UInt8]?) -> String? {
        octets.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `flags come before envelope.json, and that before a local client`() throws {
        let file = try file(
            "From: a@b\n\nx\n",
            envelope: """
                {"ip": "192.0.2.7", "helo": "h.example", "mail_from": "<a@b.example>", "rcpt": ["<c@d>", "<e@f>"],
                 "auth": {"authen": "ann", "type": "LOGIN"}, "macros": {"{x}": "1", "j": "mx"}, "unknown": true}
                """,
            flags: SendEnvelope(helo: "flag.example", macros: ["x": "2"])
        )
        #expect(file.session.client.origin == .inet(address: Array("192.0.2.7".utf8), port: 25))
        #expect(text(file.session.client.hostname) == "[192.0.2.7]")
        #expect(text(file.session.helo) == "flag.example")
        #expect(text(file.message.sender.argument) == "<a@b.example>")
        #expect(file.message.recipients.count == 2)
        let macros = file.session.macros.mapValues { text($0) }
        #expect(macros["mail_addr"] == "a@b.example")
        #expect(macros["auth_authen"] == "ann")
        #expect(macros["auth_type"] == "LOGIN")
        #expect(macros["client_addr"] == "192.0.2.7")
        #expect(macros["j"] == "mx")
        #expect(macros["x"] == "2")
    }

    @Test func `without an envelope the client is local, and a hostile sender has no address of its own`() throws {
        let local = try file("\nx\n")
        #expect(text(local.session.client.hostname) == "localhost")
        #expect(text(local.message.sender.argument) == "<>")
        #expect(text(local.session.macros["mail_addr"]) == "")
        let hostile = try file("\nx\n", flags: SendEnvelope(ip: "2001:db8::1", mailFrom: "<a@b(.c>"))
        #expect(hostile.session.macros["mail_addr"] == nil)
        #expect(hostile.session.client.origin == .inet6(address: Array("2001:db8::1".utf8), port: 25))
        #expect(throws: BadEnvelope.self) { _ = try file("\nx\n", envelope: "{") }
    }

    @Test(arguments: ["\n", "\r\n"])
    func `the edits are shown, and made in the file's own line ends`(_ lineEnd: String) throws {
        let lines = ["A-R: forged", "From: a@b", "Subject: x", "\ty", "", "body", ""]
        let file = try file(lines.joined(separator: lineEnd))
        #expect(text(file.message.body) == "body\r\n")
        let edits = HeaderEdits(
            removals: [.init(name: Array("A-R".utf8), occurrence: 1)],
            additions: [HeaderField("A-R", " us;\n\tnone")]
        )
        let outcome = ClientOutcome(
            verdict: .continue,
            modifications: Modification.modifications(for: edits),
            keepsLeadingSpace: true
        )
        #expect(
            EditReport(file: file, outcome: outcome).text
                == "- A-R: forged\n+ A-R: us;\n+ \tnone\nverdict: continue\n"
        )
        let edited = ["A-R: us;", "\tnone"] + lines.dropFirst()
        #expect(text(file.stored(outcome)) == edited.joined(separator: lineEnd))
    }

    @Test func `percentiles are values that were measured`() {
        var result = LoadRun.Result()
        result.latencies = (1...100).shuffled().map { .milliseconds($0) }
        result.fail("why")
        #expect(
            result.summary(connections: 5, took: .seconds(2)) == """
                101 messages over 5 connections in 2.000 s: 50.5 messages/s, 1 failed
                latency in ms: p50 50.00, p90 90.00, p99 99.00, max 100.00

                """
        )
        #expect(LoadRun.Result().summary(connections: 1, took: .zero).contains("p50 -"))
    }

    private final class Accepting: MailFilter {
        private let eventLoop: any EventLoop
        init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }
        func endOfMessage(macros: Macros) throws -> EventLoopFuture<MessageReply> {
            // Every fourth message has an ID that ends so.
            let isDeferred = macros["i"].map { $0.last == UInt8(ascii: "4") || $0.last == UInt8(ascii: "8") } ?? true
            return eventLoop.makeSucceededFuture(MessageReply(response: isDeferred ? .temporaryFailure : .continue))
        }
    }

    @Test func `a load is spread over connections, and failures are counted`() async throws {
        let endpoint = Endpoint.unix(path: folder.appending(path: "s").path)
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await MilterServer.start(
            at: endpoint,
            on: group,
            notify: { _ in },
            makeFilter: { Accepting($0) }
        )
        let run = LoadRun(
            [try file("From: a@b\n\nx\n")],
            to: endpoint,
            count: 48,
            connections: 5,
            perConnection: 3,
            timeout: .seconds(20),
            on: group
        )
        let result = await run.run()
        #expect(result.latencies.count == 42)
        #expect(result.failures == 6)
        #expect(result.firstFailure?.hasSuffix("tempfail") == true)
        await server.shutDown(within: .seconds(5))
    }
}
