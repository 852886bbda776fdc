internal import CAres
internal import DNS

/// The result of one question to one server.
struct Arrival {
    enum Content {
        case packet([UInt8])
        case timeout
        /// Nothing could be sent, or the server's host reports that no process listens.
        case unavailable
    }

    let ticket: UInt64
    let content: Content
}

/// A c-ares channel with one server, over UDP or TCP: sockets, ports, repetition, identifiers, framing.
///
/// It lives on one thread; the library does not know the other servers. Which server comes next, and when to switch to
/// TCP, is decided outside: within one channel c-ares would drop answers that refuse (SERVFAIL, REFUSED), and one lost
/// TCP connection would cost every question of the channel a try.
@safe final class AresChannel {
    /// Where the library's callback puts arrivals, even while the channel is taken down.
    private final class Arrivals {
        var list: [Arrival] = []
        /// What is in flight, by identifier.
        var deliveries: [UInt16: Delivery] = [:]
    }

    /// One question in flight: retained by the library, as its callback's argument, until the callback is called,
    /// once.
    private final class Delivery {
        let ticket: UInt64
        let identifier: UInt16
        let arrivals: Arrivals
        /// True if its result is already among the arrivals.
        var isSettled = false

        init(ticket: UInt64, identifier: UInt16, arrivals: Arrivals) {
            self.ticket = ticket
            self.identifier = identifier
            self.arrivals = arrivals
        }
    }

    /// DNS Flag Day 2020: the largest answer that is not fragmented on its way.
    private static let packetSize: Int32 = 1232

    /// c-ares must be initialised once per process.
    private static let isInitialized = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS

    private let channel: ares_channel
    private let isTCP: Bool
    private let arrivals = Arrivals()
    /// Questions asked so far.
    private(set) var asked = 0
    /// True if nothing is in flight, and all arrivals have been taken.
    var isDone: Bool { arrivals.deliveries.isEmpty && arrivals.list.isEmpty }

    /// Nil if the library fails, for lack of memory.
    init?(server: NameServer, queryTimeout: QueryTimeout, isTCP: Bool) {
        guard Self.isInitialized else { return nil }
        self.isTCP = isTCP
        var options = unsafe ares_options()
        unsafe options.flags =
            ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP
            | (isTCP ? ARES_FLAG_USEVC : ARES_FLAG_IGNTC)
        /// Over TCP nothing is sent twice: TCP does that.
        unsafe options.timeout = isTCP ? queryTimeout.whole : queryTimeout.firstTry
        unsafe options.tries = isTCP ? 1 : Int32(queryTimeout.tries)
        unsafe options.ednspsz = Self.packetSize
        /// Set only so that the library does not look for them in files, which it would do for each channel; that
        /// includes the servers, of which there are none yet.
        unsafe options.ndots = 1
        let mask =
            ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ | ARES_OPT_NDOTS | ARES_OPT_DOMAINS
            | ARES_OPT_SORTLIST | ARES_OPT_SERVERS
        var lookups = [CChar(UInt8(ascii: "b")), 0]
        var created: ares_channel?
        let status = unsafe lookups.withUnsafeMutableBufferPointer { buffer in
            unsafe options.lookups = buffer.baseAddress
            return unsafe ares_init_options(&created, &options, mask | ARES_OPT_LOOKUPS)
        }
        guard status == ARES_SUCCESS, let created = unsafe created else { return nil }
        guard unsafe ares_set_servers_ports_csv(created, server.description) == ARES_SUCCESS else {
            unsafe ares_destroy(created)
            return nil
        }
        unsafe channel = created
    }

    /// The library gives up what is in flight; its results are not used.
    deinit {
        unsafe ares_destroy(channel)
    }

