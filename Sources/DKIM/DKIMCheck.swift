package import DNS
package import Mail
package import MailSignature

/// The DKIM signatures of one message (RFC 6376, RFC 8301, RFC 8463).
///
/// Every signature is parsed here first. One that is settled by its own text, its key, its times or the body hash
/// goes no further; for the others, a ``HeaderVerifier`` determines whether the signature over the header verifies.
package struct DKIMCheck: Sendable {
    private enum Signature: Sendable {
        case settled(DKIMVerdict)
        case candidate(Candidate)
    }

    private let header: [HeaderField]
    private let signatures: [Signature]
    private let candidates: [Candidate]
    /// Fields that a reader may see in the header and that are not signed as such.
    private let hiddenFields: [HeaderField]

    /// Signatures that get one verdict each; those beyond this number get one together.
    private static let reportLimit = 100

    /// - Parameters:
    ///   - header: the fields as received, from the top.
    ///   - signatureLimit: signatures that are verified, from the top (RFC 6376, 8.4); the others are reported as not
    ///     checked.
    package init(header: [HeaderField], signatureLimit: Int) {
        self.header = header
        var signatures: [Signature] = []
        var candidates = 0
        var unreported = 0
        for (index, field) in header.enumerated() where field.isNamed("DKIM-Signature") {
            guard signatures.count < Self.reportLimit else {
                unreported += 1
                continue
            }
            do {
                let candidate = try Candidate(field, at: index)
                candidates += 1
                if candidates <= signatureLimit {
                    signatures.append(.candidate(candidate))
                } else {
                    let reason = "more than \(signatureLimit) signatures: not checked"
                    let field = candidate.signature.field
                    signatures.append(.settled(DKIMVerdict(.policy, reason, field, candidate.identity)))
                }
            } catch {
                signatures.append(.settled(DKIMVerdict(error.result, error.reason, error.field, error.identity)))
            }
        }
        if unreported > 0 {
            signatures.append(.settled(DKIMVerdict(.policy, "\(unreported) more signatures: not checked", nil, nil)))
        }
        self.signatures = signatures
        self.candidates = signatures.compactMap { signature in
            guard case .candidate(let candidate) = signature else { return nil }
            return candidate
        }
        hiddenFields = candidates > 0 ? header.flatMap(\.hiddenFields) : []
    }

    /// The domains that may turn out to have signed, for callers that want to ask the DNS about them early.
    package var candidateDomains: [Domain] {
        candidates.map(\.signature.field.domain)
    }

    /// How the body must be hashed for these signatures.
    package var bodyHashSpecifications: [BodyHashes.Specification] {
        candidates.map(\.signature.bodyHashSpecification)
    }

    /// Asks for all keys; at the end of the header their names are known.
    package func askForKeys(_ answers: inout Answers) {
        for candidate in candidates { _ = answers.request(candidate.signature.field.keyQuestion) }
    }

    /// The verdicts, one for each signature from the top (those beyond the hundredth have one together), or nil as
    /// long as a key is missing.
    /// - Parameters:
    ///   - digests: those of the whole body.
    ///   - time: seconds since 1970 at which signatures must be valid.
    package func evaluate(
        digests: [BodyHashes.Specification: BodyHashes.Digest],
        at time: Int64,
        _ answers: inout Answers
    ) -> [DKIMVerdict]? {
        askForKeys(&answers)
        guard candidates.allSatisfy({ answers.answer(to: $0.signature.field.keyQuestion) != nil }) else { return nil }
        var signedFields = SignedFields(candidates.isEmpty ? [] : header)
        return signatures.map { signature in
            switch signature {
            case .settled(let verdict): verdict
            case .candidate(let candidate): verdict(on: candidate, digests, at: time, &signedFields, &answers)
            }
        }
    }

    private func verdict(
        on candidate: Candidate,
        _ digests: [BodyHashes.Specification: BodyHashes.Digest],
        at time: Int64,
        _ signedFields: inout SignedFields,
        _ answers: inout Answers
    ) -> DKIMVerdict {
        let signature = candidate.signature
        var verdict = DKIMVerdict(.pass, nil, signature.field, candidate.identity)
        func ending(_ result: DKIMResult, _ reason: String) -> DKIMVerdict {
            verdict.result = result
            verdict.reason = reason
            return verdict
        }
        guard let found = KeyRecord.read(signature.field.keyQuestion, for: signature.field.algorithm, &answers)
        else { return ending(.permerror, KeyRecord.Failure.noKey.reason) }
        let keys: [KeyRecord]
        switch found {
        case .failure(let failure): return ending(failure.result, failure.reason)
        case .success(let records): keys = records
        }
        var usable: [KeyRecord] = []
        var problem: KeyProblem?
        for key in keys {
            let found = Self.problem(with: key, for: candidate)
            if found == nil { usable.append(key) }
            problem = problem ?? found
        }
        verdict.use(usable.first ?? keys[0])
        if usable.isEmpty, let problem { return ending(problem.result, problem.reason) }
        if let problem = signature.timeProblem(at: time) { return ending(.policy, problem) }
        /// RFC 8601, 2.7.1: a required header field is absent. A field that `h=` names and that is absent is signed
        /// as such, but no signature can vouch for a message without an author (RFC 6376, 3.8).
        guard signedFields.count(of: Self.from) > 0 else { return ending(.permerror, "no From field") }
        guard let digest = digests[signature.bodyHashSpecification] else {
            return ending(.temperror, "body was not hashed")
        }
        if let length = signature.bodyLength, length > digest.length { return ending(.fail, "l= exceeds body") }
        guard digest.octets == signature.bodyHash else { return ending(.fail, "body hash did not verify") }
        let headerSignature = HeaderSignature(candidate, in: header, &signedFields)
        guard let found = headerSignature.verify(under: usable) else {
            return ending(.permerror, KeyRecord.Failure.noKey.reason)
        }
        verdict.use(found.key)
        switch found.outcome {
        case .verified: break
        case .wrong: return ending(.fail, "signature did not verify")
        case .unverifiable(let reason): return ending(.neutral, reason)
        }
        if let length = signature.bodyLength, length < digest.length {
            return ending(.policy, "l= covers \(length) of \(digest.length) octets")
        }
        if let name = signature.repeatedBeyondSignature(in: signedFields, hidden: hiddenFields) {
            return ending(.policy, "more \(name) fields than signed")
        }
        return verdict
    }

    private typealias KeyProblem = (result: DKIMResult, reason: String)

    /// Why a signature may not be verified with a key whose form is valid; nil if it may.
    private static func problem(with key: KeyRecord, for candidate: Candidate) -> KeyProblem? {
        if key.isStrict && candidate.identity.domain != candidate.signature.field.domain {
            return (.permerror, "i= not allowed by key")
        }
        if case .rsa(let rsa) = key.key, rsa.bits < rsaBitsMinimum {
            return (.policy, "weak key: \(rsa.bits) bits (RFC 8301)")
        }
        return nil
    }

    private static let from = FieldName("from")
    /// RFC 8301, section 3.2.
    private static let rsaBitsMinimum = 1024
}

extension DKIMVerdict {
    fileprivate mutating func use(_ key: KeyRecord) {
        keyBits = key.bits
        isTesting = key.isTesting
    }
}

extension KeyRecord.Failure {
    /// RFC 6376 section 6.1.2 in the words of RFC 8601: only the lack of an answer from the DNS may resolve itself.
    var result: DKIMResult {
        switch self {
        case .unavailable: .temperror
        case .noKey, .revoked, .syntax, .notForMail, .hashNotAllowed, .wrongKeyType: .permerror
        case .tooLarge: .neutral
        }
    }
}
