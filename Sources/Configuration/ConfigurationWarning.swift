internal import Authentication
internal import DNS
internal import Files
internal import Milter

/// Something that is allowed but probably not intended: where it is, and what to do about it.
package struct ConfigurationWarning: Hashable, Sendable, CustomStringConvertible {
    package let origin: ConfigurationOrigin
    package let text: String

    package var description: String { "\(origin): \(text)" }
}

extension EffectiveConfiguration {
    /// What a postmaster should look at again, although it is in force.
    package var warnings: [ConfigurationWarning] {
        sampleNames + wideNetworks + fieldsThatGoAnyway + publicSockets + uselessSeal + openKeyFiles
    }

    private func warning(_ key: String, _ text: String) -> ConfigurationWarning {
        let origin = origins[key] ?? .builtIn
        return ConfigurationWarning(origin: origin, text: (origin.namesKey ? "" : "\(key): ") + text)
    }

    /// Names of the documentation (RFC 2606) that were left in the file.
    private var sampleNames: [ConfigurationWarning] {
        ["authserv-id", "own-ids", "own-hosts", "seal.domain", "arc-seal.domain"].flatMap {
            key -> [ConfigurationWarning] in
            guard case .file? = origins[key], let setting = Setting.byKey[key] else { return [] }
            return setting.show(configuration).compactMap { pattern in
                let name = pattern.hasPrefix("*.") ? String(pattern.dropFirst(2)) : pattern
                guard let domain = Domain(name), Self.documentation.contains(where: domain.isEqualOrBelow) else {
                    return nil
                }
                return warning(key, "\(pattern) is a name for documentation; replace it by your own")
            }
        }
    }

    private static let documentation = ["example.org", "example.com", "example.net"].compactMap { Domain($0) }

    /// Networks larger than any that a registry allocates.
    private var wideNetworks: [ConfigurationWarning] {
        func isWide(_ network: IPNetwork) -> Bool {
            switch network.address {
            case .v4: network.prefixLength < 8
            case .v6: network.prefixLength < 16 && !Self.notPublic.contains { $0.contains(network.address) }
            }
        }
        let policy = configuration.policy
        return policy.trustedRelays.filter(isWide).map {
            warning("trusted-relays", "\($0) is a large part of the Internet, and fields from there are not removed")
        }
            + policy.localNetworks.filter(isWide).map {
                warning("local-networks", "\($0) is a large part of the Internet, and clients there are not checked")
            }
    }

    /// The host itself, private and link-local (RFC 1918, RFC 3927, RFC 4193, RFC 4291).
    private static let notPublic = [
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1", "fc00::/7",
        "fe80::/10",
    ].compactMap { IPNetwork($0) }

    private var fieldsThatGoAnyway: [ConfigurationWarning] {
        guard configuration.policy.alsoRemove.contains(where: { $0.lowercased() == "authentication-results" }) else {
            return []
        }
        let text = "Authentication-Results has no effect here; `foreign: remove` removes those of other sites too"
        return [warning("also-remove", text)]
    }

    /// Anyone who can connect can occupy the filter, or read what it has counted: neither protocol has a login.
    private var publicSockets: [ConfigurationWarning] {
        [
            ("socket", configuration.socket, "the milter protocol has"),
            ("metrics", configuration.metrics, "HTTP here has"),
        ]
        .compactMap { key, socket, whose in
            let host: String
            switch socket.flatMap(Endpoint.init) {
            case .inet(let name, _), .inet6(let name, _): host = name
            case .unix, .descriptor, nil: return nil
            }
            guard let address = IPAddress(host)?.unmapped,
                !Self.notPublic.contains(where: { $0.contains(address) })
            else { return nil }
            let text =
                "\(host) can be reached from outside, and \(whose) no login: use 127.0.0.1, a Unix socket or a firewall"
            return warning(key, text)
        }
    }

    /// A seal counts as ours only if its domain is that of the authserv-id or one above it.
    private var uselessSeal: [ConfigurationWarning] {
        guard configuration.policy.seal != nil, let id = configuration.policy.authservID,
            let domain = configuration.seal.domain.flatMap({ Domain(internationalized: Array($0.utf8)) }),
            Domain(internationalized: Array(id.utf8))?.isEqualOrBelow(domain) != true
        else { return [] }
        let text = "a seal of \(domain) proves nothing about fields of \(id): it must be that name or one above it"
        return [warning("seal.domain", text)]
    }

    private var openKeyFiles: [ConfigurationWarning] {
        [("seal", configuration.seal), ("arc-seal", configuration.arcSeal)].compactMap { group, seal in
            guard let file = seal.keyFile, let mode = LibCFiles.permissions(ofPath: file) else { return nil }
            if mode & 0o022 != 0 {
                return warning(
                    "\(group).key-file",
                    "\(file) can be changed by users other than its owner: chmod 640 \(file)"
                )
            }
            guard mode & 0o004 != 0 else { return nil }
            return warning("\(group).key-file", "\(file) can be read by every user of this host: chmod 640 \(file)")
        }
    }
}
