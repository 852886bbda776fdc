package import AuthServ

/// One message on its way to an MTA, by SMTP: libcurl talks, what came of it is told from here.
package struct MessageSubmission: Sendable {
    let server: ServerURL
    /// The argument of EHLO: a host name.
    let ehloName: String
    /// Addresses without brackets; the sender is empty for the null reverse-path.
    let sender: String
    let recipient: String
    /// Lines that end with CRLF.
    let message: [UInt8]

    /// Seconds for all of it: the MTA is near, and may have much to do.
    static let timeout = 300

    package init(_ message: [UInt8], from sender: String, to recipient: String, by server: ServerURL, as name: String) {
        self.server = server
        ehloName = name
        self.sender = sender
        self.recipient = recipient
        self.message = message
    }

    /// What the MTA has made of it.
    package enum Outcome: Hashable, Sendable {
        case accepted
        /// Nothing was taken, and another try may succeed.
        case temporary(String)
        /// The address takes no mail.
        case refused(String)
        /// It was not taken, for another reason, or nobody knows whether it was: it is not to be sent again.
        case failed(String)
    }

    /// Hands it over, and waits for the answer: for a thread of its own.
    package func send() -> Outcome {
        if let problem = LibCurl.problem() { return .temporary("\(problem): install the package libcurl4") }
        return LibCurlSMTP.send(self).outcome
    }
}

/// How far a submission has come, and what the MTA said last.
struct SubmissionProgress: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case connection, sender, recipient, data
        /// Every octet was handed over: whether the MTA has the message, only its reply tells.
        case complete
    }

    var step = Step.connection
    /// The MTA's last line.
    var reply = ""
    var isSuccess = false
    /// What the library says of a failure.
    var complaint = ""

    /// reply-code, a digit 4 or 5 first  (RFC 5321, 4.2)
    private var severity: Character? {
        let code = reply.prefix(3)
        return code.count == 3 && code.allSatisfy { $0.isASCII && $0.isNumber } ? code.first : nil
    }

    /// Replies that say it of the address itself: bad destination, null MX, mailbox disabled (RFC 3463, 3.2 and 3.3;
    /// RFC 7505).
    private var blamesAddress: Bool {
        let status = reply.split(separator: " ", maxSplits: 2).dropFirst().first ?? ""
        return ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"].contains(String(status))
    }

    var outcome: MessageSubmission.Outcome {
        guard !isSuccess else { return .accepted }
        switch (severity, step) {
        case ("4", _): return .temporary(reply)
        case ("5", .recipient) where blamesAddress: return .refused(reply)
        case ("5", _): return .failed(reply)
        case (_, .complete): return .failed("not known whether the MTA has taken it: \(complaint)")
        case (_, .connection), (_, .sender), (_, .recipient), (_, .data): return .temporary(complaint)
        }
    }
}
