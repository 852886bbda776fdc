public import DNS
internal import Mail
public import MailAddresses

/// The SMTP client, as the MTA saw it.
public struct Client: Hashable, Sendable {
    /// Nil where there is none: a local submission, a Unix socket, an envelope that could not be recovered.
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

/// What the MTA says of SMTP AUTH (RFC 4954), by its macros `{auth_authen}` and `{auth_type}`, and what the client that
/// has authenticated says by the AUTH parameter of MAIL.
public struct Submission: Hashable, Sendable {
    /// The authenticated identity, as the MTA gave it.
    public let identity: [UInt8]
    /// The SASL mechanism, if told.
    public let mechanism: [UInt8]
    /// Who submitted the message first, as the client says; nil if it does not.
    public let author: AuthParameter?

    public init(identity: [UInt8], mechanism: [UInt8] = [], author: AuthParameter? = nil) {
        self.identity = identity
        self.mechanism = mechanism
        self.author = author
    }
}
