internal import AuthServ
internal import CCurl
internal import Glibc

/// libcurl: one conversation with one server, after which the server's list of capabilities has been read. No pointer
/// leaves this file.
///
/// The library handles SMTP, IMAP, POP3, SASL and TLS; this file limits what it may do.
enum LibCurl {
    /// The instructions for one conversation.
    struct Order: Sendable {
        /// How TLS begins if the URL does not begin with it.
        enum StartTLS: Sendable {
            case never, ifOffered, required
        }

        let url: ServerURL
        /// Addresses as text; the library looks nothing up.
        let addresses: [String]
        let startTLS: StartTLS
        let login: Login
        let ehloName: String
        /// A file of trusted certificates, in place of the system's.
        let authorities: String?
        let milliseconds: Int
    }

    enum Login: Sendable {
        case none
        case password(user: String, String)
        case bearer(user: String, String)
        /// The path of a file with user and password.
        case netrc(String)
    }

    struct Outcome: Sendable {
        let conversation: Conversation
        /// CURLcode; 0 is success.
        let code: UInt32
        let text: String
        /// `TLSv1.3`; nil without TLS.
        let tlsVersion: String?
        /// The address of the connection.
        let address: String?
        let isOverLimit: Bool
    }

    /// Why the library cannot be used; nil if it can.
    static func problem() -> String? {
        unsafe authres_curl_load().map { unsafe String(cString: $0) }
    }

    /// Asks, and waits for the answer: to be called on a separate thread.
    static func ask(_ order: Order) -> Outcome {
        let exchange = Exchange(order.url.mailProtocol)
        guard let handle = unsafe authres_curl_new() else {
            return exchange.outcome(code: CURLE_OUT_OF_MEMORY, text: "out of memory", address: nil)
        }
        let resolve = unsafe authres_curl_append(nil, resolution(order))
        defer { unsafe authres_curl_free_list(resolve) }
        let refused = unsafe configure(handle, order, exchange, resolve)
        guard refused == CURLE_OK else {
            unsafe authres_curl_free(handle)
            return exchange.outcome(code: refused, text: explanation(refused), address: nil)
        }
        let code = unsafe authres_curl_perform(handle)
        exchange.end(isComplete: code == CURLE_OK)
        let address = unsafe authres_curl_get_text(handle, CURLINFO_PRIMARY_IP).map { unsafe String(cString: $0) }
        let outcome = exchange.outcome(code: code, text: exchange.errorText ?? explanation(code), address: address)
        // The end of the session must not take as long again.
        _ = unsafe authres_curl_set_number(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1)
        unsafe authres_curl_free(handle)
        // Until here the library could call back.
        return withExtendedLifetime(exchange) { outcome }
    }

    private static func explanation(_ code: CURLcode) -> String {
        unsafe authres_curl_explain(code).map { unsafe String(cString: $0) } ?? "error \(code.rawValue)"
    }

    /// `HOST:PORT:ADDRESS,ADDRESS`
    private static func resolution(_ order: Order) -> String {
        let addresses = order.addresses.map { $0.contains(":") ? "[\($0)]" : $0 }
        return "\(order.url.hostText):\(order.url.port):\(addresses.joined(separator: ","))"
    }

    private static func configure(
        _ handle: UnsafeMutableRawPointer,
        _ order: Order,
        _ exchange: Exchange,
        _ resolve: UnsafeMutablePointer<curl_slist>?
    ) -> CURLcode {
        let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        var result = CURLE_OK
        func number(_ option: CURLoption, _ value: Int) {
            if result == CURLE_OK { result = unsafe authres_curl_set_number(handle, option, value) }
        }
        func text(_ option: CURLoption, _ value: String?) {
            if result == CURLE_OK { result = unsafe authres_curl_set_text(handle, option, value) }
        }
        func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
            if result == CURLE_OK { result = unsafe authres_curl_set_pointer(handle, option, value) }
        }
        var user: String?
        switch order.login {
        case .none: break
        case .password(let name, let password):
            text(CURLOPT_USERNAME, name)
            text(CURLOPT_PASSWORD, password)
        case .bearer(let name, let token):
            text(CURLOPT_USERNAME, name)
            text(CURLOPT_XOAUTH2_BEARER, token)
            text(CURLOPT_LOGIN_OPTIONS, "AUTH=OAUTHBEARER;AUTH=XOAUTH2")
        case .netrc(let path):
            // The library looks into the file only if the URL has a user.
            user = order.url.user
            number(CURLOPT_NETRC, Int(CURL_NETRC_OPTIONAL.rawValue))
            text(CURLOPT_NETRC_FILE, path)
        }
        text(CURLOPT_URL, location(order, user: user))
        switch order.url.mailProtocol {
        case .smtp: number(CURLOPT_CONNECT_ONLY, 1)
        case .imap: text(CURLOPT_CUSTOMREQUEST, "CAPABILITY")
        case .pop3: text(CURLOPT_CUSTOMREQUEST, "CAPA")
        }

