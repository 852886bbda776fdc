public import DNS
public import Mail
public import MailSignature

/// The DKIM signatures of one message (RFC 6376, RFC 8301, RFC 8463).
///
/// Every signature is parsed here first. What is settled by its own text, its key, its times or the body hash never
/// reaches libopendkim; for the rest the library says whether the signature over the header verifies.
public struct DKIMCheck: Sendable {
    /// A signature that may still pass.
    struct Candidate: Sendable {
        /// Where its field stands in the header.
        let index: Int
        let signature: MessageSignature
        let identity: DKIMIdentity
    }

    private enum Signature: Sendable {
        case settled(DKIMVerdict)
        case candidate(Candidate)
    }

    private let header: [HeaderField]
    private let signatures: [Signature]

    /// - Parameters:
    ///   - header: the fields as received, from the top.
    ///   - signatureLimit: signatures that are verified; the rest is reported and not checked.
    public init(header: [HeaderField], signatureLimit: Int) {
        self.header = header
        var signatures: [Signature] = []
        var count = 0
        for (index, field) in header.enumerated() where field.isNamed("DKIM-Signature") {
            do {
                let candidate = try Self.candidate(field, at: index)
                count += 1
                if count > signatureLimit {
                    let reason = "more than \(signatureLimit) signatures: not checked"
                    signatures.append(.settled(DKIMVerdict(.policy, reason, candidate.signature, candidate.identity)))
                } else if candidate.signature.field.algorithm == .rsaSHA1 {
                    let reason = "rsa-sha1 must not be used (RFC 8301)"
                    signatures.append(.settled(DKIMVerdict(.policy, reason, candidate.signature, candidate.identity)))
                } else {
                    signatures.append(.candidate(candidate))
                }
            } catch {
                signatures.append(.settled(DKIMVerdict(.neutral, error.reason, nil, nil)))
            }
        }
        self.signatures = signatures
    }

    /// True if the message has no DKIM-Signature at all.
    public var isUnsigned: Bool { signatures.isEmpty }

    /// The domains that may turn out to have signed, for who wants to ask the DNS about them early.
    public var candidateDomains: [Domain] {
        candidates.map(\.signature.field.domain)
    }

    /// How the body must be hashed for these signatures.
    public var bodyHashSpecifications: [BodyHashes.Specification] {
        candidates.map(\.signature.bodyHashSpecification)
    }

    /// Asks for all keys; at the end of the header their names are known.
    public func askForKeys(_ answers: inout Answers) {
        for candidate in candidates {
            if let question = candidate.signature.field.keyQuestion { _ = answers(question) }
        }
    }

    /// The verdicts, one for each signature from the top, or nil as long as a key is missing.
    /// - Parameters:
    ///   - digests: of the whole body.
    ///   - time: seconds since 1970 at which signatures must be valid.
    public func evaluate(
        digests: [BodyHashes.Specification: BodyHashes.Digest],
        at time: Int64,
        _ answers: inout Answers
    ) -> [DKIMVerdict]? {
        askForKeys(&answers)
        guard candidates.allSatisfy({ $0.signature.field.keyQuestion.map { answers.known[$0] != nil } ?? true }) else {
            return nil
        }
        return signatures.map { signature in
            switch signature {
            case .settled(let verdict): verdict
            case .candidate(let candidate): verdict(on: candidate, digests, at: time, &answers)
            }
        }
    }

    private var candidates: [Candidate] {
        signatures.compactMap { signature in
            guard case .candidate(let candidate) = signature else { return nil }
            return candidate
        }
    }

    private static func candidate(_ field: HeaderField, at index: Int) throws(SignatureField.Defect) -> Candidate {
        let base = try SignatureField(field.value)
        guard base.tags["v"]?.elementsEqual("1".utf8) == true else {
            throw SignatureField.Defect(base.tags["v"] == nil ? "no v= tag" : "unknown version")
        }
        let signature = try MessageSignature(base)
        guard signature.signs("From") else { throw SignatureField.Defect("From is not signed") }
        guard base.hasUsableQueryMethod else { throw SignatureField.Defect("no usable query method") }
        let identity: DKIMIdentity
        if let i = base.tags["i"] {
            identity = try DKIMIdentity(i, of: base.domain)
        } else {
            identity = DKIMIdentity(domain: base.domain)
        }
        guard base.tags.isASCII else {
            /// libopendkim cannot verify it (RFC 8616): that is said, and nothing wrong about the signature.
            throw SignatureField.Defect("internationalised signature: not supported")
        }
        return Candidate(index: index, signature: signature, identity: identity)
    }

    private func verdict(
        on candidate: Candidate,
        _ digests: [BodyHashes.Specification: BodyHashes.Digest],
        at time: Int64,
        _ answers: inout Answers
    ) -> DKIMVerdict {
        let signature = candidate.signature
        var verdict = DKIMVerdict(.pass, nil, signature, candidate.identity)
        func ending(_ result: DKIMResult, _ reason: String) -> DKIMVerdict {
            verdict.result = result
            verdict.reason = reason
            return verdict
        }
        guard let question = signature.field.keyQuestion,
            let found = KeyRecord.read(question, for: signature.field.algorithm, &answers)
        else { return ending(.permerror, "no key for signature") }
        let key: KeyRecord
        switch found {
        case .failure(let failure):
            let (result, reason) = failure.verdict
            return ending(result, reason)
        case .success(let record): key = record
        }
        verdict.keyBits = key.bits
        verdict.isTesting = key.isTesting
        if key.isStrict && candidate.identity.domain != signature.field.domain {
            return ending(.permerror, "i= not allowed by key")
        }
        if case .rsa(let rsa) = key.key, rsa.bits < Self.rsaBitsMinimum {
            return ending(.policy, "weak key: \(rsa.bits) bits (RFC 8301)")
        }
        if let problem = signature.timeProblem(at: time) { return ending(.policy, problem) }
        guard let digest = digests[signature.bodyHashSpecification] else {
            return ending(.policy, "too many ways to hash the body: not checked")
        }
        if let length = signature.bodyLength, length > digest.length { return ending(.fail, "l= exceeds body") }
        guard digest.octets == signature.bodyHash else { return ending(.fail, "body hash did not verify") }
        switch HeaderSignature(header: header, candidate: candidate, key: key).verify() {
        case .verified: break
        case .wrong: return ending(.fail, "signature did not verify")
        case .unverifiable(let reason): return ending(.neutral, reason)
        }
        if let length = signature.bodyLength, length < digest.length {
            return ending(.policy, "l= covers \(length) of \(digest.length) octets")
        }
        if let name = signature.repeatedBeyondSignature(in: header) {
            return ending(.policy, "more \(name) fields than signed")
        }
        return verdict
    }

    /// RFC 8301, section 3.2.
    private static let rsaBitsMinimum = 1024
}

extension KeyRecord.Failure {
    /// RFC 6376 section 6.1.2 in the words of RFC 8601: only a DNS that gave no answer may come right by itself.
    var verdict: (DKIMResult, String) {
        switch self {
        case .unavailable: (.temperror, reason)
        case .noKey, .revoked, .syntax, .notForMail, .hashNotAllowed, .wrongKeyType, .tooLarge: (.permerror, reason)
        }
    }
}
