package import DNS

/// Which addresses a server that is asked may have.
///
/// The owner of a zone controls where its names lead, so one of our names alone does not show that one of our hosts
/// answers, or that an answer is wanted from there.
package struct AddressRules: Hashable, Sendable {
    /// The networks a server must be in; nil allows all, for a server that the user has named.
    package let networks: [IPNetwork]?

    package init(networks: [IPNetwork]?) {
        self.networks = networks
    }

    /// Private networks (RFC 1918, RFC 4193) and this host.
    package static let privateNetworks = [
        "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",
    ].compactMap { IPNetwork($0) }

    /// Never asked: unspecified, link-local (where cloud machines have their secrets), multicast, reserved.
    private static let forbidden = [
        "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::", "fe80::/10", "ff00::/8",
    ].compactMap { IPNetwork($0) }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { IPNetwork($0) }

    package func allows(_ address: IPAddress) -> Bool {
        let address = address.unmapped
        guard !Self.forbidden.contains(where: { $0.contains(address) }) else { return false }
        return networks?.contains { $0.contains(address) } ?? true
    }

    /// True for an address of this host, on the way to which no attacker can listen.
    package static func isLoopback(_ address: IPAddress) -> Bool {
        loopback.contains { $0.contains(address.unmapped) }
    }
}
