internal import Octets

/// The words that follow `with` in a Received field: the registry of mail transmission types (IANA, Mail Parameters;
/// RFC 3848, RFC 6531), and unregistered ones in use.
public enum WithProtocol: String, CaseIterable, Hashable, Sendable {
    case smtp, esmtp, esmtpa, esmtps, esmtpsa
    case lmtp, lmtpa, lmtps, lmtpsa
    case mms
    case utf8smtp, utf8smtpa, utf8smtps, utf8smtpsa
    case utf8lmtp, utf8lmtpa, utf8lmtps, utf8lmtpsa
    /// Not registered: SMTP with TLS from the first octet (Exim).
    case smtps
    /// Not registered: ESMTP with AUTH, before RFC 3848 (Exim, MDaemon).
    case asmtp
    /// Not registered: a user who has logged in on a web page.
    case http, https
    /// Not registered: mailboxes that were fetched (fetchmail, getmail); not a transmission of mail.
    case pop3, pop3s, imap, imaps

    /// No keyword is longer.
    private static let lengthLimit = 16

    /// Reads a keyword in any case.
    public init?(_ keyword: some Sequence<UInt8>) {
        let name = keyword.prefix(Self.lengthLimit + 1).map(\.asciiLowercased)
        guard name.count <= Self.lengthLimit, name.allSatisfy({ $0.isLetter || $0.isDigit }) else { return nil }
        self.init(rawValue: String(decoding: name, as: UTF8.self))
    }

    /// True if the hop was encrypted.
    public var isEncrypted: Bool {
        switch self {
        case .esmtps, .esmtpsa, .lmtps, .lmtpsa, .utf8smtps, .utf8smtpsa, .utf8lmtps, .utf8lmtpsa, .smtps, .https,
            .pop3s, .imaps:
            true
        case .smtp, .esmtp, .esmtpa, .lmtp, .lmtpa, .mms, .utf8smtp, .utf8smtpa, .utf8lmtp, .utf8lmtpa, .asmtp, .http,
            .pop3, .imap:
            false
        }
    }

    /// True if the client had authenticated.
    public var isAuthenticated: Bool {
        switch self {
        case .esmtpa, .esmtpsa, .lmtpa, .lmtpsa, .utf8smtpa, .utf8smtpsa, .utf8lmtpa, .utf8lmtpsa, .asmtp, .http,
            .https:
            true
        case .smtp, .esmtp, .esmtps, .lmtp, .lmtps, .mms, .utf8smtp, .utf8smtps, .utf8lmtp, .utf8lmtps, .smtps, .pop3,
            .pop3s, .imap, .imaps:
            false
        }
    }

    /// True if the message was fetched from a mailbox, so that there was no SMTP client.
    var isFetched: Bool {
        switch self {
        case .pop3, .pop3s, .imap, .imaps: true
        case .smtp, .esmtp, .esmtpa, .esmtps, .esmtpsa, .lmtp, .lmtpa, .lmtps, .lmtpsa, .mms, .utf8smtp, .utf8smtpa,
            .utf8smtps, .utf8smtpsa, .utf8lmtp, .utf8lmtpa, .utf8lmtps, .utf8lmtpsa, .smtps, .asmtp, .http, .https:
            false
        }
    }

    /// True if the message was delivered to a mailbox by a host of the same site: LMTP is not for the open network
    /// (RFC 2033, 5).
    var isLocalDelivery: Bool {
        switch self {
        case .lmtp, .lmtpa, .lmtps, .lmtpsa, .utf8lmtp, .utf8lmtpa, .utf8lmtps, .utf8lmtpsa: true
        case .smtp, .esmtp, .esmtpa, .esmtps, .esmtpsa, .mms, .utf8smtp, .utf8smtpa, .utf8smtps, .utf8smtpsa, .smtps,
            .asmtp, .http, .https, .pop3, .pop3s, .imap, .imaps:
            false
        }
    }
}
