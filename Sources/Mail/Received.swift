public import DNS

/// One Received field: what the host that wrote it says of the hop (RFC 5321, 4.4, and what MTAs write instead).
///
/// The value is only as good as that host. Of what it says, the address comes from the kernel and the reverse name from
/// the DNS; the HELO argument, the envelope and the user's name come from the client, and some MTAs copy them into the
/// field as they are. A field that can be read in two ways is therefore not read at all.
public struct Received: Hashable, Sendable {
    /// The client, as the host saw it.
    public struct Client: Hashable, Sendable {
        public let address: IPAddress
        /// The argument of HELO or EHLO, as it is in the field; Postfix writes `?` for octets that it distrusts. Nil
        /// where the MTA does not tell.
        public let helo: [UInt8]?
        /// The name that the host found for the address and, as far as is known, checked; nil if none.
        public let reverseName: Domain?
    }

    /// How the message came to the host.
    public enum Origin: Hashable, Sendable {
        case network(Client)
        /// Not by a connection: from a program on the host, from a mailbox, or from within the same system.
        case local
    }

    /// Whose way of writing the field follows.
    public let layout: ReceivedLayout
    /// The host that wrote the field, after `by`; nil if it does not call itself by a domain name.
    public let host: Domain?
    public let origin: Origin
    public let with: WithProtocol?
    /// The host says that the hop was encrypted.
    public let isEncrypted: Bool
    /// The host says that the client had authenticated itself.
    public let isAuthenticated: Bool
    /// The argument of MAIL FROM where the field tells it (Exim, qmail, Dovecot), with its angle brackets.
    public let envelopeFrom: [UInt8]?
    public let date: DateTime?

    /// Reads the value of a field.
    ///
    /// - Throws: ``ReceivedError`` if it says nothing that could be relied on.
    public init(_ value: [UInt8]) throws(ReceivedError) {
        var tokenizer = ReceivedTokenizer(value[...])
        let (tokens, rest) = try tokenizer.tokens()
        var parser = ReceivedParser(tokens)
        let clauses = try parser.clauses()
        let layout = ReceivedLayout(clauses)
        self.layout = layout
        host = clauses.by.flatMap { Domain($0) }
        with = clauses.with.first.flatMap { WithProtocol($0) }
        origin = try clauses.origin(layout)
        let facts = clauses.commentsBehindClient
        isEncrypted =
            with?.isEncrypted == true || facts.contains { $0.hasPrefix("using TLS") || $0.hasPrefix("TLS:") }
            || clauses.byComments.contains { $0.hasPrefix("version=TLS") || $0.hasPrefix("TLS") }
        isAuthenticated =
            with?.isAuthenticated == true
            || facts.contains { comment in
                ["Authenticated sender", "authenticated", "AUTH:", "SquirrelMail authenticated", "account "]
                    .contains { comment.hasPrefix($0) }
            }
        envelopeFrom = clauses.envelopeFrom
        date = try rest.flatMap(Self.date)
    }

    /// Octets that may stand behind the semicolon: a date and a comment.
    private static let dateLengthLimit = 128

    /// What stands behind the semicolon. A date that cannot be read is none; what is no date at all means that the
    /// semicolon was not the one before the date.
    private static func date(_ octets: ArraySlice<UInt8>) throws(ReceivedError) -> DateTime? {
        guard octets.count <= dateLengthLimit else { throw .ambiguous }
        if let date = DateTime(octets) { return date }
        guard !octets.contains(UInt8(ascii: ";")) else { throw .ambiguous }
        return nil
    }
}
