internal import CAres
internal import DNS

/// glibc's reader of DNS packets (`ns_initparse`, `ns_parserr`): octets in, a ``Packet`` out, no pointer leaves this
/// file.
enum LibResolv {
    /// Nil if the octets are not a packet, or a record in it breaks its own format.
    static func packet(_ octets: [UInt8]) -> Packet? {
        unsafe octets.withUnsafeBufferPointer { buffer in
            var message = unsafe ns_msg()
            guard octets.count >= 12, octets.count <= Int(UInt16.max),
                unsafe ns_initparse(buffer.baseAddress, Int32(buffer.count), &message) == 0
            else { return nil }
            var packet = Packet(
                /// QR, and OPCODE 0: a reply to a standard query.
                isResponse: octets[2] & 0xF8 == 0x80,
                isAuthoritative: octets[2] & 0x04 != 0,
                isTruncated: octets[2] & 0x02 != 0,
                isRecursionAvailable: octets[3] & 0x80 != 0,
                isAuthenticated: octets[3] & 0x20 != 0,
                responseCode: UInt16(octets[3] & 0x0F)
            )
            let answers = Int(octets[6]) << 8 | Int(octets[7])
            let authorities = Int(octets[8]) << 8 | Int(octets[9])
            let additional = Int(octets[10]) << 8 | Int(octets[11])
            var resource = unsafe ns_rr()
            for index in 0..<answers {
                guard unsafe ns_parserr(&message, ns_s_an, Int32(index), &resource) == 0 else { return nil }
                guard unsafe resource.rr_class == UInt16(ns_c_in.rawValue) else { continue }
                switch unsafe data(of: resource, in: message) {
                case .other: break
                case .broken: return nil
                case .known(let data):
                    let owner = unsafe PacketName(presentation: String(cString: ns_rr_owner(&resource)))
                    packet.answers.append(unsafe Packet.Record(owner: owner, ttl: ttl(resource.ttl), data: data))
                }
            }
            for index in 0..<authorities {
                guard unsafe ns_parserr(&message, ns_s_ns, Int32(index), &resource) == 0 else { return nil }
                switch unsafe UInt32(resource.type) {
                case ns_t_soa.rawValue:
                    /// RFC 2308, 4: MINIMUM is the last of five numbers after two names.
                    guard unsafe resource.rdlength >= 22, let rdata = unsafe resource.rdata else { return nil }
                    let tail = unsafe UnsafeBufferPointer(start: rdata, count: Int(resource.rdlength)).suffix(4)
                    let minimum = unsafe tail.reduce(0) { $0 << 8 | UInt32($1) }
                    unsafe packet.negativeTTL = min(ttl(resource.ttl), ttl(minimum))
                case ns_t_ns.rawValue:
                    packet.hasDelegation = true
                default: break
                }
            }
            for index in 0..<additional {
                guard unsafe ns_parserr(&message, ns_s_ar, Int32(index), &resource) == 0 else { return nil }
                /// RFC 6891, 6.1.3: the upper eight bits of the response code.
                if unsafe UInt32(resource.type) == ns_t_opt.rawValue {
                    unsafe packet.responseCode |= UInt16(resource.ttl >> 24) << 4
                }
            }
            return packet
        }
    }

    private enum ParsedData {
        case known(Packet.Data)
        /// A type that no check asks for.
        case other
        case broken
    }

    private static func data(of resource: ns_rr, in message: ns_msg) -> ParsedData {
        let length = unsafe Int(resource.rdlength)
        guard let start = unsafe resource.rdata else { return .broken }
        let octets = unsafe Array(UnsafeBufferPointer(start: start, count: length))
        switch unsafe UInt32(resource.type) {
        case ns_t_cname.rawValue:
            return unsafe name(at: start, length: length, in: message).map { .known(.alias($0)) } ?? .broken
        case ns_t_a.rawValue:
            guard length == 4, case .v4(let address)? = IPAddress(octets: octets) else { return .broken }
            return .known(.record(.a(address)))
        case ns_t_aaaa.rawValue:
            guard length == 16, case .v6(let address)? = IPAddress(octets: octets) else { return .broken }
            return .known(.record(.aaaa(address)))
        case ns_t_ptr.rawValue:
            return unsafe name(at: start, length: length, in: message).map { .known(.record(.ptr($0.domain))) }
                ?? .broken
        case ns_t_mx.rawValue:
            guard length > 2, let exchange = unsafe name(at: start + 2, length: length - 2, in: message) else {
                return .broken
            }
            let preference = UInt16(octets[0]) << 8 | UInt16(octets[1])
            return .known(.record(.mx(preference: preference, exchange: exchange.domain)))
        case ns_t_txt.rawValue:
            return characterStrings(octets).map { .known(.record(.txt($0))) } ?? .broken
        default:
            return .other
        }
    }

    /// One or more `<character-string>` that fill the data (RFC 1035, 3.3.14).
    private static func characterStrings(_ octets: [UInt8]) -> [[UInt8]]? {
        var strings: [[UInt8]] = []
        var rest = octets[...]
        while let length = rest.popFirst() {
            guard Int(length) <= rest.count else { return nil }
            strings.append(Array(rest.prefix(Int(length))))
            rest = rest.dropFirst(Int(length))
        }
        return strings.isEmpty ? nil : strings
    }

    /// A name, compressed or not, that fills `length` octets of the packet.
    private static func name(at start: UnsafePointer<UInt8>, length: Int, in message: ns_msg) -> PacketName? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NS_MAXDNAME)) { buffer in
            let used = unsafe ns_name_uncompress(message._msg, message._eom, start, buffer.baseAddress, buffer.count)
            guard used == length, let text = buffer.baseAddress else { return nil }
            return unsafe PacketName(presentation: String(cString: text))
        }
    }

    /// RFC 2181, 8: a TTL with the uppermost bit set is 0.
    private static func ttl(_ value: UInt32) -> UInt32 {
        value > 0x7FFF_FFFF ? 0 : value
    }
}
