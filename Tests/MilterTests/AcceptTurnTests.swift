import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Milter
@testable import MilterClient
@testable import MilterService

@Suite(.timeLimit(.minutes(1)))
struct AcceptTurnTests {
    private final class Served: Sendable {
        let loops = Mutex<[ObjectIdentifier: Int]>([:])
    }

    @Test(arguments: ["unix", "inet"])
    func `connections that stay are shared among the event loops`(_ kind: String) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 4)
        let path = NSTemporaryDirectory() + "turn-\(UUID().uuidString.prefix(8))"
        let served = Served()
        let endpoint = kind == "unix" ? Endpoint.unix(path: path) : .inet(host: "127.0.0.1", port: 0)
        let server = try await MilterServer.start(
            at: endpoint,
            on: group,
            notify: { _ in },
            makeFilter: { loop in
                served.loops.withLock { $0[ObjectIdentifier(loop), default: 0] += 1 }
                return CountingFilter(on: loop, .init(), holdsAnswers: false, wantsBody: true)
            }
        )
        let reached = server.port.map { Endpoint.inet(host: "127.0.0.1", port: UInt16($0)) } ?? endpoint
        var clients: [MilterConnection] = []
        for number in 1...40 {
            let client = try await MilterConnection.connect(to: reached, timeout: .seconds(20), on: group)
            #expect(try await client.begin(TestServer.session) == .continue)
            clients.append(client)
            let counts = served.loops.withLock { Array($0.values) }
            // A loop has one more than another, and the one that makes it pass the turn on.
            if number >= 8 { #expect(counts.count == 4 && counts.max()! - counts.min()! <= 2, "\(number): \(counts)") }
        }
        for client in clients { await client.quit() }
        await server.shutDown(within: .seconds(5))
        #expect(!FileManager.default.fileExists(atPath: path))
        try await group.shutdownGracefully()
    }
}
