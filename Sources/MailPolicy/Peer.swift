package import Authentication

/// Who delivers the message. Rules are about external clients, unless they say otherwise.
package enum Peer: String, CaseIterable, Hashable, Sendable {
    case stranger
    /// The client has authenticated (RFC 4954).
    case authenticated
    /// The client is in `local-networks`, or the message came from this host.
    case local
    /// The client is in `trusted-relays`: another host of ours received the message from outside.
    case trustedRelay = "trusted-relay"

    package init(_ client: Client, isAuthenticated: Bool, policy: Policy) {
        if client.isIn(policy.trustedRelays) {
            self = .trustedRelay
        } else if isAuthenticated {
            self = .authenticated
        } else {
            self = client.address == nil || client.isIn(policy.localNetworks) ? .local : .stranger
        }
    }
}
