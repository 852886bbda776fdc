internal import Crypto
internal import CryptoExtras

/// A public key ready for use; a key that has many signatures to verify is read once.
package struct VerifyingKey: Sendable {
    private enum Key: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    private let key: Key

    /// Nil if the library refuses the key, as it does all RSA keys under 1,024 bits. The caller decides how long a
    /// key must be.
    package init?(_ record: KeyRecord) {
        switch record.key {
        case .rsa(let rsa):
            /// The ordinary initialisers refuse keys under 2,048 bits, which RFC 8301 section 3.2 says must verify.
            guard let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: rsa.subjectPublicKeyInfo) else {
                return nil
            }
            self.key = .rsa(key)
        case .ed25519(let octets):
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: octets) else { return nil }
            self.key = .ed25519(key)
        }
    }

    /// True if `signature` is a signature over `hash` under this key.
    package func verifies(_ signature: [UInt8], over hash: HeaderHash) -> Bool {
        switch key {
        case .rsa(let key):
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return key.isValidSignature(signature, for: hash.digest, padding: .insecurePKCS1v1_5)
        case .ed25519(let key):
            /// Ed25519 signs the hash as if it were the message (RFC 8463, 3).
            return key.isValidSignature(signature, for: Array(hash.digest))
        }
    }
}

extension SigningKey {
    /// An RSA key in PKCS#1 or PKCS#8; nil for anything else, and for keys under 1,024 bits. Signers should use 2,048
    /// (RFC 8301, 3.2), but not all can yet.
    static func rsa(der: [UInt8]) -> _RSA.Signing.PrivateKey? {
        try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: der)
    }
}
