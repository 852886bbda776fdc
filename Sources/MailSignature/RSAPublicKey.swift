internal import SwiftASN1

/// An RSA public key, read from DER and written again: no library is given the octets of a zone.
package struct RSAPublicKey: Hashable, Sendable {
    /// The modulus without leading zeros, most significant octet first.
    package let modulus: [UInt8]
    /// The public exponent without leading zeros.
    package let exponent: [UInt8]

    /// RFC 8017, appendix A.1: rsaEncryption.
    private static let rsaEncryption: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 1, 1]

    /// Reads a SubjectPublicKeyInfo (RFC 5280), which is what all domains publish, or the bare RSAPublicKey (RFC
    /// 8017) that the text of RFC 6376 names (errata 3017, 7001). Nil for anything else.
    package init?(der: [UInt8]) {
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
        /// An even modulus or exponent is not an RSA key; the exponent's bound is OpenSSL's for large keys.
        guard let lastOfModulus = modulus.last, lastOfModulus & 1 == 1, let lastOfExponent = exponent.last,
            lastOfExponent & 1 == 1, exponent.count <= 8, exponent != [1]
        else { return nil }
    }

    /// The RSAPublicKey inside a SubjectPublicKeyInfo; nil if the node is not one.
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

    /// The exact length of the modulus in bits: a key of 1,020 bits is not rounded up to whole octets.
    package var bits: Int {
        modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    }

    /// The key as SubjectPublicKeyInfo in DER (RFC 5280, 4.1; RFC 8017, A.1).
    package var subjectPublicKeyInfo: [UInt8] {
        let key = Self.element(0x30, Self.integer(modulus) + Self.integer(exponent))
        /// A BIT STRING begins with the number of unused bits in its last octet.
        return Self.element(0x30, Self.rsaAlgorithm + Self.element(0x03, [0] + key))
    }

    /// AlgorithmIdentifier: rsaEncryption, and NULL.
    private static let rsaAlgorithm: [UInt8] = [
        0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]

    /// INTEGER is signed: a value whose first bit is set gets a zero before it.
    private static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        element(0x02, (magnitude.first ?? 0) < 0x80 ? magnitude : [0] + magnitude)
    }

    /// Identifier, length and content. Lengths from 128 on are written in separate octets, whose number comes first.
    private static func element(_ identifier: UInt8, _ content: [UInt8]) -> [UInt8] {
        var element = [identifier]
        element.reserveCapacity(content.count + 6)
        if content.count < 0x80 {
            element.append(UInt8(content.count))
        } else {
            let octets = (content.count.bitWidth - content.count.leadingZeroBitCount + 7) / 8
            element.append(0x80 | UInt8(octets))
            for place in (0..<octets).reversed() {
                element.append(UInt8(truncatingIfNeeded: content.count >> (place * 8)))
            }
        }
        element += content
        return element
    }
}
