package import Milter

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

/// A socket that listens at an endpoint. Its descriptor is closed with the value; what accepts has copies.
package struct ListeningSocket: ~Copyable {
    private let descriptor: Int32
    /// What is to be removed at the end; nil for all but Unix sockets.
    package let file: SocketFile?

    /// - Throws: ``EndpointError`` if it cannot be listened there.
    package init(at endpoint: Endpoint, access: SocketAccess) throws {
        switch endpoint {
        case .unix(let path):
            descriptor = try LibCSockets.listen(atPath: path, mode: access.mode, group: access.group)
            file = SocketFile(path)
        case .descriptor(let number):
            descriptor = try LibCSockets.copyOfListening(number)
            file = nil
        case .inet, .inet6:
            descriptor = try LibCSockets.listen(at: try endpoint.socketAddress(), of: endpoint)
            file = nil
        }
    }

    /// Another descriptor of the socket. Connections come to the one that accepts first.
    package func copy() throws(EndpointError) -> Int32 {
        try LibCSockets.copyOfListening(descriptor)
    }

    /// To be called when NIO has the copies: it asks for a backlog of its own.
    package func deepenBacklog() {
        LibCSockets.deepenBacklog(of: descriptor)
    }

    deinit {
        LibCSockets.close(descriptor)
    }
}
