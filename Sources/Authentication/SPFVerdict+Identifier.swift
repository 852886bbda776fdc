internal import DKIM
internal import DMARC
internal import SPF

/// What the other checks have proven, in the terms of DMARC (RFC 9989, 4.4), which does not know their types.
extension SPFVerdict {
    /// The MAIL FROM domain, and whether it was authenticated. HELO counts only in place of the null sender.
    var dmarcIdentifier: DMARCCheck.Identifier? {
        guard let domain = identity?.domain else { return nil }
        switch result {
        case .pass: return DMARCCheck.Identifier(domain: domain, outcome: .authenticated)
        case .temperror: return DMARCCheck.Identifier(domain: domain, outcome: .temporaryError)
        case .none, .neutral, .fail, .softfail, .policy, .permerror:
            return DMARCCheck.Identifier(domain: domain, outcome: .failed)
        }
    }
}

extension DKIMVerdict {
    /// The `d=` domain, and whether its signature passed. A key that is being tried out (`t=y`) changes no result: what
    /// RFC 6376 section 3.6.1 asks is that a signature that fails under it is not held against the message.
    var dmarcIdentifier: DMARCCheck.Identifier? {
        guard let domain else { return nil }
        switch result {
        case .pass: return DMARCCheck.Identifier(domain: domain, outcome: .authenticated)
        case .temperror: return DMARCCheck.Identifier(domain: domain, outcome: .temporaryError)
        case .fail, .policy, .neutral, .permerror: return DMARCCheck.Identifier(domain: domain, outcome: .failed)
        }
    }
}
