/// A DMARC policy record (RFC 9989, 4.7 and 4.8).
///
/// Whether a text is a record depends on its first tag alone; after that no error makes the whole record void: a tag
/// that breaks the grammar is treated as absent (RFC 9989, 4.7).
package struct DMARCRecord: Hashable, Sendable {
    /// What the domain's owner wants done with mail that fails.
    package enum Policy: String, Hashable, Sendable, CaseIterable {
        case none, quarantine, reject

        /// One level lower, as `t=y` asks (RFC 9989, 4.7).
        var lowered: Policy {
            switch self {
            case .none, .quarantine: .none
            case .reject: .quarantine
            }
        }
    }

    /// How much of two domains must be equal (RFC 9989, 4.4).
    package enum AlignmentMode: String, Hashable, Sendable, CaseIterable {
        /// The Organizational Domains.
        case relaxed = "r"
        /// The domains.
        case strict = "s"
    }

    /// `psd=`: whether mail domains of different owners are registered below the name.
    package enum PublicSuffix: String, Hashable, Sendable, CaseIterable {
        case yes = "y"
        /// It is an Organizational Domain, whatever is above it.
        case no = "n"
        case unknown = "u"
    }

    /// How a message to which the record applies is treated (RFC 9989, 4.10.1).
    package enum Use: Hashable, Sendable {
        /// DMARC processes it.
        case policy
        /// It does not: without a `p=`, and without a request for reports, there is nothing to do.
        case nothing
        /// It does not: a policy is present but has no valid value, and no reports are asked for.
        case invalid
    }

    /// dmarc-yorn
    private enum Switch: String, CaseIterable {
        case yes = "y"
        case no = "n"
    }

    /// `p=`; ``Policy/none`` also if the record has no valid one.
    package let policy: Policy
    /// `sp=`, for subdomains.
    package let subdomainPolicy: Policy?
    /// `np=`, for subdomains that do not exist.
    package let nonexistentPolicy: Policy?
    /// `t=y`: the policy is not to be applied in full yet.
    package let isTesting: Bool
    package let publicSuffix: PublicSuffix
    /// `adkim=`
    package let dkimAlignment: AlignmentMode
    /// `aspf=`
    package let spfAlignment: AlignmentMode
    package let use: Use
    /// The URIs of `rua=`, which aggregate reports are to be sent to, in their order, without malformed ones.
    package let aggregateReportURIs: [String]
    /// The same, nil if there is no `rua=`: the permission to send reports (RFC 9990) may have one or none.
    package let statedReportURIs: [String]?
    /// `fo=`, its options separated by colons; nil if it is absent or wrong.
    package let failureOptions: String?

    /// Reads the text of a TXT record, its character-strings joined. Nil if it is not a DMARC record.
    package init?(_ text: [UInt8]) {
        guard let tags = DMARCTags(text) else { return nil }
        isTesting = tags.value(.t) == Switch.yes
        publicSuffix = tags.value(.psd) ?? .unknown
        dkimAlignment = tags.value(.adkim) ?? .relaxed
        spfAlignment = tags.value(.aspf) ?? .relaxed
        aggregateReportURIs = tags.aggregateReportURIs
        statedReportURIs = tags.contains(.rua) ? aggregateReportURIs : nil
        failureOptions = tags.failureOptions

        /// RFC 9989 section 4.10.1: without a valid `p=`, or with an invalid `sp=` or `np=`, the record counts as
        /// `p=none` alone if reports are asked for; otherwise DMARC does not process the message. The same applies to
        /// a record without `p=`, which 4.7 treats as `p=none`, referring to 4.10.1 for the rest.
        let policy: Policy? = tags.value(.p)
        let policyTags: [DMARCTags.Name] = [.p, .sp, .np]
        let hasWrongValue = policyTags.contains { name in
            let value: Policy? = tags.value(name)
            return tags.contains(name) && value == nil
        }
        if let policy, !hasWrongValue {
            self.policy = policy
            subdomainPolicy = tags.value(.sp)
            nonexistentPolicy = tags.value(.np)
            use = .policy
        } else {
            self.policy = .none
            subdomainPolicy = nil
            nonexistentPolicy = nil
            use = !aggregateReportURIs.isEmpty ? .policy : hasWrongValue ? .invalid : .nothing
        }
    }
}
