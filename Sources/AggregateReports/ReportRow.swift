/// A report's data about messages that are alike (RFC 9990: record); their number is kept beside it.
package struct ReportRow: Hashable, Sendable, Codable {
    /// What was done with the messages (RFC 9990: disposition).
    package enum Disposition: String, Hashable, Sendable, Codable {
        case none
        /// DMARC passed under a policy that asks for something else.
        case pass
        case quarantine, reject
    }

    /// Why that differs from what the policy asks for (RFC 9990: reason).
    package struct Reason: Hashable, Sendable, Codable {
        package enum Kind: String, Hashable, Sendable, Codable {
            case localPolicy = "local_policy"
            case mailingList = "mailing_list"
            case other
            case policyTestMode = "policy_test_mode"
            case trustedForwarder = "trusted_forwarder"
        }

        package let kind: Kind
        package let comment: String?

        package init(_ kind: Kind, _ comment: String? = nil) {
            self.kind = kind
            self.comment = comment
        }
    }

    /// The raw result of one DKIM signature.
    package struct Signature: Hashable, Sendable, Codable {
        package let domain: String
        package let selector: String
        package let result: String
        package let humanResult: String?

        package init(domain: String, selector: String, result: String, humanResult: String? = nil) {
            self.domain = domain
            self.selector = selector
            self.result = result
            self.humanResult = humanResult
        }
    }

    /// The raw result of SPF.
    package struct Sender: Hashable, Sendable, Codable {
        package let domain: String
        package let result: String
        package let humanResult: String?

        package init(domain: String, result: String, humanResult: String? = nil) {
            self.domain = domain
            self.result = result
            self.humanResult = humanResult
        }
    }

    package var sourceIP: String
    package var disposition: Disposition
    /// Whether DKIM and SPF pass with an aligned domain.
    package var dkimAligned: Bool
    package var spfAligned: Bool
    package var reasons: [Reason]
    package var headerFrom: String
    /// The domain of MAIL FROM; empty for the null sender, nil if unknown.
    package var envelopeFrom: String?
    /// At most ``signatureLimit``.
    package var signatures: [Signature]
    package var spf: Sender?

    /// RFC 9990: at most 100 signatures per row.
    package static let signatureLimit = 100

    package init(
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
