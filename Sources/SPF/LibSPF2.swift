internal import CSPF2
internal import DNS
internal import Glibc
internal import Octets

/// libspf2, used for the loop of RFC 7208 section 4.6: it goes through the terms, compares addresses, follows
/// includes and redirects, and determines which qualifier counts.
///
/// It is given records that ``WrittenRecord`` wrote, names that are numbers, and an address as answer: no octet of a
/// record, a name or a sender reaches it. It keeps nothing between two calls.
enum LibSPF2 {
    /// How the loop ended.
    enum Ending {
        /// A term matched; its qualifier is the result.
        case matched(Directive.Qualifier)
        /// No term matched (RFC 7208, 4.7).
        case fellThrough
        /// The evaluation was stopped by our layer, which knows why.
        case stopped
    }

    static var version: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        unsafe SPF_get_lib_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    /// Runs the loop over the record of the evaluation's first entry.
    static func run(_ evaluation: Evaluation) -> Ending {
        silence
        /// Filled here and not by the library's own `SPF_server_new_dns`, which reads the host's name into 64 octets
        /// and ends the process if it has 64.
        var resolver = unsafe SPF_dns_server_t()
        unsafe resolver.lookup = lookup
        unsafe resolver.get_spf = getRecord
        unsafe resolver.hook = Unmanaged.passUnretained(evaluation).toOpaque()
        return withExtendedLifetime(evaluation) {
            unsafe withUnsafeMutablePointer(to: &resolver) { resolver in
                var server = unsafe SPF_server_t()
                unsafe server.resolver = resolver
                unsafe server.rec_dom = receiver
                /// Terms are counted by our layer, over includes too; the library's own counts must not come first.
                unsafe server.max_dns_mech = Int32.max
                unsafe server.max_dns_mx = Int32(Evaluation.nameLimit)
                unsafe server.max_dns_ptr = Int32(Evaluation.nameLimit)
                return unsafe withUnsafeMutablePointer(to: &server) { unsafe run(evaluation.context.client, $0) }
            }
        }
    }

    private static func run(_ client: IPAddress, _ server: UnsafeMutablePointer<SPF_server_t>) -> Ending {
        guard let request = unsafe SPF_request_new(server) else { return .stopped }
        defer { unsafe SPF_request_free(request) }
        switch client {
        case .v4(let address):
            unsafe SPF_request_set_ipv4(request, in_addr(s_addr: address.value.bigEndian))
        case .v6(let address):
            unsafe SPF_request_set_ipv6(request, in6_addr(address))
        }
        /// The library copies what it is given; the copy of the domain is the current domain, entry number 0.
        unsafe SPF_request_set_env_from(request, "-@" + WrittenRecord.name(of: 0))
        unsafe request.pointee.cur_dom = unsafe UnsafePointer(request.pointee.env_from_dp)
        guard let response = unsafe SPF_response_new(request) else { return .stopped }
        defer { unsafe SPF_response_free(response) }
        var record: UnsafeMutablePointer<SPF_record_t>?
        defer { if let record = unsafe record { unsafe SPF_record_free(record) } }
        /// `SPF_request_query_mailfrom` is not used, because it lets every loopback client pass.
        guard unsafe SPF_server_get_record(server, request, response, &record) == SPF_E_SUCCESS,
            let record = unsafe record
        else { return .stopped }
        unsafe response.pointee.spf_record_exp = record
        guard unsafe SPF_record_interpret(record, request, response, 0) == SPF_E_SUCCESS else { return .stopped }
        if unsafe SPF_response_reason(response) == SPF_REASON_DEFAULT { return .fellThrough }
        switch unsafe SPF_response_result(response) {
        case SPF_RESULT_PASS: return .matched(.pass)
        case SPF_RESULT_FAIL: return .matched(.fail)
        case SPF_RESULT_SOFTFAIL: return .matched(.softfail)
        case SPF_RESULT_NEUTRAL: return .matched(.neutral)
        default: return .stopped
        }
    }

    /// The library's handlers are set once, before its first use.
    private static let silence: Void = authres_spf_silence()

