internal import AuthServ
internal import CCurl

/// libcurl as a client that hands one message to one MTA. No pointer leaves this file.
enum LibCurlSMTP {
    /// Sends, and waits for the reply. ``LibCurl/problem()`` must have found none.
    static func send(_ submission: MessageSubmission) -> SubmissionProgress {
        let exchange = Exchange(submission.message)
        guard let handle = unsafe authres_curl_new() else { return exchange.end(CURLE_OUT_OF_MEMORY) }
        let recipients = unsafe authres_curl_append(nil, "<\(submission.recipient)>")
        defer { unsafe authres_curl_free_list(recipients) }
        var code = unsafe configure(handle, submission, exchange, recipients)
        if code == CURLE_OK { code = unsafe authres_curl_perform(handle) }
        // The good-bye that follows belongs to no message.
        let progress = exchange.end(code)
        _ = unsafe authres_curl_set_number(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1)
        unsafe authres_curl_free(handle)
        // Until here the library could call back.
        return withExtendedLifetime(exchange) { progress }
    }

    private static func configure(
        _ handle: UnsafeMutableRawPointer,
        _ submission: MessageSubmission,
        _ exchange: Exchange,
        _ recipients: UnsafeMutablePointer<curl_slist>?
    ) -> CURLcode {
        let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        var result = CURLE_OK
        func number(_ option: CURLoption, _ value: Int) {
            if result == CURLE_OK { result = unsafe authres_curl_set_number(handle, option, value) }
        }
        func text(_ option: CURLoption, _ value: String) {
            if result == CURLE_OK { result = unsafe authres_curl_set_text(handle, option, value) }
        }
        func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
            if result == CURLE_OK { result = unsafe authres_curl_set_pointer(handle, option, value) }
        }
        let server = submission.server
        let scheme = server.isImplicitTLS ? "smtps" : "smtp"
        text(CURLOPT_URL, "\(scheme)://\(server.hostText):\(server.port)/\(submission.ehloName)")
        text(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        text(CURLOPT_PROXY, "")
        text(CURLOPT_MAIL_FROM, "<\(submission.sender)>")
        unsafe pointer(CURLOPT_MAIL_RCPT, UnsafeMutableRawPointer(recipients))
        number(CURLOPT_UPLOAD, 1)
        // TLS where it is offered (RFC 7435): an MTA on this host has a certificate for another name, if any.
        number(CURLOPT_USE_SSL, Int((server.isImplicitTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY).rawValue))
        number(CURLOPT_SSL_VERIFYPEER, server.isImplicitTLS ? 1 : 0)
        number(CURLOPT_SSL_VERIFYHOST, server.isImplicitTLS ? 2 : 0)
        number(CURLOPT_NOSIGNAL, 1)
        number(CURLOPT_TIMEOUT_MS, MessageSubmission.timeout * 1000)
        number(CURLOPT_CONNECTTIMEOUT_MS, 30_000)
        number(CURLOPT_SERVER_RESPONSE_TIMEOUT, MessageSubmission.timeout)
        unsafe pointer(CURLOPT_READDATA, context)
        unsafe pointer(CURLOPT_HEADERDATA, context)
        unsafe pointer(CURLOPT_WRITEDATA, context)
        unsafe pointer(CURLOPT_DEBUGDATA, context)
        number(CURLOPT_VERBOSE, 1)
        guard result == CURLE_OK else { return result }
        _ = unsafe authres_curl_set_tracer(handle, trace)
        _ = unsafe authres_curl_set_writer(handle, CURLOPT_HEADERFUNCTION, writeLine)
        _ = unsafe authres_curl_set_writer(handle, CURLOPT_WRITEFUNCTION, writeLine)
        return unsafe authres_curl_set_writer(handle, CURLOPT_READFUNCTION, read)
    }

    // MARK: What the library calls

    private static let writeLine:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int =
            { data, size, count, context in
                guard let exchange = unsafe Exchange.of(context), let data = unsafe data else { return 0 }
                exchange.take(server: unsafe Array(UnsafeRawBufferPointer(start: data, count: size * count)))
                return size * count
            }

    private static let read: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int =
        { data, size, count, context in
            guard let exchange = unsafe Exchange.of(context), let data = unsafe data else { return 0 }
            let buffer = unsafe UnsafeMutableRawBufferPointer(start: data, count: size * count)
            let piece = exchange.next(buffer.count)
            unsafe buffer.copyBytes(from: piece)
            return piece.count
        }

    private static let trace:
        @convention(c) (
            UnsafeMutableRawPointer?, curl_infotype, UnsafeMutablePointer<CChar>?, Int, UnsafeMutableRawPointer?
        ) -> CInt = { _, kind, data, count, context in
            guard kind == CURLINFO_HEADER_OUT, let exchange = unsafe Exchange.of(context), let data = unsafe data else {
                return 0
            }
            exchange.take(client: unsafe Array(UnsafeRawBufferPointer(start: data, count: count)))
            return 0
        }
}

/// What one submission leaves behind; used by the thread that has it, and by no other.
private final class Exchange {
    private var progress = SubmissionProgress()
    private var rest: ArraySlice<UInt8>
    private var isDone = false

    init(_ message: [UInt8]) {
        rest = message[...]
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Exchange? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }

    /// Octets of the message to be sent; empty at its end.
    func next(_ count: Int) -> ArraySlice<UInt8> {
        let piece = rest.prefix(count)
        rest = rest.dropFirst(piece.count)
        if rest.isEmpty { progress.step = .complete }
        return piece
    }

    func take(client line: [UInt8]) {
        // The library says good-bye after a refusal: what the MTA said before is what counts.
        if line.starts(with: "QUIT".utf8) { isDone = true }
        guard !isDone else { return }
        // A reply to an earlier command says nothing of this one.
        progress.reply = ""
        if line.starts(with: "MAIL FROM:".utf8) {
            progress.step = .sender
        } else if line.starts(with: "RCPT TO:".utf8) {
            progress.step = .recipient
        } else if line.starts(with: "DATA".utf8) {
            progress.step = .data
        }
    }

    func take(server line: [UInt8]) {
        guard !isDone else { return }
        progress.reply = PrintableText(line.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }).text
    }

    func end(_ code: CURLcode) -> SubmissionProgress {
        isDone = true
        progress.isSuccess = code == CURLE_OK
        progress.complaint =
            unsafe authres_curl_explain(code).map { unsafe String(cString: $0) } ?? "error \(code.rawValue)"
        return progress
    }
}
