package import DNS

/// The names that this host knows without the DNS (hosts(5)).
package struct HostsFile: Hashable, Sendable {
    private var addresses: [Domain: [IPAddress]] = [:]

    package static let path = "/etc/hosts"

    package init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, let address = IPAddress(first) else { continue }
            for word in words.dropFirst() {
                guard let name = Domain(word) else { continue }
                addresses[name, default: []].append(address)
            }
        }
    }

    /// The addresses of a name. `localhost`, and every name below it, is always this host (RFC 6761, 6.3).
    package func addresses(of name: Domain) -> [IPAddress] {
        if let local = Domain("localhost"), name.isEqualOrBelow(local) {
            return ["127.0.0.1", "::1"].compactMap { IPAddress($0) }
        }
        return addresses[name] ?? []
    }
}
