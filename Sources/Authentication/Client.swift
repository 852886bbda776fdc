package import DNS
internal import Mail
package import MailAddresses

/// The SMTP client, as the MTA saw it.
package struct Client: Hashable, Sendable {
    /// Nil if there is none: a local submission, a Unix socket, an envelope that could not be recovered.
    package let address: IPAddress?
    /// The MTA's own name for the client; for logs and reports only.
    package let name: [UInt8]

    package init(address: IPAddress?, name: [UInt8] = []) {
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
package struct Submission: Hashable, Sendable {
    /// The authenticated identity, as the MTA gave it.
    package let identity: [UInt8]
    /// The SASL mechanism, if the MTA reports it.
    package let mechanism: [UInt8]
    /// The original submitter according to the client; nil if it names none.
    package let author: AuthParameter?

    package init(identity: [UInt8], mechanism: [UInt8] = [], author: AuthParameter? = nil) {
        self.identity = identity
        self.mechanism = mechanism
        self.author = author
    }
}
