package import Mail
package import Milter

/// The SMTP session in which a client of a filter plays its messages.
package struct ClientSession: Hashable, Sendable {
    package var client: SMTPClient
    /// Nil for a client that sends MAIL without HELO.
    package var helo: [UInt8]?
    /// The values of macros by name, without braces; each stage gets those on its list.
    package var macros: [String: [UInt8]]

    package init(client: SMTPClient, helo: [UInt8]?, macros: [String: [UInt8]] = [:]) {
        self.client = client
        self.helo = helo
        self.macros = macros
    }
}

/// A message as a client of a filter plays it.
package struct ClientMessage: Hashable, Sendable {
    package var sender: EnvelopeAddress
    package var recipients: [EnvelopeAddress]
    package var header: [HeaderField]
    /// Lines end with CRLF.
    package var body: [UInt8]
    /// Macros of this message, in addition to those of the session.
    package var macros: [String: [UInt8]]

    package init(
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
package struct ClientOutcome: Hashable, Sendable {
    /// The last reply: ``Reply/continue`` or ``Reply/accept`` if the message is to be delivered.
    package var verdict: Reply
    package var modifications: [Modification]
    /// True if values are sent with the space after the colon; without it the MTA adds one.
    package var keepsLeadingSpace: Bool

    package init(verdict: Reply, modifications: [Modification], keepsLeadingSpace: Bool) {
        self.verdict = verdict
        self.modifications = modifications
        self.keepsLeadingSpace = keepsLeadingSpace
    }

    package var isDelivered: Bool { verdict == .continue || verdict == .accept }
}
