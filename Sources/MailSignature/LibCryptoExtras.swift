internal import Crypto
internal import CryptoExtras

extension KeyRecord {
    /// True if `signature` is one over `hash` under this key. How long an RSA key must be is for the caller to say; the
    /// library refuses all below 1,024 bits.
    public func verifies(_ signature: [UInt8], over hash: HeaderHash) -> Bool {
        switch key {
        case .rsa(let rsa):
            /// The ordinary initialisers refuse keys under 2,048 bits, which RFC 8301 section 3.2 says must verify.
            guard let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: rsa.subjectPublicKeyInfo) else {
                return false
            }
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return key.isValidSignature(signature, for: hash.digest, padding: .insecurePKCS1v1_5)
        case .ed25519(let octets):
            /// What Ed25519 signs is the hash, taken as a message (RFC 8463, 3).
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: octets) else { return false }
            return key.isValidSignature(signature, for: Array(hash.digest))
        }
    }
}

extension SigningKey {
    /// An RSA key in PKCS#1 or PKCS#8; nil for anything else, and for keys under 1,024 bits. Signers should use 2,048
    /// (RFC 8301, 3.2), and not all can yet.
    static func rsa(der: [UInt8]) -> _RSA.Signing.PrivateKey? {
        try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: der)
    }
}
