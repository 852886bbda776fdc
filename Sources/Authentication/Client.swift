public import DNS
internal import Mail
public import MailAddresses

/// The SMTP client, as the MTA saw it.
public struct Client: Hashable, Sendable {
    /// Nil if there is none: a local submission, a Unix socket, an envelope that could not be recovered.
    public let address: IPAddress?
    /// The MTA's own name for the client; for logs and reports only.
    public let name: [UInt8]

    public init(address: IPAddress?, name: [UInt8] = []) {
        self.address = address?.unmapped
        self.name = name
    }

    /// True if one of the networks contains the client.
    package func isIn(_ networks: [IPNetwork]) -> Bool {
        guard let address else { return false }
        return networks.contains { $0.contains(address) }
    }
}

/// What the MTA reports about SMTP AUTH (RFC 4954) in its macros `{auth_authen}` and `{auth_type}`, and what the
/// authenticated client states in the AUTH parameter of MAIL.
public struct Submission: Hashable, Sendable {
    /// The authenticated identity, as the MTA gave it.
    public let identity: [UInt8]
    /// The SASL mechanism, if the MTA reports it.
    public let mechanism: [UInt8]
    /// The original submitter according to the client; nil if it names none.
    public let author: AuthParameter?

    public init(identity: [UInt8], mechanism: [UInt8] = [], author: AuthParameter? = nil) {
        self.identity = identity
        self.mechanism = mechanism
        self.author = author
    }
}
