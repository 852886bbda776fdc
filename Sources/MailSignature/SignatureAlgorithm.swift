/// The `a=` tag: key type and hash (RFC 6376 3.3, RFC 8463).
package enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
    case rsaSHA256 = "rsa-sha256"
    case ed25519SHA256 = "ed25519-sha256"
    /// Known so that it can be refused by name: it must not be verified (RFC 8301, 3.1).
    case rsaSHA1 = "rsa-sha1"

    /// The `k=` tag of a key that fits.
    var keyType: KeyRecord.KeyType {
        switch self {
        case .rsaSHA256, .rsaSHA1: .rsa
        case .ed25519SHA256: .ed25519
        }
    }
}

/// The two ways of RFC 6376 section 3.4 to make a header or a body immune to changes on the way.
package enum Canonicalization: String, Hashable, Sendable, CaseIterable {
    case simple, relaxed
}
