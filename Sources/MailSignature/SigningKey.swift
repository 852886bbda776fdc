internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials
internal import SwiftASN1

/// A private key of this site, read once.
package struct SigningKey: Sendable {
    enum Key: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// Why a file is not a key to sign with, in words for the person who has to fix it.
    package struct Defect: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String

        package init(_ description: String) {
            self.description = description
        }
    }

    let key: Key
    /// The key record to publish (RFC 6376, 3.6.1).
    package let record: String

    /// RFC 8410, section 3.
    private static let ed25519: ASN1ObjectIdentifier = [1, 3, 101, 112]

    /// Reads a PEM file with one private key without a passphrase: RSA (PKCS#1 or PKCS#8) or Ed25519 (PKCS#8, RFC
    /// 8410).
    package init(pem: [UInt8]) throws(Defect) {
        let text = String(decoding: pem.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        let document: PEMDocument
        do {
            document = try PEMDocument(pemString: text)
        } catch {
            throw Defect("not a PEM file with one unencrypted private key")
        }
        switch document.discriminator {
        case "PRIVATE KEY", "RSA PRIVATE KEY": break
        case "ENCRYPTED PRIVATE KEY": throw Defect("the private key is encrypted; it must have no passphrase")
        case let other: throw Defect("not a private key but a \(other)")
        }
        if let seed = Self.ed25519Seed(document.derBytes) {
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
                throw Defect("the Ed25519 key cannot be read")
            }
            self.key = .ed25519(key)
            record = "v=DKIM1; k=ed25519; p=" + key.publicKey.rawRepresentation.base64EncodedString()
        } else {
            guard let key = Self.rsa(der: document.derBytes) else {
                throw Defect("neither an Ed25519 key nor an RSA key of 1024 bits or more (RFC 8301)")
            }
            self.key = .rsa(key)
            record = "v=DKIM1; k=rsa; p=" + key.publicKey.derRepresentation.base64EncodedString()
        }
    }

    /// The `a=` tag of what it signs.
    package var algorithm: SignatureAlgorithm {
        switch key {
        case .rsa: .rsaSHA256
        case .ed25519: .ed25519SHA256
        }
    }

    /// Characters in a line of a signature; RFC 5322 section 2.1.1 allows at most 78.
    package static let lineLength = 72

    /// The signature over a hash as the value of `b=`, folded; nil if the library fails.
    package func signatureText(over hash: HeaderHash) -> String? {
        guard let signature = signature(over: hash) else { return nil }
        var text = ""
        for (index, character) in Data(signature).base64EncodedString().enumerated() {
            if index % Self.lineLength == Self.lineLength - 2 { text += "\n\t" }
            text.append(character)
        }
        return text
    }

    /// The signature over a hash, always the same; nil if the library fails.
    private func signature(over hash: HeaderHash) -> [UInt8]? {
        switch key {
        case .rsa(let key):
            (try? key.signature(for: hash.digest, padding: .insecurePKCS1v1_5)).map { Array($0.rawRepresentation) }
        case .ed25519(let key):
            (try? key.signature(for: Array(hash.digest))).map { Array($0) }
        }
    }

    /// The key in a PKCS#8 structure whose algorithm is Ed25519 (RFC 8410, 7); nil if it is not one.
    private static func ed25519Seed(_ der: [UInt8]) -> [UInt8]? {
        do {
            return try DER.sequence(DER.parse(der), identifier: .sequence) { nodes in
                _ = try Int(derEncoded: &nodes)
                guard let identifier = nodes.next() else { return nil }
                let algorithm = try DER.sequence(identifier, identifier: .sequence) { nodes in
                    let algorithm = try ASN1ObjectIdentifier(derEncoded: &nodes)
                    while nodes.next() != nil {}
                    return algorithm
                }
                let wrapped = try ASN1OctetString(derEncoded: &nodes)
                while nodes.next() != nil {}
                guard algorithm == ed25519 else { return nil }
                return try Array(ASN1OctetString(derEncoded: wrapped.bytes).bytes)
            }
        } catch {
            return nil
        }
    }
}
