internal import DNS

extension IPAddress {
    /// True for the host itself: 127.0.0.0/8 and ::1.
    var isLoopback: Bool { InternalNetworks.loopback.contains { $0.contains(self) } }

    /// True for an address that no host on the Internet has: loopback, private (RFC 1918, RFC 4193) and link-local
    /// (RFC 3927, RFC 4291).
    var isInternal: Bool { isLoopback || InternalNetworks.private.contains { $0.contains(self) } }

    /// The IPv4 address in 2002:AABB:CCDD::/48 (RFC 3056).
    var embeddedIn6to4: IPAddress? {
        guard case .v6(let address) = self, address.high >> 48 == 0x2002 else { return nil }
        return .v4(IPv4Address(value: UInt32(truncatingIfNeeded: address.high >> 16)))
    }
}

private enum InternalNetworks {
    static let loopback = ["127.0.0.0/8", "::1"].compactMap { IPNetwork($0) }
    static let `private` = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"]
        .compactMap { IPNetwork($0) }
}
