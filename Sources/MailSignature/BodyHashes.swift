/// The body hashes of one message, for all its signatures, DKIM and ARC. The body is canonicalised and hashed once in
/// each of the two ways, if at all, however many signatures there are.
package struct BodyHashes: Sendable {
    /// One way to hash a body.
    package struct Specification: Hashable, Sendable {
        package let canonicalization: Canonicalization
        /// Octets of the canonicalised body that count (`l=`); nil means all.
        package let length: UInt64?

        package init(canonicalization: Canonicalization, length: UInt64?) {
            self.canonicalization = canonicalization
            self.length = length
        }
    }

    /// The hash of a body, of the part that counts.
    package struct Digest: Hashable, Sendable {
        /// The SHA-256 hash.
        package let octets: [UInt8]
        /// Octets of the whole canonicalised body, including those beyond `l=`.
        package let length: UInt64
    }

    private var hashers: [(canonicalization: Canonicalization, hasher: BodyHasher)]

    /// True if no hash of the body is wanted.
    package var isEmpty: Bool { hashers.isEmpty }

    package init(_ specifications: [Specification]) {
        hashers = Canonicalization.allCases.compactMap { canonicalization in
            let wanted = specifications.filter { $0.canonicalization == canonicalization }
            guard !wanted.isEmpty else { return nil }
            return (canonicalization, BodyHasher(canonicalization, lengths: Set(wanted.compactMap(\.length))))
        }
    }

    /// The next octets of the body, lines ending in CRLF, in pieces of any size.
    package mutating func update(_ octets: Span<UInt8>) {
        for index in hashers.indices { hashers[index].hasher.update(octets) }
    }

    /// The digests, at the end of the body: one for each specification, and of the whole in the same canonicalisation.
    package consuming func finish() -> [Specification: Digest] {
        var digests: [Specification: Digest] = [:]
        for (canonicalization, hasher) in hashers {
            for (length, digest) in hasher.finish() {
                digests[Specification(canonicalization: canonicalization, length: length)] = digest
            }
        }
        return digests
    }
}
