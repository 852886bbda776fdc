public import DNS
public import Mail
internal import MailAddresses

/// DMARC (RFC 9989): does a domain that the message has authenticated belong with the one its author claims?
///
/// It takes domains and what became of them, and knows nothing of SPF or DKIM.
public struct DMARCCheck: Sendable {
    /// A domain that another method has looked at: the one of SPF's MAIL FROM, or the `d=` of a DKIM signature.
    public struct Identifier: Hashable, Sendable {
        public enum Outcome: Hashable, Sendable {
            case authenticated
            /// Not authenticated, and it will not be.
            case failed
            /// The DNS did not let it be decided.
            case temporaryError
        }

        public let domain: Domain
        public let outcome: Outcome

        public init(domain: Domain, outcome: Outcome) {
            self.domain = domain
            self.outcome = outcome
        }
    }

    private enum Author {
        /// - isMisleading: readers in use may show another author; see ``AuthorField/isMisleading``.
        case domain(Domain, Alignment, isMisleading: Bool)
        /// The message has none, or more than one.
        case missing(reason: String)
    }

    private let author: Author

    /// - Parameter header: the fields as received, from the top.
    public init(header: [HeaderField]) {
        author = Self.author(of: header)
    }

    /// The domain of the author if the message has exactly one.
    public var authorDomain: Domain? {
        switch author {
        case .domain(let domain, _, _): domain
        case .missing: nil
        }
    }

    /// Asks for everything that can be known to be needed: at the end of the header, and again when answers are in.
    /// - Parameter candidates: the domains that may turn out to be authenticated.
    public func ask(candidates: [Domain], _ answers: inout Answers) {
        guard case .domain(let domain, let alignment, _) = author else { return }
        alignment.author.ask(&answers)
        switch AppliedPolicy.discover(alignment.author, &answers) {
        case .applied(let applied): _ = applied.evaluate(for: domain, &answers)
        case .absent, .failed: return
        case nil: break
        }
        alignment.ask(candidates, &answers)
    }

    /// The verdict, or nil as long as an answer that counts is missing.
    /// - Parameters:
    ///   - spf: the MAIL FROM domain (RFC 9989, 4.4.2: no other identity of SPF counts), if there is one.
    ///   - dkim: the signing domains, one for each signature.
    ///   - unchecked: why SPF or DKIM was not checked at all, if it was not. Such a message may pass, but nobody knows
    ///     whether it fails.
    public func evaluate(
        spf: Identifier?,
        dkim: [Identifier],
        unchecked: String? = nil,
        _ answers: inout Answers
    ) -> DMARCVerdict? {
        switch author {
        case .missing(let reason): return DMARCVerdict(.permerror, reason)
        case .domain(let domain, let alignment, let isMisleading):
            var verdict = policyVerdict(on: domain, alignment, spf, dkim, &answers)
            switch verdict?.result {
            case .pass where isMisleading: verdict?.takeBack(because: "readers may see another author in From")
            case .fail: if let unchecked { verdict?.takeBack(because: unchecked) }
            case .pass, .none?, .temperror, .permerror, nil: break
            }
            verdict?.authorDomain = domain
            return verdict
        }
    }

    /// RFC 9989 section 5.3.1 leaves a message without exactly one author domain to us. It has no result that a domain
    /// could be held to, and never passes: what a reader would be shown is anyone's guess. Several authors of the same
    /// domain are one domain; a From field that is there twice is not a choice between two, even if both are equal.
    private static func author(of header: [HeaderField]) -> Author {
        let fields = header.filter { $0.isNamed("From") }
        guard let field = fields.first else { return .missing(reason: "no From field") }
        let hasHiddenField = header.contains { $0.hiddenFields.contains { $0.isNamed("From") } }
        guard fields.count == 1, !hasHiddenField else { return .missing(reason: "more than one From field") }
        let from: AuthorField
        do {
            from = try AuthorField(field.value)
        } catch {
            return .missing(reason: error.rawValue)
        }
        guard let first = from.mailboxes.first else { return .missing(reason: "no mailbox in From") }
        guard from.mailboxes.allSatisfy({ $0.domain == first.domain }) else {
            return .missing(reason: "more than one domain in From")
        }
        guard let domain = first.domain else { return .missing(reason: "no domain in From") }
        return .domain(domain, Alignment(author: TreeWalk(from: domain)), isMisleading: from.isMisleading)
    }

    private func policyVerdict(
        on domain: Domain,
        _ alignment: Alignment,
        _ spf: Identifier?,
        _ dkim: [Identifier],
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
        /// RFC 9989 section 9.2: an error that does not go away by itself.
        case .invalid: return DMARCVerdict(.permerror, "policy record has an invalid value").describing(applied)
        }
        let judgement = IdentifierJudgement(domain, alignment, applied.found.record, spf, dkim)
        let policy = applied.evaluate(for: domain, &answers)
        guard var verdict = judgement.verdict(&answers)?.describing(applied), let policy else { return nil }
        switch policy {
        case .policy(let policy): verdict.policy = policy
        case .failed(let failure):
            /// A message that passes needs no policy; one that fails cannot be said to fail under an unknown one.
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
