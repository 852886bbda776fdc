package import DNS
internal import Glibc

/// The addresses of this host's interfaces. No pointer leaves this file.
enum LibC {
    static func interfaceAddresses() -> [IPAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var addresses: [IPAddress] = []
        var entry = unsafe list
        while let current = unsafe entry {
            if let address = unsafe current.pointee.ifa_addr { addresses += unsafe [address.ip].compactMap(\.self) }
            unsafe entry = current.pointee.ifa_next
        }
        return addresses
    }
}

extension UnsafeMutablePointer<sockaddr> {
    /// Nil for an address of another family.
    fileprivate var ip: IPAddress? {
        switch unsafe Int32(pointee.sa_family) {
        case AF_INET:
            return unsafe withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                let octets = unsafe withUnsafeBytes(of: pointer.pointee.sin_addr) { unsafe Array($0) }
                return IPAddress(octets: octets)
            }
        case AF_INET6:
            return unsafe withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                let octets = unsafe withUnsafeBytes(of: pointer.pointee.sin6_addr) { unsafe Array($0) }
                return IPAddress(octets: octets)
            }
        default: return nil
        }
    }
}

extension IPNetwork {
    /// This host, by its current addresses.
    package static var ownAddresses: [IPNetwork] {
        LibC.interfaceAddresses().compactMap { IPNetwork(address: $0, prefixLength: $0.bitWidth) }
    }
}
