internal import Mail
internal import Octets

/// A signature over a header and a body: DKIM-Signature, and ARC-Message-Signature, which has the same tags except
/// `v=` and `i=` (RFC 8617, 4.1.2).
package struct MessageSignature: Hashable, Sendable {
    package let field: SignatureField
    /// The `bh=` value decoded.
    package let bodyHash: [UInt8]
    package let headerCanonicalization: Canonicalization
    package let bodyCanonicalization: Canonicalization
    /// The names in `h=`, in order, as written.
    package let signedNames: [[UInt8]]
    /// The `l=` value: octets of the canonicalised body that are signed; nil means all.
    package let bodyLength: UInt64?
    /// Seconds since 1970 (`t=`).
    package let timestamp: UInt64?
    /// Seconds since 1970 (`x=`).
    package let expiration: UInt64?

    /// The limit for names in `h=`, so that every verifier reads all of it: libopendkim reads 4,095 octets.
    /// Signatures made here keep to it; those verified here have no limit but that of the header.
    package static let signedNamesLimit = 400
    package static let signedNamesLengthLimit = 4000

    /// - Parameter mayNameNoField: `h=` may be empty, and so may a name in it, which selects nothing. The grammar
    ///   forbids both, but ARC's test suite accepts them, as dkimpy and Mail::DKIM do; a DKIM-Signature names at
    ///   least From.
    package init(_ field: SignatureField, mayNameNoField: Bool = false) throws(SignatureField.Defect) {
        self.field = field
        let tags = field.tags
        let bh = try SignatureField.required("bh", of: tags)
        guard let bodyHash = TagValue.base64(bh) else { throw SignatureField.Defect("bh= is not base64") }
        self.bodyHash = bodyHash
        (headerCanonicalization, bodyCanonicalization) = try Self.canonicalizations(tags["c"])
        if mayNameNoField, let h = tags["h"] {
            signedNames = try Self.signedNames(h).filter { !$0.isEmpty }
        } else {
            signedNames = try Self.signedNames(try SignatureField.required("h", of: tags))
            guard signedNames.allSatisfy({ !$0.isEmpty }) else { throw Self.notNames }
        }
        bodyLength = try Self.bodyLength(tags["l"])
        timestamp = try SignatureField.time("t", of: tags)
        expiration = try SignatureField.time("x", of: tags)
        /// RFC 6376, 3.5: `x=` MUST be greater than `t=`.
        if let timestamp, let expiration, expiration <= timestamp {
            throw SignatureField.Defect("x= is not after t=")
        }
    }

    /// How the body must be hashed to judge this signature.
    package var bodyHashSpecification: BodyHashes.Specification {
        BodyHashes.Specification(canonicalization: bodyCanonicalization, length: bodyLength)
    }

    /// True if `name` (in any case) is in `h=`.
    package func signs(_ name: String) -> Bool {
        signedNames.contains { Self.isEqual($0, name) }
    }

    /// How often `name` (in any case) occurs in `h=`.
    package func count(of name: String) -> Int {
        signedNames.count { Self.isEqual($0, name) }
    }

    private static func isEqual(_ octets: [UInt8], _ name: String) -> Bool {
        octets.count == name.utf8.count
            && octets.elementsEqual(name.utf8) { $0.asciiLowercased == $1.asciiLowercased }
    }

    /// ```
    /// sig-c-tag-alg = ("simple" / "relaxed" / x-sig-c-tag-alg), twice with "/" between; the second is simple if absent
    /// ```
    private static func canonicalizations(
        _ value: [UInt8]?
    ) throws(SignatureField.Defect) -> (Canonicalization, Canonicalization) {
        guard let value else { return (.simple, .simple) }
        let parts = value.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Canonicalization(rawValue: String(decoding: $0, as: UTF8.self)) }
        guard parts.count <= 2, let header = parts[0] else { throw SignatureField.Defect("unknown canonicalization") }
        if parts.count == 1 { return (header, .simple) }
        guard let body = parts[1] else { throw SignatureField.Defect("unknown canonicalization") }
        return (header, body)
    }

    /// ```
    /// sig-h-tag = %x68 [FWS] "=" [FWS] hdr-name *( [FWS] ":" [FWS] hdr-name )
    /// ```
    /// The caller decides whether a name may be empty.
    private static func signedNames(_ value: [UInt8]) throws(SignatureField.Defect) -> [[UInt8]] {
        let names = value.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { Array($0.trimmingFoldingWhiteSpace()) }
        let isNames = names.allSatisfy { $0.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3B } }
        guard isNames else { throw notNames }
        return names
    }

    private static let notNames = SignatureField.Defect("h= is not a list of names")

    /// ```
    /// sig-l-tag = %x6c [FWS] "=" [FWS] 1*76DIGIT
    /// ```
    /// A number too large for 64 bits is as good as the largest: no body is that long.
    private static func bodyLength(_ value: [UInt8]?) throws(SignatureField.Defect) -> UInt64? {
        guard let value else { return nil }
        guard (1...76).contains(value.count), value.allSatisfy(\.isDigit) else {
            throw SignatureField.Defect("l= is not a number")
        }
        let digits = value.drop { $0 == UInt8(ascii: "0") }
        return digits.count > 18 ? .max : digits.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
    }
}
