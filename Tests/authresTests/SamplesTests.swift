import Foundation
import Mail
import Milter
import MilterService
import NIOCore
import NIOPosix
import Testing

@testable import Configuration
@testable import MilterClient
@testable import MilterFilter
@testable import authres

/// Every sample message through the filter, on a real socket, as an MTA plays it.
@Suite struct SamplesTests {
    /// With AUTHRES_RECORD set, the files `expected` are written anew; then read them, line by line.
    static let records = ProcessInfo.processInfo.environment["AUTHRES_RECORD"] != nil

    @Test func `there are samples`() {
        #expect(Sample.all.count >= 40)
    }

    @Test(arguments: Sample.all)
    func `the filter edits the message as expected`(_ sample: Sample) async throws {
        let edits = try await play(sample).text
        if Self.records { try Data(edits.utf8).write(to: sample.expectedFile) }
        #expect(edits == (try String(contentsOf: sample.expectedFile, encoding: .utf8)))
    }

    /// The edits that a server of its own asks for, by way of the wire.
    private func play(_ sample: Sample) async throws -> [HeaderEdits.Command] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "authres-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let endpoint = Endpoint.unix(path: directory.appending(path: "s").path())
        let states = CurrentServiceState(try sample.state())
        let server = try await MilterServer.start(
            at: endpoint,
            on: MultiThreadedEventLoopGroup.singleton,
            notify: { Issue.record("\($0)") },
            makeFilter: { MessageFilter(states, on: $0, clock: { 1_700_000_100 }) }
        )
        let client = try await MilterConnection.connect(to: endpoint, on: MultiThreadedEventLoopGroup.singleton)
        let session = try session(of: sample)
        _ = try await client.begin(session)
        let outcome = try await client.send(try message(of: sample), in: session)
        await client.quit()
        await server.shutDown(within: .seconds(5))
        #expect(outcome.isDelivered)
        return outcome.modifications.compactMap { modification in
            switch modification {
            case .changeHeader(let index, let field) where field.value.isEmpty:
                return .delete(name: field.name, index: Int(index))
            case .insertHeader(index: 0, let field):
                return .insertOnTop(field)
            default:
                Issue.record("unexpected modification \(modification)")
                return nil
            }
        }
    }

    private func session(of sample: Sample) throws -> ClientSession {
        let envelope = try sample.envelope()
        let address = Array(envelope.ip.utf8)
        return ClientSession(
            client: SMTPClient(
                hostname: Array(envelope.hostname.utf8),
                origin: envelope.ip.contains(":")
                    ? .inet6(address: address, port: 25_000) : .inet(address: address, port: 25_000)
            ),
            helo: Array(envelope.helo.utf8),
            macros: ["j": Array("mta.example.org".utf8)]
        )
    }

    private func message(of sample: Sample) throws -> ClientMessage {
        let envelope = try sample.envelope()
        var macros = ["i": Array("4F3A1C".utf8)]
        if let auth = envelope.auth {
            macros["auth_authen"] = Array(auth.authen.utf8)
            macros["auth_type"] = Array(auth.type.utf8)
        }
        return ClientMessage(
            sender: EnvelopeAddress(
                Array(envelope.mailFrom.utf8),
                parameters: (envelope.auth?.param).map { [Array("AUTH=\($0)".utf8)] } ?? []
            ),
            recipients: envelope.rcpt.map { EnvelopeAddress(Array($0.utf8)) },
            header: try sample.message().header,
            body: try sample.body(),
            macros: macros
        )
    }
}
