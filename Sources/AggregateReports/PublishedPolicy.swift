package import DMARC
package import DNS

/// The policy that a domain has published, as repeated in a report (RFC 9990: policy_published).
package struct PublishedPolicy: Hashable, Sendable, Codable {
    /// Where the record was found: the DMARC Policy Domain.
    package let domain: String
    package let policy: String
    package let subdomainPolicy: String?
    package let nonexistentPolicy: String?
    package let dkimAlignment: String
    package let spfAlignment: String
    package let isTesting: Bool
    package let failureOptions: String?

    /// Short, because each is kept in a database.
    enum CodingKeys: String, CodingKey {
        case domain
        case policy = "p"
        case subdomainPolicy = "sp"
        case nonexistentPolicy = "np"
        case dkimAlignment = "adkim"
        case spfAlignment = "aspf"
        case isTesting = "t"
        case failureOptions = "fo"
    }

    package init(_ record: DMARCRecord, at domain: Domain) {
        self.domain = domain.text
        policy = record.policy.rawValue
        subdomainPolicy = record.subdomainPolicy?.rawValue
        nonexistentPolicy = record.nonexistentPolicy?.rawValue
        dkimAlignment = record.dkimAlignment.rawValue
        spfAlignment = record.spfAlignment.rawValue
        isTesting = record.isTesting
        failureOptions = record.failureOptions
    }
}
