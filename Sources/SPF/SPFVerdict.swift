public import DNS

/// The verdict of SPF on a message's envelope.
public struct SPFVerdict: Hashable, Sendable {
    /// Whose result it is. Only one identity decides, and only that one may be named in the field (RFC 8601, 2.7.2).
    public enum Identity: Hashable, Sendable {
        case mailFrom(Domain)
        /// The sender is null: `postmaster` at the name the client gave (RFC 7208, 2.4).
        case helo(Domain)

        public var domain: Domain {
            switch self {
            case .mailFrom(let domain), .helo(let domain): domain
            }
        }
    }

    /// The result of the HELO identity by itself (RFC 7208, 2.3). It never replaces that of MAIL FROM.
    public struct HELO: Hashable, Sendable {
        public let domain: Domain
        public let result: SPFResult
        public let reason: String?
        public let mechanism: String?
    }

    public let result: SPFResult
    /// Nil if there is no domain to name: MAIL FROM has none that all readers see, or the client did not say who it
    /// is.
    public let identity: Identity?
    /// The reason for this result; in plain ASCII, with no text from the sender or the DNS except host names.
    public let reason: String?
    /// What the domain says to a rejected sender, for a fail: printable ASCII, written by the domain's owner. Not for
    /// the field.
    public let explanation: String?
    /// The term that matched, as it is in the record: visible ASCII, written by the domain's owner. Nil if none did.
    public let mechanism: String?
    /// Terms that queried the DNS (RFC 7208, 4.6.4: at most ten), and how many found nothing.
    public let queries: Int
    public let voidLookups: Int
    /// Nil if the client gave no name that can be checked.
    public let helo: HELO?
}
