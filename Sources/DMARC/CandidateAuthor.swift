internal import DNS
internal import MailAddresses

/// One domain that may be the author's, and the verdict of DMARC if it is.
struct CandidateAuthor {
    enum Outcome {
        case verdict(DMARCVerdict)
        /// A reader has assembled the domain from parts, and there is no such domain.
        case nobody
    }

    private let domain: Domain
    private let isPatched: Bool
    private let alignment: Alignment

    init(_ reading: AuthorField.Reading) {
        domain = reading.domain
        isPatched = reading.isPatched
        alignment = Alignment(author: TreeWalk(from: reading.domain))
    }

    func ask(_ identifiers: [Domain], _ answers: inout Answers) {
        alignment.author.ask(&answers)
        switch AppliedPolicy.discover(alignment.author, &answers) {
        case .applied(let applied): _ = applied.evaluate(for: domain, &answers)
        case .absent, .failed:
            if isPatched { _ = answers.request(Question(domain, .txt)) }
            return
        case nil: break
        }
        alignment.ask(identifiers, &answers)
    }

    /// Nil as long as an answer that counts is missing.
    func evaluate(
        _ spf: DMARCCheck.Identifier?,
        _ dkim: [DMARCCheck.Identifier],
        _ unchecked: String?,
        _ answers: inout Answers
    ) -> Outcome? {
        guard var verdict = policyVerdict(spf, dkim, &answers) else { return nil }
        switch verdict.result {
        case .fail: if let unchecked { verdict.takeBack(because: unchecked) }
        case .none where isPatched, .temperror where isPatched:
            guard let existence = answers.request(Question(domain, .txt)) else { return nil }
            if existence.outcome == .nameError { return .nobody }
        case .none, .pass, .temperror, .permerror: break
        }
        verdict.authorDomain = domain
        return .verdict(verdict)
    }

    private func policyVerdict(
        _ spf: DMARCCheck.Identifier?,
        _ dkim: [DMARCCheck.Identifier],
        _ answers: inout Answers
    ) -> DMARCVerdict? {
        let applied: AppliedPolicy
        switch AppliedPolicy.discover(alignment.author, &answers) {
        case nil: return nil
        case .absent: return DMARCVerdict(.none, "no policy")
        case .failed(let failure): return DMARCVerdict(.temperror, "policy: \(failure.rawValue)")
        case .applied(let policy): applied = policy
        }
        switch applied.found.record.use {
        case .policy: break
        case .nothing: return DMARCVerdict(.none, "policy record without p= and rua=").describing(applied)
        /// RFC 9989 section 9.2: an error that does not resolve itself.
        case .invalid: return DMARCVerdict(.permerror, "policy record has an invalid value").describing(applied)
        }
        let judgement = AlignmentDecision(domain, alignment, applied.found.record, spf, dkim)
        let policy = applied.evaluate(for: domain, &answers)
        guard var verdict = judgement.verdict(&answers)?.describing(applied), let policy else { return nil }
        switch policy {
        case .policy(let policy): verdict.policy = policy
        case .failed(let failure):
            /// A message that passes needs no policy; without a known policy, a message cannot be said to fail.
            guard verdict.result == .fail else { break }
            verdict = DMARCVerdict(.temperror, "existence of the domain: \(failure.rawValue)").describing(applied)
        }
        return verdict
    }
}

extension DMARCVerdict {
    fileprivate func describing(_ applied: AppliedPolicy) -> DMARCVerdict {
        var verdict = self
        verdict.record = applied.found.record
        verdict.recordDomain = applied.found.name
        verdict.recordSource = applied.source
        verdict.organizationalDomain = applied.organizationalDomain ?? organizationalDomain
        return verdict
    }
}
