/// A report's data about messages that are alike (RFC 9990: record); their number is kept beside it.
public struct ReportRow: Hashable, Sendable, Codable {
    /// What was done with the messages (RFC 9990: disposition).
    public enum Disposition: String, Hashable, Sendable, Codable {
        case none
        /// DMARC passed under a policy that asks for something else.
        case pass
        case quarantine, reject
    }

    /// Why that differs from what the policy asks for (RFC 9990: reason).
    public struct Reason: Hashable, Sendable, Codable {
        public enum Kind: String, Hashable, Sendable, Codable {
            case localPolicy = "local_policy"
            case mailingList = "mailing_list"
            case other
            case policyTestMode = "policy_test_mode"
            case trustedForwarder = "trusted_forwarder"
        }

        public let kind: Kind
        public let comment: String?

        public init(_ kind: Kind, _ comment: String? = nil) {
            self.kind = kind
            self.comment = comment
        }
    }

    /// The raw result of one DKIM signature.
    public struct Signature: Hashable, Sendable, Codable {
        public let domain: String
        public let selector: String
        public let result: String
        public let humanResult: String?

        public init(domain: String, selector: String, result: String, humanResult: String? = nil) {
            self.domain = domain
            self.selector = selector
            self.result = result
            self.humanResult = humanResult
        }
    }

    /// The raw result of SPF.
    public struct Sender: Hashable, Sendable, Codable {
        public let domain: String
        public let result: String
        public let humanResult: String?

        public init(domain: String, result: String, humanResult: String? = nil) {
            self.domain = domain
            self.result = result
            self.humanResult = humanResult
        }
    }

    public var sourceIP: String
    public var disposition: Disposition
    /// Whether DKIM and SPF pass with an aligned domain.
    public var dkimAligned: Bool
    public var spfAligned: Bool
    public var reasons: [Reason]
    public var headerFrom: String
    /// The domain of MAIL FROM; empty for the null sender, nil if unknown.
    public var envelopeFrom: String?
    /// At most ``signatureLimit``.
    public var signatures: [Signature]
    public var spf: Sender?

    /// RFC 9990: at most 100 signatures per row.
    public static let signatureLimit = 100

    public init(
        sourceIP: String,
        disposition: Disposition = .none,
        dkimAligned: Bool,
        spfAligned: Bool,
        reasons: [Reason] = [],
        headerFrom: String,
        envelopeFrom: String? = nil,
        signatures: [Signature] = [],
        spf: Sender? = nil
    ) {
        self.sourceIP = sourceIP
        self.disposition = disposition
        self.dkimAligned = dkimAligned
        self.spfAligned = spfAligned
        self.reasons = reasons
        self.headerFrom = headerFrom
        self.envelopeFrom = envelopeFrom
        self.signatures = Array(signatures.prefix(Self.signatureLimit))
        self.spf = spf
    }
}
