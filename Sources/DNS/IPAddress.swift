internal import Octets

/// An IPv4 address; its octets in network order.
public struct IPv4Address: Hashable, Sendable {
    /// The address as a number, most significant octet first.
    public let value: UInt32

    public init(value: UInt32) {
        self.value = value
    }

    /// The four octets in network order.
    public var octets: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}

/// An IPv6 address.
public struct IPv6Address: Hashable, Sendable {
    /// The first and the last 64 bits.
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The sixteen octets in network order.
    public var octets: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
    }
}

/// The address of an SMTP client, or one in the DNS.
public enum IPAddress: Hashable, Sendable {
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// Reads an address as `inet_pton` does: dotted quad or IPv6 text without brackets, zone or port.
    public init?(_ text: some StringProtocol) {
        guard let octets = LibCAddresses.parseAddress(String(text)) else { return nil }
        self.init(octets: octets)
    }

    /// From 4 or 16 octets in network order; nil for any other number.
    public init?(octets: some Collection<UInt8>) {
        switch octets.count {
        case 4:
            self = .v4(IPv4Address(value: octets.reduce(0) { $0 << 8 | UInt32($1) }))
        case 16:
            self = .v6(
                IPv6Address(
                    high: octets.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                    low: octets.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
                )
            )
        default: return nil
        }
    }

    /// 4 or 16 octets in network order.
    public var octets: [UInt8] {
        switch self {
        case .v4(let address): address.octets
        case .v6(let address): address.octets
        }
    }

    /// Bits of an address of this family: 32 or 128.
    public var bitWidth: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// An IPv4 address written as an IPv6 one (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) becomes the IPv4 address; any other
    /// stays as it is. Every check works on this form, so that a client cannot choose how it is read.
    public var unmapped: IPAddress {
        guard case .v6(let address) = self, address.high == 0, address.low >> 32 == 0xFFFF else { return self }
        return .v4(IPv4Address(value: UInt32(truncatingIfNeeded: address.low)))
    }

    /// The name under `in-addr.arpa` or `ip6.arpa` whose PTR records name the host (RFC 1035 3.5, RFC 3596 2.5).
    public var reverseName: Domain {
        switch self {
        case .v4(let address):
            return Domain(
                canonical: address.octets.reversed().map(String.init).joined(separator: ".") + ".in-addr.arpa"
            )
        case .v6(let address):
            let nibbles = address.octets.reversed().flatMap { [$0 & 0xF, $0 >> 4] }
            return Domain(canonical: nibbles.map { String($0, radix: 16) }.joined(separator: ".") + ".ip6.arpa")
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// The text of `inet_ntop`: for IPv6 the form of RFC 5952.
    public var description: String {
        LibCAddresses.text(ofAddress: octets)
    }
}

/// A network in CIDR notation, `192.0.2.0/24` or `2001:db8::/32`; an address alone is a network of one.
public struct IPNetwork: Hashable, Sendable {
    public let address: IPAddress
    /// Leading bits that count: 0 to 32, or 0 to 128.
    public let prefixLength: Int

    public init?(address: IPAddress, prefixLength: Int) {
        guard (0...address.bitWidth).contains(prefixLength) else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Reads `ADDRESS` or `ADDRESS/LENGTH`; nil if it is neither. IPv4 addresses written as IPv6 ones
    /// (`::ffff:192.0.2.0/120`) are a network of IPv4, since ``contains(_:)`` is asked about unmapped addresses.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else { return nil }
        if parts.count == 1 {
            let address = address.unmapped
            self.init(address: address, prefixLength: address.bitWidth)
        } else {
            guard parts[1].utf8.allSatisfy(\.isDigit), let length = Int(parts[1]) else {
                return nil
            }
            let unmapped = address.unmapped
            // RFC 4291, 2.5.5.2: ::ffff:0:0/96
            let mappedBits = address.bitWidth - unmapped.bitWidth
            if length >= mappedBits {
                self.init(address: unmapped, prefixLength: length - mappedBits)
            } else {
                self.init(address: address, prefixLength: length)
            }
        }
    }

    /// True if `other` is of the same family and its leading bits are those of this network. The caller must unmap
    /// IPv4-mapped addresses.
    public func contains(_ other: IPAddress) -> Bool {
        switch (address, other) {
        case (.v4(let network), .v4(let host)):
            return prefixLength == 0 || (network.value ^ host.value) >> (32 - UInt32(prefixLength)) == 0
        case (.v6(let network), .v6(let host)):
            let high = network.high ^ host.high
            let low = network.low ^ host.low
            if prefixLength == 0 { return true }
            if prefixLength <= 64 { return high >> (64 - UInt64(prefixLength)) == 0 }
            return high == 0 && low >> (128 - UInt64(prefixLength)) == 0
        case (.v4, .v6), (.v6, .v4):
            return false
        }
    }
}

extension IPNetwork: CustomStringConvertible {
    public var description: String { "\(address)/\(prefixLength)" }
}
