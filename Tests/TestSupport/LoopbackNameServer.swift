package import DNS
import Glibc
import Synchronization

/// A name server on the loopback interface, over UDP and TCP on one port: it answers from a zone file, counts what it
/// is asked, and misbehaves as told. It ends with its last reference.
package final class LoopbackNameServer: Sendable {
    /// What is done with a question instead of answering from the zone.
    package enum Conduct: Sendable {
        case answer
        /// Answer from the zone, later.
        case delay(Duration)
        case silence
        /// No records, and this response code.
        case code(UInt8)
        /// Over UDP an empty answer with TC; over TCP the zone's.
        case truncate
        /// Over UDP as `truncate`; over TCP the connection ends after the answer.
        case truncateAndClose
        /// Over UDP as `truncate`; over TCP the connection ends without one.
        case truncateAndHangUp
        /// These packets, one after the other.
        case packets([[UInt8]])
    }

    struct Failure: Error {
        let call: String
    }

    /// What is shared with the thread that serves.
    private final class Shared: Sendable {
        let zone: ZoneFile
        let conduct: @Sendable (DNSQuery) -> Conduct
        let counts = Mutex<[Question: Int]>([:])
        let isStopped = Atomic(false)
        let hasEnded = Atomic(false)

        init(zone: ZoneFile, conduct: @escaping @Sendable (DNSQuery) -> Conduct) {
            self.zone = zone
            self.conduct = conduct
        }
    }

    private let shared: Shared
    package let port: UInt16

    /// For `--dns-server`.
    package var address: String { "127.0.0.1:\(port)" }

    /// How often each question came, over UDP and TCP, repetitions included.
    package var counts: [Question: Int] { shared.counts.withLock { $0 } }

    package var total: Int { counts.values.reduce(0, +) }

    /// - Parameters:
    ///   - delay: how long each answer takes.
    ///   - conduct: what to do with a question; by default, to answer it after `delay`. Names that the zone gives as
    ///     TIMEOUT get no answer.
    package convenience init(_ zone: ZoneFile, delay: Duration = .zero) throws {
        try self.init(zone) { _ in delay == .zero ? .answer : .delay(delay) }
    }

    package init(_ zone: ZoneFile, conduct: @escaping @Sendable (DNSQuery) -> Conduct) throws {
        let (udp, tcp, port) = try Self.openSockets()
        self.port = port
        shared = Shared(zone: zone, conduct: conduct)
        let thread = ServerThread(udp: udp, tcp: tcp, shared: shared)
        try thread.start()
    }

    deinit {
        shared.isStopped.store(true, ordering: .relaxed)
    }

    /// Returns when the port is closed.
    package func stop() {
        shared.isStopped.store(true, ordering: .relaxed)
        while !shared.hasEnded.load(ordering: .acquiring) { usleep(1_000) }
    }

    private static func openSockets() throws -> (udp: Int32, tcp: Int32, port: UInt16) {
        /// The port that UDP was given may be in use for TCP: then another.
        for _ in 0..<50 {
            let udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard udp >= 0, tcp >= 0 else { throw Failure(call: "socket") }
            var size: Int32 = 4 << 20
            unsafe setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
            if let port = bindLoopback(udp, 0), bindLoopback(tcp, port) != nil, listen(tcp, 64) == 0 {
                return (udp, tcp, port)
            }
            close(udp)
            close(tcp)
        }
        throw Failure(call: "bind")
    }

    /// The port; nil if it is taken.
    private static func bindLoopback(_ descriptor: Int32, _ port: UInt16) -> UInt16? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(descriptor, pointer, length) == 0,
                    unsafe getsockname(descriptor, pointer, &length) == 0
                else { return nil }
                return unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    unsafe UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        }
    }

    /// Everything that happens on the server's thread.
    private final class ServerThread: @unchecked Sendable {  // Handed to its thread before anything else uses it.
        private enum Peer {
            case udp(sockaddr_in)
            case tcp(Int32)
        }

        private let udp: Int32
        private let tcp: Int32
        private let shared: Shared
        /// What came over each connection and is no whole query yet.
        private var connections: [Int32: [UInt8]] = [:]
        private var later: [(due: ContinuousClock.Instant, packet: [UInt8], peer: Peer)] = []
        private var buffer = [UInt8](repeating: 0, count: 65_536)

        init(udp: Int32, tcp: Int32, shared: Shared) {
            self.udp = udp
            self.tcp = tcp
            self.shared = shared
        }

        func start() throws {
            var thread = pthread_t()
            let context = unsafe Unmanaged.passRetained(self)
            let status = unsafe pthread_create(
                &thread,
                nil,
                { context in
                    if let context = unsafe context {
                        unsafe Unmanaged<ServerThread>.fromOpaque(context).takeRetainedValue().run()
                    }
                    return nil
                },
                context.toOpaque()
            )
            guard status == 0 else { throw Failure(call: "pthread_create") }
            pthread_detach(thread)
        }

        private func run() {
            while !shared.isStopped.load(ordering: .relaxed) {
                var descriptors = ([udp, tcp] + connections.keys).map {
                    pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
                }
                let wait = later.map(\.due).min().map { $0 - .now } ?? .milliseconds(50)
                let milliseconds = Int32(max(wait, .zero) / .milliseconds(1)) + (wait > .zero ? 1 : 0)
                unsafe poll(&descriptors, nfds_t(descriptors.count), min(milliseconds, 50))
                for descriptor in descriptors where descriptor.revents != 0 {
                    switch descriptor.fd {
                    case udp: receive()
                    case tcp: accept()
                    default: read(descriptor.fd)
                    }
                }
                sendWhatIsDue()
            }
            for descriptor in [udp, tcp] + connections.keys { close(descriptor) }
            shared.hasEnded.store(true, ordering: .releasing)
        }

        private func receive() {
            while true {
                var address = sockaddr_in()
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe recvfrom(udp, &buffer, buffer.count, Int32(MSG_DONTWAIT), $0, &length)
                    }
                }
                guard count > 0 else { return }
                handle(Array(buffer[..<count]), .udp(address))
            }
        }

        private func accept() {
            let connection = Glibc.accept(tcp, nil, nil)
            if connection >= 0 { connections[connection] = [] }
        }

        private func read(_ connection: Int32) {
            let count = unsafe recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else {
                connections[connection] = nil
                close(connection)
                return
            }
            connections[connection]?.append(contentsOf: buffer[..<count])
            /// RFC 1035, 4.2.2: two octets of length before each message.
            while let octets = connections[connection], octets.count >= 2 {
                let end = 2 + Int(octets[0]) << 8 + Int(octets[1])
                guard octets.count >= end else { break }
                connections[connection] = Array(octets[end...])
                handle(Array(octets[2..<end]), .tcp(connection))
            }
        }

        private func handle(_ octets: [UInt8], _ peer: Peer) {
            var isTCP = false
            if case .tcp = peer { isTCP = true }
            guard let query = DNSQuery(octets, isTCP: isTCP) else { return }
            shared.counts.withLock { $0[query.question, default: 0] += 1 }
            switch shared.conduct(query) {
            case .answer: answer(query, peer)
            case .delay(let delay):
                guard let packet = query.response(with: shared.zone.answer(to: query.question)) else { return }
                later.append((.now + delay, packet, peer))
            case .silence: break
            case .code(let code): send(query.response(code: code), peer)
            case .truncate:
                if isTCP { answer(query, peer) } else { send(query.response(isTruncated: true), peer) }
            case .truncateAndClose:
                if isTCP { answer(query, peer) } else { send(query.response(isTruncated: true), peer) }
                hangUp(peer)
            case .truncateAndHangUp:
                if !isTCP { send(query.response(isTruncated: true), peer) }
                hangUp(peer)
            case .packets(let packets):
                for packet in packets { send(packet, peer) }
            }
        }

        private func hangUp(_ peer: Peer) {
            guard case .tcp(let connection) = peer else { return }
            connections[connection] = nil
            close(connection)
        }

        private func answer(_ query: DNSQuery, _ peer: Peer) {
            guard let packet = query.response(with: shared.zone.answer(to: query.question)) else { return }
            send(packet, peer)
        }

        private func sendWhatIsDue() {
            guard !later.isEmpty else { return }
            let now = ContinuousClock.now
            for item in later where item.due <= now { send(item.packet, item.peer) }
            later.removeAll { $0.due <= now }
        }

        private func send(_ packet: [UInt8], _ peer: Peer) {
            switch peer {
            case .udp(var address):
                _ = unsafe withUnsafePointer(to: &address) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe sendto(udp, packet, packet.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
            case .tcp(let connection):
                guard connections[connection] != nil else { return }
                let framed = [UInt8(packet.count >> 8), UInt8(packet.count & 0xFF)] + packet
                _ = unsafe Glibc.send(connection, framed, framed.count, Int32(MSG_NOSIGNAL))
            }
        }
    }
}
