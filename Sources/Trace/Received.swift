public import DNS
public import Mail
internal import Octets

/// One Received field: what the host that wrote it reports about the hop (RFC 5321, 4.4, and what MTAs write
/// instead).
///
/// The value is only as good as that host. Of its content, the address comes from the kernel and the reverse name
/// from the DNS; the HELO argument, the envelope and the user's name come from the client, and some MTAs copy them
/// into the field unchanged. A field that can be read in two ways is therefore not read at all.
public struct Received: Hashable, Sendable {
    /// The client, as the host saw it.
    public struct Client: Hashable, Sendable {
        public let address: IPAddress
        /// The argument of HELO or EHLO, as it is in the field; Postfix writes `?` for octets that it distrusts. Nil
        /// if the MTA does not report it.
        public let helo: [UInt8]?
        /// The name that the host found for the address and, as far as is known, checked; nil if none.
        public let reverseName: Domain?
    }

    /// How the message came to the host.
    public enum Origin: Hashable, Sendable {
        case network(Client)
        /// Not over a connection: from a program on the host, from a mailbox, or from within the same system.
        case local
    }

    /// The software whose style the field has.
    public let layout: ReceivedLayout
    /// The host that wrote the field, after `by`; nil if it does not name itself by a domain name.
    public let host: Domain?
    /// The host if it names itself by an address, as Gmail does for hops within its own system.
    public let hostAddress: IPAddress?
    public let origin: Origin
    public let with: WithProtocol?
    /// The host says that the hop was encrypted.
    public let isEncrypted: Bool
    /// The host says that the client had authenticated.
    public let isAuthenticated: Bool
    /// The argument of MAIL FROM if the field has it (Exim, qmail, Dovecot), with its angle brackets.
    public let envelopeFrom: [UInt8]?
    public let date: DateTime?

    /// Reads the value of a field.
    ///
    /// - Throws: ``ReceivedError`` if it contains nothing reliable.
    public init(_ value: [UInt8]) throws(ReceivedError) {
        var tokenizer = ReceivedTokenizer(value[...])
        let (tokens, rest) = try tokenizer.tokens()
        date = try rest.flatMap(Self.date)
        if case .comment(let note) = tokens.first, tokens.count == 1, note.hasPrefix("qmail ") {
            // `(qmail 4711 invoked by uid 89)`: a step within the host, written in addition to the line for the hop.
            (layout, host, hostAddress, origin) = (.qmail, nil, nil, .local)
            (with, isEncrypted, isAuthenticated, envelopeFrom) = (nil, false, false, nil)
            return
        }
        try Self.checkHosts(value)
        var parser = ReceivedParser(tokens)
        let clauses = try parser.clauses()
        layout = ReceivedLayout(clauses)
        host = clauses.by.flatMap { ReceivedAddress($0) == nil ? Domain($0) : nil }
        hostAddress = clauses.by.flatMap { ReceivedAddress($0)?.address }
        origin = try Self.origin(clauses, layout)
        with = clauses.protocolName
        isEncrypted = clauses.isEncrypted
        let isHandOver = layout == .yahoo && clauses.isHTTP
        isAuthenticated = origin != .local && !isHandOver && clauses.isAuthenticated
        envelopeFrom = clauses.envelopeFrom
    }

    /// True if the field is qmail's note of a step within the host, which names neither host nor client.
    var isNote: Bool { layout == .qmail && host == nil && hostAddress == nil && origin == .local }

    /// True if a mailbox server of Yahoo wrote the field, and got the message from the server with this address. A
    /// proxy on its host (127.0.0.1) may hide that address; the field below is the server's nevertheless.
    func isHandOver(from server: IPAddress) -> Bool {
        guard layout == .yahoo, host != nil, case .network(let client) = origin, client.helo == nil else {
            return false
        }
        return client.address.isLoopback || client.address == server
    }

    /// Every MTA writes the word `by` once, after everything that its client sent. So if it occurs twice, in any
    /// reading, someone else has written one of them: a HELO argument such as
    /// `x (y [192.0.2.1]) by mx.example.org with SMTP; 1 Jan 2024 00:00:00 +0000 (`.
    private static func checkHosts(_ value: [UInt8]) throws(ReceivedError) {
        var count = 0
        var start = 0
        for index in 0...value.count where index == value.count || value[index].delimitsReceivedWord {
            if value[start..<index].isWord("by") { count += 1 }
            start = index + 1
        }
        guard count > 0 else { throw .noHost }
        guard count == 1 else { throw .ambiguous }
    }

    private static func origin(_ clauses: ReceivedClauses, _ layout: ReceivedLayout) throws(ReceivedError) -> Origin {
        guard let from = clauses.from else { return .local }
        if let first = clauses.with.first,
            ["local", "mapi", "qmail-scanner"].contains(where: { first.asciiHasPrefix($0) })
        {
            return .local
        }
        if layout == .fetchmail || clauses.protocolName?.isFetched == true { return .local }
        if layout == .exchange, clauses.protocolName == .https { return .local }
        let words = clauses.fromWords
        if words.count == 3, words[0].isWord("mail"), words[1].isWord("pickup"), words[2].isWord("service") {
            return .local
        }
        // Dovecot and Cyrus, given a message through a Unix socket: no address, and no connection.
        if clauses.protocolName?.isLocalDelivery == true, clauses.fromComments.isEmpty, words.count == 1 {
            return .local
        }
        return .network(try ReceivedClient(from, layout: layout).client())
    }

    /// Octets that may follow the semicolon: a date and a comment, in which PowerMTA puts the MAIL FROM.
    private static let dateLengthLimit = 512

    /// The text after the semicolon. An unreadable date gives nil; text that is not a date at all means that the
    /// semicolon was not the one before the date.
    private static func date(_ octets: ArraySlice<UInt8>) throws(ReceivedError) -> DateTime? {
        guard octets.count <= dateLengthLimit else { throw .ambiguous }
        if let date = DateTime(octets) { return date }
        guard !octets.contains(UInt8(ascii: ";")) else { throw .ambiguous }
        return nil
    }
}
