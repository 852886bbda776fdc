public import DNS

/// What SPF says of a message's envelope.
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

    /// The result of the HELO identity by itself (RFC 7208, 2.3). It never stands for MAIL FROM.
    public struct HELO: Hashable, Sendable {
        public let domain: Domain
        public let result: SPFResult
        public let reason: String?
        public let mechanism: String?
    }

    public let result: SPFResult
    /// Nil if there is no domain that could be named: MAIL FROM has none that every reader sees, or the client did not
    /// say who it is.
    public let identity: Identity?
    /// Why it is this result; in plain ASCII, with no text of the sender's or the DNS's but host names.
    public let reason: String?
    /// What the domain says to a rejected sender, for a fail: printable ASCII, written by a stranger. Not for the
    /// field.
    public let explanation: String?
    /// The term that matched, as it stands in the record: visible ASCII, written by a stranger. Nil if none did.
    public let mechanism: String?
    /// Terms that queried the DNS (RFC 7208, 4.6.4: ten at most), and how many found nothing.
    public let queries: Int
    public let voidLookups: Int
    /// Nil if the client gave no name that can be checked.
    public let helo: HELO?
}
