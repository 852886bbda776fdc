internal import DNS

/// Pass or fail, under a known policy (RFC 9989, 4.4 and 5.3.5).
struct AlignmentDecision {
    private struct Candidate {
        let identifier: DMARCVerdict.AlignedIdentifier
        let outcome: DMARCCheck.Identifier.Outcome
        let mode: DMARCRecord.AlignmentMode
    }

    private let author: Domain
    private let alignment: Alignment
    private let candidates: [Candidate]

    init(
        _ author: Domain,
        _ alignment: Alignment,
        _ record: DMARCRecord,
        _ spf: DMARCCheck.Identifier?,
        _ dkim: [DMARCCheck.Identifier]
    ) {
        self.author = author
        self.alignment = alignment
        let bySPF = [spf].compactMap(\.self).map { identifier in
            Candidate(
                identifier: .init(method: .spf, domain: identifier.domain),
                outcome: identifier.outcome,
                mode: record.spfAlignment
            )
        }
        let byDKIM = dkim.map { identifier in
            Candidate(
                identifier: .init(method: .dkim, domain: identifier.domain),
                outcome: identifier.outcome,
                mode: record.dkimAlignment
            )
        }
        candidates = bySPF + byDKIM
    }

    /// The verdict, or nil as long as an answer is missing.
    ///
    /// An identifier equal to the author domain is aligned in either mode and needs no walk (RFC 9989, 4.10.2), so it
    /// is tried first: then no slow zone above the author's can delay the verdict or change it.
    func verdict(_ answers: inout Answers) -> DMARCVerdict? {
        let authenticated = candidates.filter { $0.outcome == .authenticated }
        let equal = authenticated.filter { $0.identifier.domain == author }
        if !equal.isEmpty { return passing(equal, nil) }

        let relaxed = authenticated.filter { $0.mode == .relaxed }
        guard let (outcomes, organization) = alignment.outcomes(relaxed.map(\.identifier.domain), &answers) else {
            return nil
        }
        let aligned = zip(relaxed, outcomes).filter { $1.isAligned }.map { $0.0 }
        if !aligned.isEmpty { return passing(aligned, organization) }
        if let trouble = outcomes.compactMap(\.trouble).first { return trouble }
        return undecided(organization, &answers)
    }

    /// RFC 9989 section 5.3.6: if nothing passes, and an identifier that might have passed met a temporary error, the
    /// message cannot be said to fail.
    private func undecided(_ organization: Domain?, _ answers: inout Answers) -> DMARCVerdict? {
        let open = candidates.filter { $0.outcome == .temporaryError }
        func temporaryError(_ candidate: Candidate) -> DMARCVerdict {
            let method = candidate.identifier.method == .spf ? "SPF" : "DKIM"
            var verdict = DMARCVerdict(.temperror, "\(method) of an aligned domain met a temporary error")
            verdict.organizationalDomain = organization
            return verdict
        }
        if let equal = open.first(where: { $0.identifier.domain == author }) { return temporaryError(equal) }
        let relaxed = open.filter { $0.mode == .relaxed }
        guard let (outcomes, _) = alignment.outcomes(relaxed.map(\.identifier.domain), &answers) else { return nil }
        if let (candidate, _) = zip(relaxed, outcomes).first(where: { $1.isAligned }) {
            return temporaryError(candidate)
        }
        if let trouble = outcomes.compactMap(\.trouble).first { return trouble }
        var verdict = DMARCVerdict(.fail, "no aligned identifier")
        verdict.organizationalDomain = organization
        return verdict
    }

    private func passing(_ candidates: [Candidate], _ organization: Domain?) -> DMARCVerdict {
        var verdict = DMARCVerdict(.pass)
        verdict.alignedIdentifiers = candidates.map(\.identifier)
        verdict.organizationalDomain = organization
        return verdict
    }
}

extension Alignment.Outcome {
    fileprivate var isAligned: Bool {
        switch self {
        case .aligned: true
        case .notAligned, .notExamined, .unknown: false
        }
    }

    /// The verdict if nothing else makes the message pass, and it cannot be said to fail.
    fileprivate var trouble: DMARCVerdict? {
        switch self {
        case .unknown(let failure): DMARCVerdict(.temperror, "alignment: \(failure.rawValue)")
        case .notExamined: DMARCVerdict(.permerror, "alignment: more than \(Alignment.walkLimit) domains to examine")
        case .aligned, .notAligned: nil
        }
    }
}
