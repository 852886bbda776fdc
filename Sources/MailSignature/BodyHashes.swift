/// The body hashes of one message: one for each distinct way in which its signatures, DKIM and ARC, want the body hashed.
public struct BodyHashes: Sendable {
    /// One way to hash a body.
    public struct Specification: Hashable, Sendable {
        public let canonicalization: Canonicalization
        /// Octets of the canonicalised body that count (`l=`); nil stands for all.
        public let length: UInt64?

        public init(canonicalization: Canonicalization, length: UInt64?) {
            self.canonicalization = canonicalization
            self.length = length
        }
    }

    /// The hash of a whole body.
    public struct Digest: Hashable, Sendable {
        /// The SHA-256 hash.
        public let octets: [UInt8]
        /// Octets of the whole canonicalised body, beyond `l=` too.
        public let length: UInt64
    }

    /// Ways that are followed: a body hashed once for each of many `l=` values is an attack (RFC 6376, 8.4). What is
    /// over it has no digest, and its signature no pass.
    public static let limit = 16

    private var hashers: [(specification: Specification, hasher: BodyHasher)]

    /// The first ``limit`` distinct specifications are followed.
    public init(_ specifications: [Specification]) {
        var seen: Set<Specification> = []
        hashers = specifications.filter { seen.insert($0).inserted }.prefix(Self.limit)
            .map { ($0, BodyHasher($0)) }
    }

    /// The next octets of the body, lines ending in CRLF, in pieces of any size.
    public mutating func update(_ octets: Span<UInt8>) {
        for index in hashers.indices { hashers[index].hasher.update(octets) }
    }

    /// The digests, at the end of the body.
    public consuming func finish() -> [Specification: Digest] {
        var digests: [Specification: Digest] = [:]
        for (specification, hasher) in hashers { digests[specification] = hasher.finish() }
        return digests
    }
}
