internal import ARC
internal import AuthResults
package import Authentication
internal import DKIM
internal import DMARC
package import DNS
internal import Mail
internal import MailAddresses
internal import SPF

/// The input of rules: one message, as it was judged.
///
/// An unknown value matches no condition: a check that did not run has no result, which is not the result `none`.
package struct MessageFacts: Hashable, Sendable {
    /// Nil if unknown, as for many stored messages; then no rule applies.
    package var peer: Peer?
    package var client: IPAddress?
    /// The results in the Authentication-Results field; of several signatures the best.
    package var results: [Policy.Check: String] = [:]
    /// The policy that applies, after `sp=`, `np=` and `t=`.
    package var dmarcPolicy: String?
    /// The author's domain; several if readers may differ about it, of which the first has the verdict.
    package var authorDomains: [Domain] = []
    package var mailFromDomain: Domain?
    package var helo: Domain?
    package var isNullSender: Bool?
    package var isEncrypted: Bool?
    package var hasForgedFields = false
    /// The sealers of a chain that passes, from the first to the last.
    package var arcSealers: [Domain] = []

    /// The domain that the SPF result is about.
    package var spfDomain: Domain?
    /// That domain's text for a rejected sender: printable ASCII, written by the domain's owner.
    package var spfExplanation: String?
    /// The domain of the signature with the best result.
    package var dkimDomain: Domain?

    package init() {}
}

extension MessageFacts {
    package init(_ judgement: Judgement, _ envelope: PolicyEnvelope) {
        peer = envelope.peer
        client = envelope.client
        isEncrypted = envelope.isEncrypted
        hasForgedFields = !judgement.removed.isEmpty
        if case .domain(let domain) = HELOArgument(envelope.helo) { helo = domain }
        takeResults(judgement)
        let verdicts = judgement.verdicts
        takeSender(envelope.mailFrom, verdicts.spf)
        if let dkim = verdicts.dkim {
            dkimDomain = dkim.first { $0.result.rawValue == results[.dkim] }?.domain
        }
        if let arc = verdicts.arc { arcSealers = arc.sealers }
        if let dmarc = verdicts.dmarc {
            /// The reported one first: a reply names it. If not all authors are known, they match no rule.
            let reported = dmarc.authorDomain.map { [$0] } ?? []
            if !dmarc.hasMoreCandidates {
                authorDomains = reported + dmarc.candidates.filter { !reported.contains($0) }
            }
            dmarcPolicy = dmarc.policy?.rawValue
        }
    }

    private mutating func takeResults(_ judgement: Judgement) {
        guard let written = judgement.results else { return }
        for result in written.results {
            guard let check = Policy.Check(rawValue: result.method) else { continue }
            if check == .dkim, let other = results[.dkim], Self.rank(other) <= Self.rank(result.result) { continue }
            results[check] = result.result
        }
        /// Nothing is written about a client that did not authenticate (RFC 8601, 2.7.4: none).
        if results[.auth] == nil { results[.auth] = "none" }
    }

    private mutating func takeSender(_ mailFrom: [UInt8]?, _ spf: SPFVerdict?) {
        spfDomain = spf?.identity?.domain
        spfExplanation = spf?.explanation
        guard let mailFrom else { return }
        switch SenderReading(mailFrom) {
        case .null: isNullSender = true
        case .mailbox(let mailbox):
            isNullSender = false
            if case .domain(let domain) = mailbox.host { mailFromDomain = domain }
        case .withoutDomain, .malformedDomain, .ambiguous: isNullSender = false
        }
        /// The MTA is a reader too, which SPF takes into account: if the two disagree, there is no domain.
        if let spf, spf.identity?.domain != mailFromDomain { mailFromDomain = nil }
    }

    /// The results of DKIM from the best: a pass, what may still become one, a partial one, a failure.
    private static func rank(_ result: String) -> Int {
        ["pass", "temperror", "policy", "neutral", "fail", "permerror", "none"].firstIndex(of: result) ?? 7
    }
}
