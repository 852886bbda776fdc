package import DNS
package import Mail
internal import MailAddresses

/// DMARC (RFC 9989): does a domain that the message has authenticated belong with the one its author claims?
///
/// It is given domains and their results, and does not know SPF or DKIM.
///
/// RFC 9989 section 5.3.1 leaves a message without exactly one author domain to the receiver, and suggests what RFC
/// 7489 section 6.6.1 demanded: that each domain is checked and the strictest policy applied. That is done here, with
/// every domain that a reader in use may take for the author's (``AuthorDomains``); no spelling of From gains a
/// forger more than the plain one. Each domain is judged as if it were the only one, and the worst verdict is
/// reported, with its domain:
/// 1. a fail under `reject`, or under `quarantine`;
/// 2. a temporary error, which may hide one of them;
/// 3. a fail under `none`;
/// 4. a permanent error of a policy record, or a check that was not made;
/// 5. no policy.
///
/// If all of them pass, the message still fails, under the strictest of the policies: a pass would claim to know the
/// author. More domains than ``AuthorDomains/limit`` are not all judged (RFC 9989, 11.5), so the message is treated
/// as the strictest of their owners could ask: it fails under `reject`, without a domain unless one of those judged
/// has asked for it.
package struct DMARCCheck: Sendable {
    /// A domain that another method has checked: that of SPF's MAIL FROM, or the `d=` of a DKIM signature.
    package struct Identifier: Hashable, Sendable {
        package enum Outcome: Hashable, Sendable {
            case authenticated
            /// Not authenticated, and it will not be.
            case failed
            /// The DNS did not allow a decision.
            case temporaryError
        }

        package let domain: Domain
        package let outcome: Outcome

        package init(domain: Domain, outcome: Outcome) {
            self.domain = domain
            self.outcome = outcome
        }
    }

    private let authors: AuthorDomains
    private let hasFromField: Bool
    private let candidates: [CandidateAuthor]

    /// - Parameter header: the fields as received, from the top.
    package init(header: [HeaderField]) {
        let hidden = header.flatMap(\.hiddenFields)
        let values = [header, hidden].flatMap { $0.lazy.filter { $0.isNamed("From") }.map(\.value) }
        hasFromField = !values.isEmpty
        authors = AuthorDomains(fromFields: values)
        candidates = authors.readings.map(CandidateAuthor.init)
    }

    /// Asks for everything that is known to be needed: at the end of the header, and again when answers arrive.
    /// - Parameter candidates: the domains that may turn out to be authenticated.
    package func ask(candidates identifiers: [Domain], _ answers: inout Answers) {
        for candidate in candidates { candidate.ask(identifiers, &answers) }
    }

    /// The verdict, or nil as long as an answer that counts is missing.
    /// - Parameters:
    ///   - spf: the MAIL FROM domain (RFC 9989, 4.4.2: no other identity of SPF counts), if there is one.
    ///   - dkim: the signing domains, one for each signature.
    ///   - unchecked: why SPF or DKIM was not checked at all, if it was not. Such a message may pass, but cannot be
    ///     said to fail.
    package func evaluate(
        spf: Identifier?,
        dkim: [Identifier],
        unchecked: String? = nil,
        _ answers: inout Answers
    ) -> DMARCVerdict? {
        guard !candidates.isEmpty else {
            return DMARCVerdict(.permerror, hasFromField ? "no domain in From" : "no From field")
        }
        /// All are asked for before one is waited for.
        let judged = candidates.map { $0.evaluate(spf, dkim, unchecked, &answers) }
        var verdicts: [DMARCVerdict] = []
        for outcome in judged {
            switch outcome {
            case nil: return nil
            case .nobody: break
            case .verdict(let verdict): verdicts.append(verdict)
            }
        }
        guard let first = verdicts.first else { return DMARCVerdict(.permerror, "no domain in From") }
        if verdicts.count == 1, authors.isComplete, !authors.hasOtherAuthors { return first }
        return contested(verdicts)
    }

    /// The worst of the verdicts, or the first of equals; never a pass.
    private func contested(_ verdicts: [DMARCVerdict]) -> DMARCVerdict? {
        let worst = verdicts.dropFirst().reduce(verdicts.first) { worst, next in
            worst.map { $0.severity < next.severity ? next : $0 }
        }
        guard var verdict = worst else { return nil }
        if !authors.isComplete, (verdict.result, verdict.policy) != (.fail, .reject) {
            verdict = DMARCVerdict(.fail)
            verdict.policy = .reject
        }
        verdict.contest(among: verdicts.compactMap(\.authorDomain), isComplete: authors.isComplete)
        return verdict
    }
}

extension DMARCVerdict {
    /// How bad it is for a message whose author is in doubt; see ``DMARCCheck``.
    fileprivate var severity: (Int, Int) {
        let strictness =
            switch policy {
            case nil, .some(.none): 0
            case .quarantine: 1
            case .reject: 2
            }
        let rank =
            switch result {
            case .pass: 0
            case .none: 1
            case .permerror: 2
            case .fail: strictness == 0 ? 3 : 5
            case .temperror: 4
            }
        return (rank, strictness)
    }
}
