public import DNS

/// The reverse-path of a message: the address that MAIL FROM gives, or none (RFC 5321, 4.1.2; RFC 6531).
///
/// Only a strictly valid one has a value: if two readers may read an address in two ways, nothing can be said about
/// it.
public struct ReversePath: Hashable, Sendable {
    /// Where a mailbox is.
    public enum Host: Hashable, Sendable {
        /// In A-labels, whatever the sender used.
        case domain(Domain)
        /// The text between the brackets, for example `192.0.2.1` or `IPv6:2001:db8::1`.
        case addressLiteral(String)
    }

    public struct Mailbox: Hashable, Sendable {
        /// Without quotes and backslashes: `"john"@example.org` is `john@example.org` (RFC 5321, 4.1.2).
        public let localPart: [UInt8]
        public let host: Host
    }

    /// Nil for the null reverse-path, `<>`.
    public let mailbox: Mailbox?

    /// - Parameter argument: the text after `MAIL FROM:`, with or without angle brackets. If empty, it is the null
    ///   reverse-path, as Postfix passes it on for mail that did not come by SMTP.
    public init?(_ argument: [UInt8]) {
        var parser = ReversePathParser(argument)
        guard let mailbox = try? parser.reversePath() else { return nil }
        self.mailbox = mailbox.first
    }

    /// The domain of the mailbox, if it has one.
    public var domain: Domain? {
        guard case .domain(let domain) = mailbox?.host else { return nil }
        return domain
    }
}
