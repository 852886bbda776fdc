internal import Octets

/// Where a milter listens, or can be reached: `unix:/path` (or `local:/path`), `inet:port@host`, `inet6:port@host`,
/// or `fd:3` for a socket that is already listening (systemd's LISTEN_FDS begin at 3).
package enum Endpoint: Hashable, Sendable {
    case unix(path: String)
    case inet(host: String, port: UInt16)
    case inet6(host: String, port: UInt16)
    case descriptor(Int32)

    /// Reads the text; nil if it has none of the forms, a path is not absolute, or a host or port is missing.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "unix", "local":
            guard rest.hasPrefix("/"), !rest.utf8.contains(0) else { return nil }
            self = .unix(path: String(rest))
        case "inet":
            guard let (host, port) = Self.hostAndPort(rest) else { return nil }
            self = .inet(host: host, port: port)
        case "inet6":
            guard let (host, port) = Self.hostAndPort(rest) else { return nil }
            self = .inet6(host: host, port: port)
        case "fd":
            guard Self.isNumber(rest), let descriptor = Int32(rest) else { return nil }
            self = .descriptor(descriptor)
        default: return nil
        }
    }

    private static func hostAndPort(_ text: Substring) -> (String, UInt16)? {
        guard let at = text.firstIndex(of: "@") else { return nil }
        let host = text[text.index(after: at)...]
        guard !host.isEmpty, !host.utf8.contains(0), isNumber(text[..<at]), let port = UInt16(text[..<at]) else {
            return nil
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        return (String(isBracketed ? host.dropFirst().dropLast() : host), port)
    }

    /// `Int32(_:)` would accept a sign.
    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(\.isDigit)
    }
}

extension Endpoint: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .inet(let host, let port): "inet:\(port)@\(host)"
        case .inet6(let host, let port): "inet6:\(port)@\(host)"
        case .descriptor(let number): "fd:\(number)"
        }
    }
}

/// Who may connect to a Unix socket; no effect on other endpoints.
package struct SocketAccess: Hashable, Sendable {
    /// The permission bits of the socket. Connecting takes write permission.
    package var mode: UInt32
    /// The name of the group that owns the socket; nil leaves it as it is.
    package var group: String?

    package init(mode: UInt32 = 0o660, group: String? = nil) {
        self.mode = mode
        self.group = group
    }
}

/// Why a server cannot listen, or a client cannot connect.
package enum EndpointError: Error, Hashable, Sendable {
    /// Another process listens on the socket.
    case inUse(String)
    /// The file at the path is not a socket, and is left alone.
    case notASocket(String)
    /// The path is longer than an address can hold: 107 octets.
    case pathTooLong(String)
    case noSuchGroup(String)
    case noSuchHost(String, reason: String)
    case notListening(Int32)
    /// The descriptor limit is below what the event loops alone need.
    case tooFewDescriptors(Int)
    /// A system call failed.
    case system(call: String, endpoint: String, reason: String)
}

extension EndpointError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .inUse(let path): "another process listens on \(path)"
        case .notASocket(let path): "\(path) exists and is not a socket"
        case .pathTooLong(let path): "socket path of more than 107 octets: \(path)"
        case .noSuchGroup(let name): "no group named \(name)"
        case .noSuchHost(let host, let reason): "host \(host): \(reason)"
        case .notListening(let number): "descriptor \(number) is not a listening socket"
        case .tooFewDescriptors(let count): "only \(count) descriptors may be open (ulimit -n, LimitNOFILE)"
        case .system(let call, let endpoint, let reason): "\(endpoint): \(call): \(reason)"
        }
    }
}
