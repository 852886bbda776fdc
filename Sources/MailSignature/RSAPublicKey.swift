internal import SwiftASN1

/// An RSA public key, read from DER and written anew: no library is given the octets of a zone.
public struct RSAPublicKey: Hashable, Sendable {
    /// The modulus without leading zeros, most significant octet first.
    public let modulus: [UInt8]
    /// The public exponent without leading zeros.
    public let exponent: [UInt8]

    /// RFC 8017, appendix A.1: rsaEncryption.
    private static let rsaEncryption: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 1]

    /// Reads a SubjectPublicKeyInfo (RFC 5280), which is what everyone publishes, or the bare RSAPublicKey (RFC 8017) of
    /// which the text of RFC 6376 speaks (errata 3017, 7001). Nil for anything else.
    public init?(der: [UInt8]) {
        do {
            let root = try DER.parse(der)
            let key =
                try Self.keyInfo(root).map { try DER.parse($0) } ?? root
            (modulus, exponent) = try DER.sequence(key, identifier: .sequence) { nodes in
                let modulus = try ArraySlice<UInt8>(derEncoded: &nodes)
                let exponent = try ArraySlice<UInt8>(derEncoded: &nodes)
                return (Array(modulus.drop { $0 == 0 }), Array(exponent.drop { $0 == 0 }))
            }
        } catch {
            return nil
        }
        /// An even modulus or exponent is no RSA key; the exponent's bound is OpenSSL's for large keys.
        guard let lastOfModulus = modulus.last, lastOfModulus & 1 == 1, let lastOfExponent = exponent.last,
            lastOfExponent & 1 == 1, exponent.count <= 8, exponent != [1]
        else { return nil }
    }

    /// The RSAPublicKey inside a SubjectPublicKeyInfo; nil if the node is none.
    private static func keyInfo(_ root: ASN1Node) throws -> ArraySlice<UInt8>? {
        guard case .constructed(let children) = root.content else { return nil }
        var iterator = children.makeIterator()
        guard let first = iterator.next(), first.identifier == .sequence else { return nil }
        return try DER.sequence(root, identifier: .sequence) { nodes in
            guard let identifier = nodes.next() else { return nil }
            let algorithm = try DER.sequence(identifier, identifier: .sequence) { nodes in
                let algorithm = try ASN1ObjectIdentifier(derEncoded: &nodes)
                /// RFC 8017, A.1: the parameters are NULL.
                if let parameters = nodes.next() { _ = try ASN1Null(derEncoded: parameters) }
                return algorithm
            }
            let bits = try ASN1BitString(derEncoded: &nodes)
            guard algorithm == rsaEncryption, bits.paddingBits == 0 else { return nil }
            return bits.bytes
        }
    }

    /// The length of the modulus in bits: a key of 1,020 bits is one of 1,020 bits, whatever its octets round up to.
    public var bits: Int {
        modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    }

    /// The key as SubjectPublicKeyInfo in DER.
    public var subjectPublicKeyInfo: [UInt8] {
        var inner = DER.Serializer()
        var outer = DER.Serializer()
        do {
            try inner.appendConstructedNode(identifier: .sequence) { node in
                try node.serialize(modulus[...])
                try node.serialize(exponent[...])
            }
            let bits = ASN1BitString(bytes: inner.serializedBytes[...])
            try outer.appendConstructedNode(identifier: .sequence) { node in
                try node.appendConstructedNode(identifier: .sequence) { node in
                    try node.serialize(Self.rsaEncryption)
                    try node.serialize(ASN1Null())
                }
                try node.serialize(bits)
            }
        } catch {
            /// The serialiser throws only for values whose encoders do; these do not. No key is no pass.
            return []
        }
        return outer.serializedBytes
    }
}
