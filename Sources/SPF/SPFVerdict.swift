package import DNS

/// The verdict of SPF on a message's envelope.
package struct SPFVerdict: Hashable, Sendable {
    /// Whose result it is. Only one identity decides, and only that one may be named in the field (RFC 8601, 2.7.2).
    package enum Identity: Hashable, Sendable {
        case mailFrom(Domain)
        /// The sender is null: `postmaster` at the name the client gave (RFC 7208, 2.4).
        case helo(Domain)

        package var domain: Domain {
            switch self {
            case .mailFrom(let domain), .helo(let domain): domain
            }
        }
    }

    /// The result of the HELO identity by itself (RFC 7208, 2.3). It never replaces that of MAIL FROM.
    package struct HELO: Hashable, Sendable {
        package let domain: Domain
        package let result: SPFResult
        package let reason: String?
        package let mechanism: String?
    }

    package let result: SPFResult
    /// Nil if there is no domain to name: MAIL FROM has none that all readers see, or the client did not say who it
    /// is.
    package let identity: Identity?
    /// The reason for this result; in plain ASCII, with no text from the sender or the DNS except host names.
    package let reason: String?
    /// What the domain says to a rejected sender, for a fail: printable ASCII, written by the domain's owner. Not for
    /// the field.
    package let explanation: String?
    /// The term that matched, as it is in the record: visible ASCII, written by the domain's owner. Nil if none did.
    package let mechanism: String?
    /// Terms that queried the DNS (RFC 7208, 4.6.4: at most ten), and how many found nothing.
    package let queries: Int
    package let voidLookups: Int
    /// Nil if the client gave no name that can be checked.
    package let helo: HELO?
}
