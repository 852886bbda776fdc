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

extension ServerBootstrap {
    /// Listens at the endpoint.
    ///
    /// - Returns: What listens, and what is to be removed at the end; nil for all but Unix sockets.
    /// - Throws: ``EndpointError`` if it cannot be listened there.
    package func listen(
        at endpoint: Endpoint,
        access: SocketAccess
    ) async throws -> (channel: any Channel, file: SocketFile?) {
        switch endpoint {
        case .unix(let path):
            let socket = try LibCSockets.listen(atPath: path, mode: access.mode, group: access.group)
            let file = SocketFile(path)
            return (try await serve(socket), file)
        case .descriptor(let descriptor):
            return (try await serve(try LibCSockets.listeningSocket(descriptor)), nil)
        case .inet, .inet6:
            do {
                return (try await bind(to: try endpoint.socketAddress()).get(), nil)
            } catch let error as IOError {
                throw EndpointError.system(
                    call: "bind",
                    endpoint: "\(endpoint)",
                    reason: LibCSockets.text(ofError: error.errnoCode)
                )
            }
        }
    }

    private func serve(_ socket: Int32) async throws -> any Channel {
        let channel = try await withBoundSocket(socket).get()
        LibCSockets.deepenBacklog(of: socket)
        return channel
    }
}
