public import DNS
public import FieldClaims
public import Trace

/// The site whose Authentication-Results fields a reader believes (RFC 8601, 1.2: trust boundary): its authserv-ids,
/// and the hosts that write them.
public struct TrustBoundary: Sendable {
    /// The authserv-ids of the site (RFC 8601, 4.1: a reader believes only the ids that it is configured with).
    public var ownIDs: OwnIdentifiers
    /// Which Received fields the site's hosts have written, so that it is known where a message came in.
    public var recovery: EnvelopeRecovery
    /// True if the site's hosts write no authserv-id, like Microsoft 365. A field in which no id can be read is then
    /// the site's if its place proves it.
    public var omitsID = false
    /// True if ARC-Authentication-Results fields are read too (RFC 8617, 4.1.1). Gmail puts its Authentication-Results
    /// field below its Received field, where a sender's would be, and the ARC Set with the same results above it.
    public var readsARC = false

    public init(ownIDs: OwnIdentifiers, recovery: EnvelopeRecovery) {
        self.ownIDs = ownIDs
        self.recovery = recovery
    }

    /// - Parameters:
    ///   - ids: authserv-ids, or `*.NAME` for every one below a name.
    ///   - hosts: names that the site's hosts write after `by` in Received fields, or `*.NAME`.
    ///   - trustedRelays: networks of clients that are hosts of the site, besides private and loopback addresses.
    public init(ids: [String], hosts: [String], trustedRelays: [IPNetwork] = []) {
        self.init(
            ownIDs: OwnIdentifiers(ids),
            recovery: EnvelopeRecovery(ownHosts: HostPatterns(hosts), trustedRelays: trustedRelays)
        )
    }
}
