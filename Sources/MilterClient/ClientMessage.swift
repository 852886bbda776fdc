public import Mail
public import Milter

/// The SMTP session in which a client of a filter plays its messages.
public struct ClientSession: Hashable, Sendable {
    public var client: SMTPClient
    /// Nil for a client that sends MAIL without HELO.
    public var helo: [UInt8]?
    /// The values of macros by name, without braces; each stage gets those on its list.
    public var macros: [String: [UInt8]]

    public init(client: SMTPClient, helo: [UInt8]?, macros: [String: [UInt8]] = [:]) {
        self.client = client
        self.helo = helo
        self.macros = macros
    }
}

/// A message as a client of a filter plays it.
public struct ClientMessage: Hashable, Sendable {
    public var sender: EnvelopeAddress
    public var recipients: [EnvelopeAddress]
    public var header: [HeaderField]
    /// Lines end with CRLF.
    public var body: [UInt8]
    /// Macros of this message, in addition to those of the session.
    public var macros: [String: [UInt8]]

    public init(
        sender: EnvelopeAddress,
        recipients: [EnvelopeAddress],
        header: [HeaderField],
        body: [UInt8],
        macros: [String: [UInt8]] = [:]
    ) {
        self.sender = sender
        self.recipients = recipients
        self.header = header
        self.body = body
        self.macros = macros
    }
}

/// A filter's response to a message.
public struct ClientOutcome: Hashable, Sendable {
    /// The last reply: ``Reply/continue`` or ``Reply/accept`` if the message is to be delivered.
    public var verdict: Reply
    public var modifications: [Modification]
    /// True if values are sent with the space after the colon; without it the MTA adds one.
    public var keepsLeadingSpace: Bool

    public init(verdict: Reply, modifications: [Modification], keepsLeadingSpace: Bool) {
        self.verdict = verdict
        self.modifications = modifications
        self.keepsLeadingSpace = keepsLeadingSpace
    }

    public var isDelivered: Bool { verdict == .continue || verdict == .accept }
}
