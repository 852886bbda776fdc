internal import DNS
internal import Mail
internal import MailSignature

/// One run over a chain whose structure is valid, with all keys known: steps 4 to 7 of RFC 8617, section 5.2.
struct ARCValidation {
    private let header: [HeaderField]
    private let digests: [BodyHashes.Specification: BodyHashes.Digest]
    private let time: Int64
    private var answers: Answers
    private var fields: SignedFields
    /// The keys read so far: one host often has many sets.
    private var keys: [KeyUse: Result<[VerifyingKey], SignatureField.Defect>] = [:]

    private struct KeyUse: Hashable {
        let question: Question
        let algorithm: SignatureAlgorithm
    }

    /// RFC 8301, section 3.2.
    private static let rsaBitsMinimum = 1024

    init(
        header: [HeaderField],
        digests: [BodyHashes.Specification: BodyHashes.Digest],
        time: Int64,
        answers: Answers
    ) {
        self.header = header
        self.digests = digests
        self.time = time
        self.answers = answers
        fields = SignedFields(header)
    }

    /// - Parameter sets: at least one, from the first to the newest.
    mutating func verdict(on sets: [ARCSet]) -> ARCVerdict {
        for (index, set) in sets.enumerated().suffix(1) {
            if let problem = problem(withMessageSignatureOf: set) {
                return .init(.fail, reason: "i=\(index + 1): ARC-Message-Signature: \(problem)", sets: sets.count)
            }
        }
        if let problem = sealProblem(of: sets) { return .init(.fail, reason: problem, sets: sets.count) }
        return ARCVerdict(
            .pass,
            oldestPass: oldestPass(of: sets),
            sets: sets.count,
            sealers: sets.map(\.seal.field.domain)
        )
    }

    /// Step 6: the problem of the newest seal that does not verify; nil if all do.
    mutating func sealProblem(of sets: [ARCSet]) -> String? {
        let seals = sealHashes(of: sets)
        for (index, set) in sets.enumerated().reversed() {
            if let problem = problem(with: set.seal, over: seals[index]) {
                return "i=\(index + 1): ARC-Seal: \(problem)"
            }
        }
        return nil
    }

    /// Step 5: one above the newest set whose ARC-Message-Signature does not verify; 0 if all do.
    private mutating func oldestPass(of sets: [ARCSet]) -> Int {
        var index = sets.count - 1
        while index > 0 {
            guard problem(withMessageSignatureOf: sets[index - 1]) == nil else { return index + 1 }
            index -= 1
        }
        return 0
    }

    private mutating func problem(withMessageSignatureOf set: ARCSet) -> String? {
        let signature: MessageSignature
        switch set.messageSignature {
        case .success(let valid): signature = valid
        case .failure(let defect): return defect.reason
        }
        guard let place = set.places[.messageSignature] else { return "missing" }
        if let problem = SignatureField.timeProblem(
            at: time,
            timestamp: signature.timestamp,
            expiration: signature.expiration
        ) {
            return problem
        }
        guard let digest = digests[signature.bodyHashSpecification] else {
            return "too many ways to hash the body: not checked"
        }
        if let length = signature.bodyLength, length != digest.length {
            /// RFC 8617 has no partial pass, and text added to a body must not come with one.
            return length > digest.length ? "l= exceeds body" : "l= covers \(length) of \(digest.length) octets"
        }
        guard digest.octets == signature.bodyHash else { return "body hash did not verify" }
        switch keys(of: signature.field) {
        case .failure(let problem): return problem.reason
        case .success(let keys):
            return Self.problem(with: signature.field, over: fields.hash(of: signature, at: place), under: keys)
        }
    }

    /// What each seal signs: all fields of all sets up to its own, relaxed, its own with an empty `b=` and without a
    /// CRLF (RFC 8617, 5.1.1). Each hash continues the one before: the cost is that of the header once.
    private mutating func sealHashes(of sets: [ARCSet]) -> [HeaderHash] {
        var hash = HeaderHash()
        var hashes: [HeaderHash] = []
        for set in sets {
            for kind in ARCField.allCases {
                guard let place = set.places[kind] else { continue }
                if kind == .seal {
                    var own = hash
                    own.update(Canonicalization.relaxed.octets(of: set.seal.field.unsigned(header[place])))
                    hashes.append(own)
                }
                hash.updateLine(fields.octets(at: place, .relaxed))
            }
        }
        return hashes
    }

    private mutating func problem(with seal: ARCSeal, over hash: HeaderHash) -> String? {
        if let problem = SignatureField.timeProblem(at: time, timestamp: seal.timestamp, expiration: nil) {
            return problem
        }
        switch keys(of: seal.field) {
        case .failure(let problem): return problem.reason
        case .success(let keys):
            return Self.problem(with: seal.field, over: hash, under: keys)
        }
    }

    private static func problem(
        with field: SignatureField,
        over hash: HeaderHash,
        under keys: [VerifyingKey]
    ) -> String? {
        keys.contains { $0.verifies(field.signature, over: hash) } ? nil : "signature did not verify"
    }

    /// The keys of a signature that may be used, at least one: having none is the end, whatever the cause (RFC 8617,
    /// 5.2).
    private mutating func keys(of field: SignatureField) -> Result<[VerifyingKey], SignatureField.Defect> {
        let use = KeyUse(question: field.keyQuestion, algorithm: field.algorithm)
        if let known = keys[use] { return known }
        let found = read(use)
        keys[use] = found
        return found
    }

    private mutating func read(_ use: KeyUse) -> Result<[VerifyingKey], SignatureField.Defect> {
        switch KeyRecord.read(use.question, for: use.algorithm, &answers) {
        case nil:
            return .failure(.init("no key for signature"))
        case .failure(let failure):
            return .failure(.init(failure.reason))
        case .success(let records):
            var keys: [VerifyingKey] = []
            var problem: SignatureField.Defect?
            for record in records {
                if case .rsa(let rsa) = record.key, rsa.bits < Self.rsaBitsMinimum {
                    problem = problem ?? .init("weak key: \(rsa.bits) bits (RFC 8301)")
                } else if let key = VerifyingKey(record) {
                    keys.append(key)
                } else {
                    problem = problem ?? .init("key that cannot be used")
                }
            }
            if keys.isEmpty, let problem { return .failure(problem) }
            return .success(keys)
        }
    }
}