        // The server and the way to talk to it: none of this is left to the environment or to the library's defaults.
        text(CURLOPT_PROTOCOLS_STR, "smtp,smtps,imap,imaps,pop3,pop3s")
        text(CURLOPT_PROXY, "")
        unsafe pointer(CURLOPT_RESOLVE, UnsafeMutableRawPointer(resolve))
        let level =
            switch order.startTLS {
            case .never: CURLUSESSL_NONE
            case .ifOffered: CURLUSESSL_TRY
            case .required: CURLUSESSL_ALL
            }
        number(CURLOPT_USE_SSL, Int(level.rawValue))
        number(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        number(CURLOPT_SSL_VERIFYPEER, 1)
        number(CURLOPT_SSL_VERIFYHOST, 2)
        if let authorities = order.authorities {
            text(CURLOPT_CAINFO, authorities)
            text(CURLOPT_CAPATH, nil)
        }

        number(CURLOPT_NOSIGNAL, 1)
        number(CURLOPT_TIMEOUT_MS, order.milliseconds)
        number(CURLOPT_CONNECTTIMEOUT_MS, order.milliseconds)
        number(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, order.milliseconds / 1000))

        unsafe pointer(CURLOPT_HEADERDATA, context)
        unsafe pointer(CURLOPT_WRITEDATA, context)
        unsafe pointer(CURLOPT_DEBUGDATA, context)
        unsafe pointer(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(exchange.errorBuffer))
        number(CURLOPT_VERBOSE, 1)
        guard result == CURLE_OK else { return result }
        _ = unsafe authres_curl_set_tracer(handle, trace)
        _ = unsafe authres_curl_set_writer(handle, CURLOPT_WRITEFUNCTION, writeBody)
        return unsafe authres_curl_set_writer(handle, CURLOPT_HEADERFUNCTION, writeLine)
    }

    /// In SMTP the path is the argument of EHLO.
    private static func location(_ order: Order, user: String?) -> String {
        let bare = ServerURL(
            order.url.mailProtocol,
            isImplicitTLS: order.url.isImplicitTLS,
            user: user,
            host: order.url.host,
            port: order.url.port
        )
        let userPart = bare.description.dropFirst(bare.scheme.count + 3).prefix { $0 != "@" }
        let authority = (user == nil ? "" : userPart + "@") + "\(order.url.hostText):\(order.url.port)"
        return "\(bare.scheme)://\(authority)/\(order.url.mailProtocol == .smtp ? order.ehloName : "")"
    }

    // MARK: Callbacks

    private static let writeLine:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int =
            { data, size, count, context in
                guard let exchange = unsafe Exchange.of(context) else { return 0 }
                return exchange.take(line: unsafe octets(data, size * count)) ? size * count : 0
            }

    private static let writeBody:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int =
            { data, size, count, context in
                guard let exchange = unsafe Exchange.of(context) else { return 0 }
                return exchange.take(body: unsafe octets(data, size * count)) ? size * count : 0
            }

    private static let trace:
        @convention(c) (
            UnsafeMutableRawPointer?, curl_infotype, UnsafeMutablePointer<CChar>?, Int, UnsafeMutableRawPointer?
        ) -> CInt = { _, kind, data, count, context in
            guard let exchange = unsafe Exchange.of(context) else { return 0 }
            if kind == CURLINFO_HEADER_OUT {
                exchange.take(client: unsafe octets(data, count))
            } else if kind == CURLINFO_TEXT {
                exchange.take(remark: unsafe octets(data, count))
            }
            return 0
        }

    private static func octets(_ data: UnsafeMutablePointer<CChar>?, _ count: Int) -> [UInt8] {
        guard let data = unsafe data, count > 0 else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: data, count: count))
    }
}

/// The result of one conversation; used only by its thread.
@safe private final class Exchange {
    private var conversation: Conversation
    private var tlsVersion: String?
    private var isOverLimit = false
    private var isDone = false
    /// CURL_ERROR_SIZE octets, which the library fills.
    let errorBuffer: UnsafeMutablePointer<CChar>

    init(_ mailProtocol: MailProtocol) {
        conversation = Conversation(mailProtocol)
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe errorBuffer.deallocate()
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Exchange? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }

    /// The library's text about the failure; may quote the server.
    var errorText: String? {
        let buffer = unsafe Array(UnsafeRawBufferPointer(start: errorBuffer, count: Int(CURL_ERROR_SIZE)))
        let octets = buffer.prefix { $0 != 0 }
        return octets.isEmpty ? nil : PrintableText(octets).text
    }

    func take(line: [UInt8]) -> Bool {
        keep { $0.take(server: line) }
    }

    func take(body: [UInt8]) -> Bool {
        keep { $0.take(body: body) }
    }

    private func keep(_ take: (inout Conversation) -> Bool) -> Bool {
        if isDone { return true }
        guard !isOverLimit, take(&conversation) else {
            isOverLimit = true
            return false
        }
        return true
    }

    func take(client line: [UInt8]) {
        if !isDone { conversation.take(client: line) }
    }

    /// `SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384`: the library reports it nowhere else.
    func take(remark: [UInt8]) {
        let prefix = Array("SSL connection using ".utf8)
        guard !isDone, remark.starts(with: prefix) else { return }
        tlsVersion = PrintableText(remark.dropFirst(prefix.count).prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }).text
    }

    func end(isComplete: Bool) {
        if isComplete { conversation.endBody() }
        isDone = true
    }

    func outcome(code: CURLcode, text: String, address: String?) -> LibCurl.Outcome {
        LibCurl.Outcome(
            conversation: conversation,
            code: code.rawValue,
            text: text,
            tlsVersion: tlsVersion,
            address: address,
            isOverLimit: isOverLimit
        )
    }
}
