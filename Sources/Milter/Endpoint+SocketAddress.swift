package import NIOCore

extension Endpoint {
    /// The address to bind or to connect to; the host's name is looked up, which may block.
    package func socketAddress() throws -> SocketAddress {
        switch self {
        case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
        case .inet(let host, let port):
            try SocketAddress(ipAddress: try LibCSockets.address(ofHost: host, isIPv6: false), port: Int(port))
        case .inet6(let host, let port):
            try SocketAddress(ipAddress: try LibCSockets.address(ofHost: host, isIPv6: true), port: Int(port))
        case .descriptor(let number): throw EndpointError.notListening(number)
        }
    }
}
