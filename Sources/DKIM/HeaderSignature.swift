package import Mail
package import MailSignature

/// One signature over a header: the signature's own field, the fields that it selects, and what it signs.
package struct HeaderSignature {
    package enum Outcome: Hashable, Sendable {
        case verified
        case wrong
        /// Neither can be determined, for a reason of our own.
        case unverifiable(String)
    }

    private let header: [HeaderField]
    private let candidate: DKIMCheck.Candidate
    /// The fields that it selects, in the order of the header.
    private let places: [Int]
    private let hash: HeaderHash

    /// - Parameter signedFields: those of the same header.
    package init(_ candidate: DKIMCheck.Candidate, in header: [HeaderField], _ signedFields: inout SignedFields) {
        let signature = candidate.signature
        let selected = signedFields.selected(by: signature.signedNames, except: candidate.index)
        self.header = header
        self.candidate = candidate
        places = selected.sorted()
        hash = signedFields.hash(
            of: selected,
            signature.headerCanonicalization,
            last: signature.field.unsigned(header[candidate.index])
        )
    }

    /// Tries each of several keys (RFC 6376, 6.1.2): the first that verifies the signature, or the first of all.
    func verify(under keys: [KeyRecord]) -> (key: KeyRecord, outcome: Outcome)? {
        var first: (key: KeyRecord, outcome: Outcome)?
        for key in keys {
            let outcome = verify(under: key).outcome
            if outcome == .verified { return (key, outcome) }
            first = first ?? (key, outcome)
        }
        return first
    }

    /// The outcome under one key, and which verifier determined it.
    package func verify(under key: KeyRecord) -> (outcome: Outcome, verifier: HeaderVerifier) {
        if let cause = HeaderVerifier.Cause(for: candidate, selecting: places, in: header, under: key) {
            return (ownOutcome(under: key), .own(cause))
        }
        guard let outcome = libraryOutcome(under: key) else { return (ownOutcome(under: key), .own(.readOtherwise)) }
        return (outcome, .library)
    }

    /// The library's outcome, which counts only if it hashed the same octets as this program; nil if it did not.
    private func libraryOutcome(under key: KeyRecord) -> Outcome? {
        let findings = LibOpenDKIM.verify(
            octets(of: header[candidate.index]),
            over: places.map { octets(of: header[$0]) },
            key: key.canonicalOctets,
            timestamp: candidate.signature.timestamp ?? .max
        )
        guard let findings, findings.headerHash == hash.octets else { return nil }
        return findings.isVerified ? .verified : .wrong
    }

    /// This program's own outcome, used for the reasons in ``HeaderVerifier/Cause``. It is available for every
    /// signature.
    package func ownOutcome(under key: KeyRecord) -> Outcome {
        guard let verifyingKey = VerifyingKey(key) else { return .unverifiable("key that cannot be used") }
        return verifyingKey.verifies(candidate.signature.field.signature, over: hash) ? .verified : .wrong
    }

    /// The field with CRLF folds and its leading space, as it came over the wire.
    private func octets(of field: HeaderField) -> [UInt8] {
        var field = field
        /// The library refuses a tab before the colon; where the tab does not count, it is left out (RFC 6376,
        /// 3.4.2).
        if candidate.signature.headerCanonicalization == .relaxed {
            while let last = field.name.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
                field.name.removeLast()
            }
        }
        return Canonicalization.simple.octets(of: field)
    }
}
