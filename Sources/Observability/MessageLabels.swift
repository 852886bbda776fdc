internal import AuthResults
internal import Authentication
internal import DKIM
internal import DMARC
internal import FieldClaims
internal import MailSignature
internal import Metrics

/// What became of a message.
package enum MessageOutcome: String, MetricWord {
    case checked
    case trustedRelay = "trusted_relay"
    /// Deferred by a failure or a limit of the filter, not by a rule of the policy.
    case tempfail
    /// Given up by the MTA or its client before the end.
    case aborted

    package static let labelName = "outcome"
}

/// A bound that was met.
package enum MetLimit: String, MetricWord {
    case header, signatures, deadline, removals, recipients
    case clientQuestions = "client-questions"

    package static let labelName = "limit"
}

/// Why a connection was not served.
package enum ConnectionRefusal: String, MetricWord {
    /// More than are allowed.
    case limit
    /// It could not be accepted, for lack of descriptors or memory, for example.
    case accept

    package static let labelName = "reason"
}

/// The result of one check.
struct CheckResult: MetricLabels {
    let method: String
    let result: String

    /// Those that the field can have (RFC 8601, 2.7; RFC 8617, 5.2).
    private static let results: [(method: String, results: [String])] = [
        ("auth", ["pass", "fail", "temperror", "permerror"]),
        ("iprev", ["pass", "fail", "temperror", "permerror"]),
        ("spf", ["none", "pass", "fail", "softfail", "policy", "neutral", "temperror", "permerror"]),
        ("dkim", ["none", "pass", "fail", "policy", "neutral", "temperror", "permerror"]),
        ("arc", ["none", "pass", "fail"]),
        ("dmarc", ["none", "pass", "fail", "temperror", "permerror"]),
    ]

    static let allCases = results.flatMap { method, results in
        results.map { CheckResult(method: method, result: $0) }
    }

    var labels: [MetricFamily.Label] { [MetricFamily.Label("method", method), MetricFamily.Label("result", result)] }
}

/// What DMARC found, and what the owner of the domain wants done with mail that fails.
struct DMARCOutcome: MetricLabels {
    let result: DMARCResult
    let policy: DMARCRecord.Policy?
    /// The record says `t=y`.
    let isTest: Bool

    init(_ result: DMARCResult, _ policy: DMARCRecord.Policy?, isTest: Bool) {
        self.result = result
        self.policy = policy
        self.isTest = isTest
    }

    static let allCases = ([.none, .pass, .fail, .temperror, .permerror] as [DMARCResult]).flatMap { result in
        ([nil] + DMARCRecord.Policy.allCases).flatMap { policy in
            [false, true].map { DMARCOutcome(result, policy, isTest: $0) }
        }
    }

    var labels: [MetricFamily.Label] {
        [
            MetricFamily.Label("result", result.rawValue), MetricFamily.Label("policy", policy?.rawValue ?? "unknown"),
            MetricFamily.Label("test", isTest ? "1" : "0"),
        ]
    }
}

/// One DKIM signature.
struct SignatureOutcome: MetricLabels {
    let result: DKIMResult
    let algorithm: SignatureAlgorithm?
    let key: KeySize

    /// Bits of a key, by what they are good for: under 1,024 is not verified (RFC 8301, 3.2).
    enum KeySize: String, CaseIterable {
        case unknown
        case below1024 = "<1024"
        case below2048 = "<2048"
        case below4096 = "<4096"
        case longer = ">=4096"
        /// Of an Ed25519 key.
        case ed25519 = "256"

        init(_ bits: Int?, _ algorithm: SignatureAlgorithm?) {
            switch (bits, algorithm) {
            case (nil, _): self = .unknown
            case (_, .ed25519SHA256): self = .ed25519
            case (let bits?, _) where bits < 1024: self = .below1024
            case (let bits?, _) where bits < 2048: self = .below2048
            case (let bits?, _) where bits < 4096: self = .below4096
            case (_?, _): self = .longer
            }
        }
    }

    init(_ result: DKIMResult, _ algorithm: SignatureAlgorithm?, _ key: KeySize) {
        self.result = result
        self.algorithm = algorithm
        self.key = key
    }

    init(_ verdict: DKIMVerdict) {
        self.init(verdict.result, verdict.algorithm, KeySize(verdict.keyBits, verdict.algorithm))
    }

    static let allCases = ([.pass, .fail, .policy, .neutral, .temperror, .permerror] as [DKIMResult]).flatMap {
        result in
        ([nil] + SignatureAlgorithm.allCases).flatMap { algorithm in
            KeySize.allCases.filter { ($0 != .ed25519) || algorithm == .ed25519SHA256 }
                .map { SignatureOutcome(result, algorithm, $0) }
        }
    }

    var labels: [MetricFamily.Label] {
        [
            MetricFamily.Label("result", result.rawValue),
            MetricFamily.Label("algorithm", algorithm?.rawValue ?? "unknown"),
            MetricFamily.Label("bits", key.rawValue),
        ]
    }
}

/// Why a field was removed.
enum RemovalReason: String, MetricWord {
    case ownID = "own_id"
    case unreadable, version, foreign
    case byName = "by_name"
    case hidden

    static let labelName = "reason"

    init(_ reason: ForgedFields.Reason) {
        switch reason {
        case .ownID: self = .ownID
        case .otherVersion: self = .version
        case .unreadable: self = .unreadable
        case .foreign: self = .foreign
        case .byName: self = .byName
        case .hidden: self = .hidden
        }
    }
}

/// What a rule of the policy has decided.
struct PolicyOutcome: MetricLabels {
    let action: String
    let isDryRun: Bool

    static let allCases = ["accept", "reject", "tempfail", "quarantine"].flatMap { action in
        [false, true].map { PolicyOutcome(action: action, isDryRun: $0) }
    }

    var labels: [MetricFamily.Label] {
        [MetricFamily.Label("action", action), MetricFamily.Label("dry_run", isDryRun ? "1" : "0")]
    }
}
