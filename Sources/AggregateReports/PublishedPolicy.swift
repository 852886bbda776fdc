public import DMARC
public import DNS

/// The policy that a domain has published, as repeated in a report (RFC 9990: policy_published).
public struct PublishedPolicy: Hashable, Sendable, Codable {
    /// Where the record was found: the DMARC Policy Domain.
    public let domain: String
    public let policy: String
    public let subdomainPolicy: String?
    public let nonexistentPolicy: String?
    public let dkimAlignment: String
    public let spfAlignment: String
    public let isTesting: Bool
    public let failureOptions: String?

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

    public init(_ record: DMARCRecord, at domain: Domain) {
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