    /// The library's name for the receiving host, in texts that are never read; it must not be NULL. Never freed.
    nonisolated(unsafe) private static let receiver: UnsafeMutablePointer<CChar> = {
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: 2)
        unsafe text[0] = CChar(UInt8(ascii: "-"))
        unsafe text[1] = 0
        return unsafe text
    }()

    /// Hands over the record of an entry.
    private static let getRecord: SPF_dns_get_spf_t = { server, request, response, record in
        unsafe record?.pointee = nil
        guard let server = unsafe server, let resolver = unsafe server.pointee.resolver,
            let evaluation = unsafe evaluation(of: resolver), let name = unsafe request?.pointee.cur_dom,
            let text = evaluation.record(ofEntry: unsafe key(name))
        else { return SPF_E_DNS_ERROR }
        return unsafe SPF_record_compile(server, response, record, text)
    }

    /// Hands over the answer to an entry. `TRY_AGAIN` ends the evaluation at once, wherever it is; NULL would end the
    /// process, and comes only if there is no memory.
    private static let lookup: SPF_dns_lookup_t = { resolver, name, type, _ in
        guard let resolver = unsafe resolver, let name = unsafe name, let evaluation = unsafe evaluation(of: resolver)
        else { return unsafe answer(nil, name, type, TRY_AGAIN) }
        switch evaluation.answer(toEntry: unsafe key(name)) {
        case .stop:
            return unsafe answer(resolver, name, type, TRY_AGAIN)
        case .nothing:
            return unsafe answer(resolver, name, type, NO_DATA)
        case .address(let address):
            let answer = unsafe answer(resolver, name, type, NETDB_SUCCESS)
            unsafe append(to: answer, size: MemoryLayout<SPF_dns_rr_data_t>.size) { data in
                switch address {
                case .v4(let address): unsafe data.pointee.a.s_addr = address.value.bigEndian
                case .v6(let address): unsafe data.pointee.aaaa = in6_addr(address)
                }
            }
            return unsafe answer
        case .exchanges(let keys):
            let answer = unsafe answer(resolver, name, type, NETDB_SUCCESS)
            for key in keys {
                let text = Array(WrittenRecord.name(of: key).utf8) + [0]
                unsafe append(to: answer, size: text.count) { data in
                    unsafe UnsafeMutableRawBufferPointer(start: data, count: text.count).copyBytes(from: text)
                }
            }
            return unsafe answer
        }
    }

    private static func answer(
        _ resolver: UnsafeMutablePointer<SPF_dns_server_t>?,
        _ name: UnsafePointer<CChar>?,
        _ type: ns_type,
        _ status: Int32
    ) -> UnsafeMutablePointer<SPF_dns_rr_t>? {
        unsafe SPF_dns_rr_new_init(resolver, name, type, 0, status)
    }

    /// Adds one record, which `fill` writes into at least `size` octets.
    private static func append(
        to answer: UnsafeMutablePointer<SPF_dns_rr_t>?,
        size: Int,
        _ fill: (UnsafeMutablePointer<SPF_dns_rr_data_t>) -> Void
    ) {
        guard let answer = unsafe answer else { return }
        let index = unsafe answer.pointee.num_rr
        guard unsafe SPF_dns_rr_buf_realloc(answer, index, size) == SPF_E_SUCCESS,
            let data = unsafe answer.pointee.rr[Int(index)]
        else { return }
        unsafe fill(data)
        unsafe answer.pointee.num_rr = index + 1
    }

    private static func evaluation(of resolver: UnsafeMutablePointer<SPF_dns_server_t>) -> Evaluation? {
        guard let hook = unsafe resolver.pointee.hook else { return nil }
        return unsafe Unmanaged<Evaluation>.fromOpaque(hook).takeUnretainedValue()
    }

    /// The number at the start of a name that ``WrittenRecord`` wrote.
    private static func key(_ name: UnsafePointer<CChar>) -> Int {
        var key = 0
        var index = 0
        while case let octet = UInt8(bitPattern: unsafe name[index]), octet.isDigit, key < 1_000_000 {
            key = key * 10 + Int(octet - UInt8(ascii: "0"))
            index += 1
        }
        return key
    }
}

extension in6_addr {
    /// The address in network order.
    fileprivate init(_ address: IPv6Address) {
        self.init()
        let octets = address.octets
        unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.copyBytes(from: octets) }
    }
}
