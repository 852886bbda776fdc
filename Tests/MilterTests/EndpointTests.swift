import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import Milter
@testable import MilterClient
@testable import MilterService

@Suite(.timeLimit(.minutes(1)))
struct EndpointTests {
    @Test(arguments: [
        ("unix:/run/x", Endpoint.unix(path: "/run/x")), ("local:/run/x", .unix(path: "/run/x")),
        ("inet:8891@127.0.0.1", .inet(host: "127.0.0.1", port: 8891)),
        ("inet:0@localhost", .inet(host: "localhost", port: 0)),
        ("inet6:25@::1", .inet6(host: "::1", port: 25)), ("inet6:25@[::1]", .inet6(host: "::1", port: 25)),
        ("fd:3", .descriptor(3)),
        ("unix:run/x", nil), ("unix:", nil), ("/run/x", nil), ("inet:8891", nil), ("inet:@h", nil), ("inet:+1@h", nil),
        ("inet:65536@h", nil), ("inet:1@", nil), ("fd:", nil), ("fd:-1", nil), ("fd:99999999999", nil),
        ("tcp:1@h", nil),
        ("", nil),
    ])
    func `an endpoint is read as written`(_ text: String, _ endpoint: Endpoint?) {
        #expect(Endpoint(text) == endpoint)
        if let endpoint { #expect(Endpoint(endpoint.description) == endpoint) }
    }

    private let directory = NSTemporaryDirectory() + "milter-\(UUID().uuidString.prefix(8))"

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    private func start(_ endpoint: Endpoint, _ access: SocketAccess = SocketAccess()) async throws -> MilterServer {
        try await MilterServer.start(
            at: endpoint,
            access: access,
            on: MultiThreadedEventLoopGroup.singleton,
            notify: { _ in },
            makeFilter: { CountingFilter(on: $0, .init(), holdsAnswers: false, wantsBody: true) }
        )
    }

    @Test func `a socket has its mode from the beginning, whatever the umask, and is gone at the end`() async throws {
        let path = directory + "/s"
        for mode in [0o660, 0o600, 0o777] {
            let server = try await start(.unix(path: path), SocketAccess(mode: UInt32(mode)))
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == mode)
            await server.shutDown(within: .seconds(1))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `a group that is not there is an error before anything is made`() async throws {
        await #expect(throws: EndpointError.noSuchGroup("no-such-group")) {
            _ = try await start(.unix(path: directory + "/s"), SocketAccess(group: "no-such-group"))
        }
        #expect(!FileManager.default.fileExists(atPath: directory + "/s"))
        let server = try await start(.unix(path: directory + "/s"), SocketAccess(group: "root"))
        await server.shutDown(within: .seconds(1))
    }

    @Test func `a socket on which somebody listens is left alone, one that was left behind is replaced`() async throws {
        let path = directory + "/s"
        let alive = try await start(.unix(path: path))
        await #expect(throws: EndpointError.inUse(path)) { _ = try await start(.unix(path: path)) }
        let client = try await MilterConnection.connect(
            to: .unix(path: path),
            on: MultiThreadedEventLoopGroup.singleton
        )
        await client.quit()
        await alive.shutDown(within: .seconds(1))

        // A process that was killed leaves its socket behind.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])", path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(FileManager.default.fileExists(atPath: path))
        let next = try await start(.unix(path: path))
        // Another server that has taken the path meanwhile keeps its socket.
        try FileManager.default.removeItem(atPath: path)
        let successor = try await start(.unix(path: path))
        await next.shutDown(within: .seconds(1))
        #expect(FileManager.default.fileExists(atPath: path))
        await successor.shutDown(within: .seconds(1))
    }

    @Test func `what is not a socket is left alone`() async throws {
        let path = directory + "/file"
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        await #expect(throws: EndpointError.notASocket(path)) { _ = try await start(.unix(path: path)) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test func `a path that is too long, a directory that is not there, and a host without address are errors`() async {
        let long = "/" + String(repeating: "x", count: 107)
        await #expect(throws: EndpointError.pathTooLong(long)) { _ = try await start(.unix(path: long)) }
        await #expect(throws: EndpointError.self) { _ = try await start(.unix(path: directory + "/no/s")) }
        await #expect(throws: EndpointError.self) { _ = try await start(.inet(host: "no.such.host.invalid", port: 0)) }
        await #expect(throws: EndpointError.self) { _ = try await start(.inet(host: "::1", port: 0)) }
        await #expect(throws: EndpointError.notListening(250)) { _ = try await start(.descriptor(250)) }
    }

    @Test func `a port that is taken is an error`() async throws {
        let server = try await start(.inet(host: "127.0.0.1", port: 0))
        let port = UInt16(server.port ?? 0)
        await #expect(throws: EndpointError.self) { _ = try await start(.inet(host: "127.0.0.1", port: port)) }
        await server.shutDown(within: .seconds(1))
    }

    @Test func `a socket that is listened on already is served`() async throws {
        let path = directory + "/s"
        let socket = try LibCSockets.listen(atPath: path, mode: 0o600, group: nil)
        let server = try await start(.descriptor(socket))
        let client = try await MilterConnection.connect(
            to: .unix(path: path),
            on: MultiThreadedEventLoopGroup.singleton
        )
        await client.quit()
        await server.shutDown(within: .seconds(1))
        #expect(FileManager.default.fileExists(atPath: path), "it belongs to whoever made it")
    }
}
