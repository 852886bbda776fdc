/// A DMARC policy record (RFC 9989, 4.7 and 4.8).
///
/// A text is a record or it is not, by its first tag alone; from there on nothing is an error that makes the whole
/// record void: what breaks the grammar is as if it were not there (RFC 9989, 4.7).
public struct DMARCRecord: Hashable, Sendable {
    /// What the domain's owner wants done with mail that fails.
    public enum Policy: String, Hashable, Sendable, CaseIterable {
        case none, quarantine, reject

        /// One level less, as `t=y` asks for (RFC 9989, 4.7).
        var lowered: Policy {
            switch self {
            case .none, .quarantine: .none
            case .reject: .quarantine
            }
        }
    }

    /// How much of two domains must be equal (RFC 9989, 4.4).
    public enum AlignmentMode: String, Hashable, Sendable, CaseIterable {
        /// The Organizational Domains.
        case relaxed = "r"
        /// The domains.
        case strict = "s"
    }

    /// `psd=`: whether mail domains of different owners are registered below the name.
    public enum PublicSuffix: String, Hashable, Sendable, CaseIterable {
        case yes = "y"
        /// It is an Organizational Domain, whatever stands above it.
        case no = "n"
        case unknown = "u"
    }

    /// dmarc-yorn
    private enum Switch: String, CaseIterable {
        case yes = "y"
        case no = "n"
    }

    /// `p=`; ``Policy/none`` also where the record gives none that counts, see ``isUsable``.
    public let policy: Policy
    /// `sp=`, for subdomains.
    public let subdomainPolicy: Policy?
    /// `np=`, for subdomains that do not exist.
    public let nonexistentPolicy: Policy?
    /// `t=y`: the policy is not to be applied in full yet.
    public let isTesting: Bool
    public let publicSuffix: PublicSuffix
    /// `adkim=`
    public let dkimAlignment: AlignmentMode
    /// `aspf=`
    public let spfAlignment: AlignmentMode
    /// False if `p=`, `sp=` or `np=` stands there without a valid value and no reports are asked for either. DMARC then
    /// does not process the message (RFC 9989, 4.10.1).
    public let isUsable: Bool

    /// Reads the text of a TXT record, its character-strings joined. Nil if it is no DMARC record.
    public init?(_ text: [UInt8]) {
        guard let tags = DMARCTags(text) else { return nil }
        isTesting = tags.value(.t) == Switch.yes
        publicSuffix = tags.value(.psd) ?? .unknown
        dkimAlignment = tags.value(.adkim) ?? .relaxed
        spfAlignment = tags.value(.aspf) ?? .relaxed

        /// RFC 9989 section 4.7: a record without `p=` is one with `p=none`, whether it asks for reports or not. What
        /// 4.10.1 says of a record without a valid `p=` is thus left to one that has a wrong value there.
        let policies: [(DMARCTags.Name, Policy?)] = [.p, .sp, .np].map { ($0, tags.value($0)) }
        let isDefective = policies.contains { tags.contains($0) && $1 == nil }
        policy = isDefective ? .none : policies[0].1 ?? .none
        subdomainPolicy = isDefective ? nil : policies[1].1
        nonexistentPolicy = isDefective ? nil : policies[2].1
        isUsable = !isDefective || tags.asksForAggregateReports
    }
}
