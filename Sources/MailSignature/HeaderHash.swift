internal import Crypto

/// The SHA-256 hash of canonicalised header fields, which is what a signature signs (RFC 6376, 3.7).
///
/// It is a value: a copy continues from the state of the original, so that the seals of a chain, each over everything
/// before it, are hashed in one pass.
package struct HeaderHash: Sendable {
    private var hash = SHA256()

    package init() {}

    package mutating func update(_ octets: [UInt8]) {
        hash.update(octets.span)
    }

    /// A field with its final CRLF.
    package mutating func updateLine(_ octets: [UInt8]) {
        hash.update(octets.span)
        hash.update([UInt8(ascii: "\r"), UInt8(ascii: "\n")].span)
    }

    /// The 32 octets of the hash so far.
    package var octets: [UInt8] {
        Array(digest)
    }

    var digest: SHA256.Digest {
        hash.finalize()
    }
}