    /// Asks; the result is among the ``takeArrivals()``, now or later.
    func ask(_ name: Domain, _ type: RecordType, usesEDNS: Bool, ticket: UInt64) {
        asked += 1
        /// RFC 5452, 9.2: unpredictable; unique, so that no answer is taken for another's.
        var identifier = UInt16.random(in: .min ... .max)
        while arrivals.deliveries[identifier] != nil { identifier = .random(in: .min ... .max) }
        var query: UnsafeMutablePointer<UInt8>?
        var length: Int32 = 0
        let status = unsafe ares_create_query(
            name.text,
            Int32(ns_c_in.rawValue),
            Int32(type.rawValue),
            identifier,
            1,
            &query,
            &length,
            usesEDNS ? Self.packetSize : 0
        )
        guard status == ARES_SUCCESS, let query = unsafe query, length >= 12 else {
            arrivals.list.append(Arrival(ticket: ticket, content: .unavailable))
            return
        }
        defer { unsafe ares_free_string(query) }
        /// RFC 6840, 5.7: AD in a query asks for AD in the answer.
        unsafe query[3] |= 0x20
        let delivery = Delivery(ticket: ticket, identifier: identifier, arrivals: arrivals)
        arrivals.deliveries[identifier] = delivery
        unsafe ares_send(
            channel,
            query,
            length,
            { context, status, _, packet, length in
                guard let context = unsafe context else { return }
                let delivery = unsafe Unmanaged<Delivery>.fromOpaque(context).takeRetainedValue()
                let content: Arrival.Content =
                    switch status {
                    case ARES_SUCCESS:
                        unsafe .packet(
                            Array(UnsafeBufferPointer(start: packet, count: packet == nil ? 0 : max(Int(length), 0)))
                        )
                    case ARES_ETIMEOUT: .timeout
                    default: .unavailable
                    }
                delivery.arrivals.deliveries[delivery.identifier] = nil
                guard !delivery.isSettled else { return }
                delivery.arrivals.list.append(Arrival(ticket: delivery.ticket, content: content))
            },
            Unmanaged.passRetained(delivery).toOpaque()
        )
    }

    /// The sockets that are open now, and what to wait for on each.
    func sockets() -> [LibCThreads.Watched] {
        var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
        let bits = unsafe ares_getsock(channel, &sockets, ARES_GETSOCK_MAXNUM)
        return sockets.enumerated().compactMap { place, socket in
            /// ARES_GETSOCK_READABLE and ARES_GETSOCK_WRITABLE, which are macros.
            let isForReading = bits & (1 << place) != 0
            let isForWriting = bits & (1 << (place + Int(ARES_GETSOCK_MAXNUM))) != 0
            guard isForReading || isForWriting else { return nil }
            return LibCThreads.Watched(descriptor: socket, isForReading: isForReading, isForWriting: isForWriting)
        }
    }

    /// Reads and writes what is possible, and handles timeouts.
    func process(_ ready: [LibCThreads.Watched]) {
        for socket in ready {
            if !isTCP && socket.isForReading { takeRefusals(from: socket.descriptor) }
            unsafe ares_process_fd(
                channel,
                socket.isForReading ? socket.descriptor : ARES_SOCKET_BAD,
                socket.isForWriting ? socket.descriptor : ARES_SOCKET_BAD
            )
        }
        unsafe ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD)
    }

    /// Takes errors that consist of a header alone, as sent by servers that refuse EDNS without reading further (RFC
    /// 6891, 7). c-ares looks for its question in a reply: it would ignore them, and wait in vain.
    private func takeRefusals(from socket: ares_socket_t) {
        while let header = LibCThreads.takeDatagram(from: socket, ofLength: 12) {
            let isReply = header[2] & 0x80 != 0
            let isError = ![0, 3].contains(header[3] & 0x0F)
            guard isReply, isError, let delivery = arrivals.deliveries[UInt16(header[0]) << 8 | UInt16(header[1])],
                !delivery.isSettled
            else { continue }
            delivery.isSettled = true
            arrivals.list.append(Arrival(ticket: delivery.ticket, content: .packet(header)))
        }
    }

    func takeArrivals() -> [Arrival] {
        defer { arrivals.list = [] }
        return arrivals.list
    }

    static var libraryVersion: String {
        guard let text = unsafe ares_version(nil) else { return "unknown" }
        return unsafe String(cString: text)
    }

    /// The servers of /etc/resolv.conf, as c-ares reads it: the local host if it names none.
    static func systemServers() -> [NameServer] {
        guard isInitialized else { return [] }
        var created: ares_channel?
        guard unsafe ares_init(&created) == ARES_SUCCESS, let created = unsafe created else {
            return []
        }
        defer { unsafe ares_destroy(created) }
        var first: UnsafeMutablePointer<ares_addr_port_node>?
        guard unsafe ares_get_servers_ports(created, &first) == ARES_SUCCESS else { return [] }
        defer { unsafe ares_free_data(first) }
        var servers: [NameServer] = []
        var next = unsafe first
        while let node = unsafe next {
            let length = unsafe node.pointee.family == AF_INET6 ? 16 : 4
            let octets = unsafe withUnsafeBytes(of: &node.pointee.addr) { unsafe Array($0.prefix(length)) }
            let port = unsafe UInt16(truncatingIfNeeded: node.pointee.udp_port)
            if let address = IPAddress(octets: octets) {
                servers.append(NameServer(address: address, port: port == 0 ? 53 : port))
            }
            unsafe next = node.pointee.next
        }
        return servers
    }
}
