package import DNS
internal import MailAddresses

/// The results of RFC 9989, section 9.2.
package enum DMARCResult: String, Hashable, Sendable {
    case none, pass, fail, temperror, permerror
}

/// The verdict of DMARC on a message.
package struct DMARCVerdict: Hashable, Sendable {
    /// Where the policy record is (RFC 9989, 4.10.1).
    package enum Source: String, Hashable, Sendable {
        case authorDomain = "author domain"
        case organizationalDomain = "organizational domain"
        case publicSuffix = "public suffix domain"
    }

    /// An Authenticated Identifier that is aligned with the author domain.
    package struct AlignedIdentifier: Hashable, Sendable {
        package enum Method: String, Hashable, Sendable {
            case spf, dkim
        }

        package let method: Method
        package let domain: Domain
    }

    package private(set) var result: DMARCResult
    /// A short text of our own for every result except a pass.
    package internal(set) var reason: String?
    /// The value of `header.from`: the domain that was judged. Nil if From names none, or more than the limit.
    package internal(set) var authorDomain: Domain?
    /// All domains that were judged, if readers may differ about the author; this verdict is the worst of theirs.
    /// Empty if they agree.
    package internal(set) var candidates: [Domain] = []
    /// True if From has more domains than the limit.
    package internal(set) var hasMoreCandidates = false
    /// The value of `policy.dmarc`: what the owner wants done with mail that fails, after `sp=`, `np=` and `t=`. Nil
    /// without a policy, or if it depends on an answer that is unavailable.
    package internal(set) var policy: DMARCRecord.Policy?
    /// The record that applies, as published.
    package internal(set) var record: DMARCRecord?
    /// The domain of the record.
    package internal(set) var recordDomain: Domain?
    package internal(set) var recordSource: Source?
    /// That of the author domain; nil if the result did not depend on it.
    package internal(set) var organizationalDomain: Domain?
    /// Those that made the message pass; if the author domain itself is among them, only those equal to it.
    package internal(set) var alignedIdentifiers: [AlignedIdentifier] = []

    init(_ result: DMARCResult, _ reason: String? = nil) {
        self.result = result
        self.reason = reason
    }

    /// Withdraws a result that cannot be relied on; trying again would not help.
    mutating func takeBack(because reason: String) {
        result = .permerror
        self.reason = reason
    }

    /// Makes it the verdict on a message on whose author readers disagree: that author is not authenticated.
    mutating func contest(among domains: [Domain], isComplete: Bool) {
        candidates = domains
        hasMoreCandidates = !isComplete
        alignedIdentifiers = []
        switch result {
        case .pass, .fail, .none:
            if result == .pass { result = .fail }
            reason =
                isComplete
                ? "readers may see another author in From" : "more than \(AuthorDomains.limit) domains in From"
        case .temperror, .permerror: break
        }
    }
}
