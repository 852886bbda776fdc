internal import Glibc
package import NIOCore

/// The system calls that make a listening socket. No pointer leaves this file.
package enum LibCSockets {
    /// Connections that may wait to be accepted; the kernel's limit (`net.core.somaxconn`) comes first.
    private static let backlog: Int32 = 1024

    /// A socket that listens at the path, and to which only permitted users can connect: a connection is impossible
    /// before `listen`, and by then mode and group are set. The process's umask is left alone, since other threads
    /// create files.
    ///
    /// A socket that an earlier process left behind is removed if no process listens on it.
    package static func listen(atPath path: String, mode: UInt32, group: String?) throws(EndpointError) -> Int32 {
        let owner = try group.map { name throws(EndpointError) in try groupID(name) }
        try removeStaleSocket(atPath: path)
        let descriptor = try makeSocket(AF_UNIX, "unix:\(path)")
        do throws(EndpointError) {
            guard unsafe try withAddress(ofPath: path, { unsafe bind(descriptor, $0, $1) }) == 0 else {
                throw failure("bind", path)
            }
            guard unsafe chmod(path, mode) == 0 else { throw failure("chmod", path) }
            // A service that may not change owners has the right group from the start.
            if let owner, status(ofPath: path)?.group != owner, unsafe chown(path, uid_t.max, owner) != 0 {
                throw failure("chown", path)
            }
            guard Glibc.listen(descriptor, backlog) == 0 else { throw failure("listen", path) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// A socket that listens at a TCP endpoint's address.
    package static func listen(at address: SocketAddress, of endpoint: Endpoint) throws(EndpointError) -> Int32 {
        let text = "\(endpoint)"
        let descriptor = try makeSocket(address.protocol == .inet6 ? AF_INET6 : AF_INET, text)
        do throws(EndpointError) {
            // The next process listens at once, though connections of the last one are not yet forgotten.
            var isReused: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            guard unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, size) == 0 else {
                throw failure("setsockopt", text)
            }
            guard unsafe address.withSockAddr({ unsafe bind(descriptor, $0, socklen_t($1)) }) == 0 else {
                throw failure("bind", text)
            }
            guard Glibc.listen(descriptor, backlog) == 0 else { throw failure("listen", text) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    package static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// Gives a listening socket the wanted backlog: NIO calls listen again with a backlog of 128 on a socket that is
    /// handed to it, and the 129th MTA would be turned away.
    package static func deepenBacklog(of descriptor: Int32) {
        _ = Glibc.listen(descriptor, backlog)
    }

    /// A Unix socket's backlog is full (EAGAIN). A blocking `connect` would wait.
    package static let backlogIsFull = EAGAIN

    /// The option of a TCP socket that acknowledges data when it is read (tcp(7)).
    package static let quickAcknowledgement = TCP_QUICKACK

    /// A client went away before it was accepted.
    package static let connectionAborted = ECONNABORTED

    /// Raises the soft limit of open descriptors (1,024 by default, under systemd too) to `count`, or to the hard
    /// limit.
    ///
    /// - Returns: The limit in force.
    package static func allowDescriptors(_ count: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return count }
        let current = limit.rlim_cur
        limit.rlim_cur = max(current, min(rlim_t(clamping: count), limit.rlim_max))
        let isRaised = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return Int(clamping: isRaised ? limit.rlim_cur : current)
    }

    private static func removeStaleSocket(atPath path: String) throws(EndpointError) {
        guard let kind = status(ofPath: path)?.mode else { return }
        guard kind & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
        let descriptor = try makeSocket(AF_UNIX, "unix:\(path)")
        defer { close(descriptor) }
        let result = unsafe try withAddress(ofPath: path) { unsafe connect(descriptor, $0, $1) }
        // Refused not for lack of a listener, but for lack of permission or of room in its queue: it is alive, or not
        // ours.
        guard result != 0, errno == ECONNREFUSED || errno == ENOENT else { throw .inUse(path) }
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("unlink", path) }
    }

    /// Device and inode of the file at the path, to recognise it later.
    package struct FileIdentity: Hashable, Sendable {
        let device: UInt
        let inode: UInt
    }

    package static func identity(ofPath path: String) -> FileIdentity? {
        status(ofPath: path)?.identity
    }

    private static func status(ofPath path: String) -> (mode: UInt32, group: gid_t, identity: FileIdentity)? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return (status.st_mode, status.st_gid, FileIdentity(device: status.st_dev, inode: status.st_ino))
    }

    /// Removes the socket at the path if it is the one that this process made.
    package static func removeSocket(atPath path: String, ifStill identity: FileIdentity) {
        if self.identity(ofPath: path) == identity { _ = unsafe unlink(path) }
    }

    /// A copy of a descriptor that already listens. The caller keeps the original.
    package static func copyOfListening(_ descriptor: Int32) throws(EndpointError) -> Int32 {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0
        else {
            throw .notListening(descriptor)
        }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw failure("fcntl", "fd:\(descriptor)") }
        return copy
    }

    /// The text of the first address of the host in the family.
    package static func address(ofHost host: String, isIPv6: Bool) throws(EndpointError) -> String {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = isIPv6 ? AF_INET6 : AF_INET
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &list)
        guard status == 0, let first = unsafe list else {
            throw .noSuchHost(host, reason: unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(list) }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { text in
            let length = socklen_t(text.count)
            unsafe getnameinfo(
                first.pointee.ai_addr,
                first.pointee.ai_addrlen,
                text.baseAddress,
                length,
                nil,
                0,
                NI_NUMERICHOST
            )
            return unsafe text.baseAddress.map { unsafe String(cString: $0) } ?? ""
        }
    }

    private static func groupID(_ name: String) throws(EndpointError) -> gid_t {
        /// Large enough for a group of a few thousand members; the list itself is of no interest.
        let room = 256 * 1024
        let found = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { buffer -> gid_t? in
            var entry = unsafe group()
            var result: UnsafeMutablePointer<group>?
            let status = unsafe getgrnam_r(name, &entry, buffer.baseAddress, buffer.count, &result)
            return unsafe status == 0 && result != nil ? entry.gr_gid : nil
        }
        guard let found else { throw .noSuchGroup(name) }
        return found
    }

    private static func makeSocket(_ family: Int32, _ endpoint: String) throws(EndpointError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw failure("socket", endpoint) }
        return descriptor
    }

    private static func withAddress(
        ofPath path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(EndpointError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let octets = Array(path.utf8)
        guard octets.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .pathTooLong(path) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: octets) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func failure(_ call: String, _ endpoint: String) -> EndpointError {
        .system(call: call, endpoint: endpoint, reason: text(ofError: errno))
    }

    package static func text(ofError code: Int32) -> String {
        unsafe String(cString: strerror(code))
    }
}
