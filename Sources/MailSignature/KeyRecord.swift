package import DNS
internal import FoundationEssentials

/// A public key in the DNS (RFC 6376 3.6.1, RFC 8463), checked against its grammar.
package struct KeyRecord: Hashable, Sendable {
    package enum KeyType: String, Hashable, Sendable {
        case rsa, ed25519
    }

    package enum PublicKey: Hashable, Sendable {
        case rsa(RSAPublicKey)
        /// The 32 octets of RFC 8032.
        case ed25519([UInt8])
    }

    package let key: PublicKey
    /// `t=y`: the domain is testing; the message is to be treated like an unsigned one.
    package let isTesting: Bool
    /// `t=s`: the domain of `i=` must be `d=` itself.
    package let isStrict: Bool
    /// The key as a record that this program writes: C libraries get this in place of the zone's octets.
    package let canonicalOctets: [UInt8]

    /// Why there is no usable key. Each is a separate outcome (RFC 6376, 6.1.2).
    package enum Failure: Error, Hashable, Sendable {
        /// The DNS gave no answer: the only failure that may resolve itself.
        case unavailable(Answer.Failure)
        case noKey
        case revoked
        /// A short text of our own.
        case syntax(String)
        case notForMail
        case hashNotAllowed
        case wrongKeyType
        /// More bits than ``KeyRecord/rsaBitsLimit``: the key may be valid, but the signature cannot be verified with
        /// it.
        case tooLarge

        /// The cause in our own words, suitable for a report.
        package var reason: String {
            switch self {
            case .unavailable(let failure): "key unavailable: \(failure.rawValue)"
            case .noKey: "no key for signature"
            case .revoked: "key revoked"
            case .syntax(let detail): "key syntax error: \(detail)"
            case .notForMail: "not an e-mail key"
            case .hashNotAllowed, .wrongKeyType: "inappropriate key algorithm"
            case .tooLarge: "key too large to be verified"
            }
        }

        fileprivate var isSyntax: Bool {
            if case .syntax = self { true } else { false }
        }
    }

    /// BoringSSL's limit (OPENSSL_RSA_MAX_MODULUS_BITS); RFC 8301 asks for 4,096 bits.
    static let rsaBitsLimit = 8192
    /// Keys of one name that are tried for a signature: each costs a verification, and a zone may hold hundreds.
    private static let triedLimit = 4

    /// The keys in an answer that fit a signature by `algorithm`, at least one; nil as long as the question is open.
    ///
    /// There should be one. If there are several, each is to be tried: their order in an answer is chance, and if
    /// only the first counted, so would be the verdict (RFC 6376, 6.1.2, step 3 allows it, and 3.6.2.2 says only that
    /// the result is undefined).
    package static func read(
        _ question: Question,
        for algorithm: SignatureAlgorithm,
        _ answers: inout Answers
    ) -> Result<[KeyRecord], Failure>? {
        guard let answer = answers.request(question) else { return nil }
        switch answer.outcome {
        case .failure(let failure): return .failure(.unavailable(failure))
        case .noData, .nameError: return .failure(.noKey)
        case .records: break
        }
        let reading = answer.reading(KeyReading.self)
        return algorithm.keyType == .rsa ? reading.rsa : reading.ed25519
    }

    /// The same of the texts of an answer.
    fileprivate static func read(_ texts: [[UInt8]], for algorithm: SignatureAlgorithm) -> Result<[KeyRecord], Failure>
    {
        /// The failure reported if all of several are unusable: that of the first that is a key record at all.
        var failures: [Failure] = []
        var keys: [KeyRecord] = []
        for text in texts where keys.count < Self.triedLimit {
            do {
                keys.append(try KeyRecord(text, for: algorithm))
            } catch {
                failures.append(error)
            }
        }
        guard keys.isEmpty else { return .success(keys) }
        return .failure(failures.first { !$0.isSyntax } ?? failures.first ?? .noKey)
    }

    /// Reads the joined strings of one TXT record.
    package init(_ text: [UInt8], for algorithm: SignatureAlgorithm) throws(Failure) {
        let tags: TagList
        do {
            tags = try TagList(text.withLineFeedFolds)
        } catch {
            throw .syntax(error.reason)
        }
        if let version = tags["v"] {
            guard tags.tags.first?.name == "v", version.elementsEqual("DKIM1".utf8) else {
                throw .syntax("v= is not DKIM1 in front")
            }
        }
        let type = tags["k"].map { String(decoding: $0, as: UTF8.self) } ?? KeyType.rsa.rawValue
        guard let p = tags["p"] else { throw .syntax("no p= tag") }
        guard !p.isEmpty else { throw .revoked }
        guard let type = KeyType(rawValue: type), type == algorithm.keyType else { throw .wrongKeyType }
        guard try Self.list("h", of: tags).map({ $0.contains("sha256") }) ?? true else { throw .hashNotAllowed }
        guard try Self.list("s", of: tags).map({ $0.contains("*") || $0.contains("email") }) ?? true else {
            throw .notForMail
        }
        let flags = try Self.list("t", of: tags) ?? []
        isTesting = flags.contains("y")
        isStrict = flags.contains("s")
        guard let octets = TagValue.base64(p) else { throw .syntax("p= is not base64") }
        switch type {
        case .rsa:
            guard let rsa = RSAPublicKey(der: octets) else { throw .syntax("p= is not an RSA key") }
            guard rsa.bits <= Self.rsaBitsLimit else { throw .tooLarge }
            key = .rsa(rsa)
        case .ed25519:
            guard octets.count == 32 else { throw .syntax("p= is not an Ed25519 key") }
            key = .ed25519(octets)
        }
        canonicalOctets = Self.canonicalOctets(key)
    }

    /// The words of a tag whose value is a list; nil if the tag is absent, no words if it is empty.
    private static func list(_ name: String, of tags: TagList) throws(Failure) -> [String]? {
        guard let value = tags[name] else { return nil }
        if value.isEmpty { return [] }
        guard let words = TagValue.words(value) else { throw .syntax("\(name)= is not a list") }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The modulus in bits; 256 for Ed25519.
    package var bits: Int {
        switch key {
        case .rsa(let key): key.bits
        case .ed25519: 256
        }
    }

    private static func canonicalOctets(_ key: PublicKey) -> [UInt8] {
        switch key {
        case .rsa(let key): Array("v=DKIM1; k=rsa; p=".utf8) + Data(key.subjectPublicKeyInfo).base64EncodedData()
        case .ed25519(let octets): Array("v=DKIM1; k=ed25519; p=".utf8) + Data(octets).base64EncodedData()
        }
    }
}

/// The keys of an answer, by the kind of key that a signature wants.
private final class KeyReading: AnswerReading {
    let rsa: Result<[KeyRecord], KeyRecord.Failure>
    let ed25519: Result<[KeyRecord], KeyRecord.Failure>

    init(_ answer: Answer) {
        let texts = answer.texts
        rsa = KeyRecord.read(texts, for: .rsaSHA256)
        ed25519 = KeyRecord.read(texts, for: .ed25519SHA256)
    }
}

extension [UInt8] {
    /// With a LF for each CRLF, as folds are written in a ``Mail/HeaderField``: in the DNS they still have the form
    /// of the wire.
    fileprivate var withLineFeedFolds: [UInt8] {
        guard contains(0x0D) else { return self }
        return indices.filter { !(self[$0] == 0x0D && $0 + 1 < endIndex && self[$0 + 1] == 0x0A) }.map { self[$0] }
    }
}
