package import Milter
package import NIOCore
package import NIOPosix

/// The file of a Unix socket that is listened on.
package struct SocketFile: Sendable {
    private let path: String
    private let identity: LibCSockets.FileIdentity

    /// Nil if there is none at the path.
    init?(_ path: String) {
        guard let identity = LibCSockets.identity(ofPath: path) else { return nil }
        self.path = path
        self.identity = identity
    }

    /// Leaves alone what somebody else has put in its place.
    package func remove() {
        LibCSockets.removeSocket(atPath: path, ifStill: identity)
    }
}

extension Endpoint {
    /// A socket that listens at the endpoint, and the file to remove at the end; nil for all but Unix sockets.
    ///
    /// - Throws: ``EndpointError`` if it cannot be listened there.
    func listeningSocket(_ access: SocketAccess) throws -> (socket: Int32, file: SocketFile?) {
        switch self {
        case .unix(let path):
            let socket = try LibCSockets.listen(atPath: path, mode: access.mode, group: access.group)
            return (socket, SocketFile(path))
        case .descriptor(let descriptor): return (try LibCSockets.listeningSocket(descriptor), nil)
        case .inet, .inet6: return (try LibCSockets.listen(at: try socketAddress(), endpoint: "\(self)"), nil)
        }
    }
}

extension ServerBootstrap {
    /// Listens at the endpoint.
    ///
    /// - Returns: What listens, and what is to be removed at the end; nil for all but Unix sockets.
    /// - Throws: ``EndpointError`` if it cannot be listened there.
    package func listen(
        at endpoint: Endpoint,
        access: SocketAccess
    ) async throws -> (channel: any Channel, file: SocketFile?) {
        let (socket, file) = try endpoint.listeningSocket(access)
        return (try await serve(socket), file)
    }

    /// Serves a socket that listens already.
    func serve(_ socket: Int32) async throws -> any Channel {
        let channel = try await withBoundSocket(socket).get()
        LibCSockets.deepenBacklog(of: socket)
        return channel
    }
}
