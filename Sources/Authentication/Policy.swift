public import ARCSealing
internal import DKIM
public import DNS
public import FieldClaims
public import FieldSealing
public import Trace

/// The decisions of the receiving site: the part of the configuration that the engine follows.
public struct Policy: Sendable {
    /// The methods that can be switched off one by one.
    public enum Check: String, CaseIterable, Hashable, Sendable {
        case auth, iprev, spf, dkim, arc, dmarc
    }

    /// Bounds on what one message may cost.
    public struct Limits: Hashable, Sendable {
        /// How long to wait for the DNS after the end of the header; what is missing then is a temperror.
        public var deadline: Duration = .seconds(20)
        /// Octets of the header that are kept for checking. Forged fields beyond them are removed too.
        public var headerOctets = 256 * 1024
        /// Forged fields that may be removed from one message; nil for any number. A message with more has no
        /// judgement, since its editor cannot remove that many: see ``Examination/hasTooManyForgedFields``.
        public var removals: Int?
        /// DNS questions that one message may cause; a check that needs more is a temperror. Within the limits of
        /// SPF, DKIM and DMARC a message can cause about 300.
        public var questions = 400
        /// Header fields that are kept for checking.
        public var headerFields = 1000
        /// Signatures that are verified; others are reported as not checked.
        public var signatures = 10
        /// SPF lookups without an answer that are accepted (RFC 7208, 4.6.4).
        public var voidLookups = 2

        public init() {}
    }

    /// The name under which this site reports; nil for the MTA's own name (macro `j`).
    public var authservID: String?
    /// More names that only this site may claim: `mx2.example.org`, or `*.example.org` for all below it.
    public var ownIDs: [String] = []
    public var foreignFields = ForeignFields.keep
    /// Names of further header fields that are treated like Authentication-Results when they come from outside.
    public var alsoRemove: [String] = []
    /// Peers whose fields are kept: they received the message from the external client.
    public var trustedRelays: [IPNetwork] = []
    /// Whether messages of trusted relays are checked as well.
    public var checkTrustedRelays = false
    /// Networks of local clients: SPF, iprev and DMARC are not checked for them.
    public var localNetworks: [IPNetwork] = ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }
    public var checks = Set(Check.allCases)
    /// Whether SPF, iprev and DMARC are evaluated for authenticated clients.
    public var checkAuthenticated = false
    /// Whether the SMTP AUTH mechanism is given in a comment.
    public var showsMechanism = false
    /// Whether a Received-SPF field (RFC 7208, 9.1) is written as well.
    public var writesReceivedSPF = false
    /// Signs our own field (RFC 8601, 7.1); nil leaves it unsealed.
    public var seal: FieldSeal?
    /// Whether ``Verdicts/alignedMethods`` are wanted for messages whose domains ask for aggregate reports.
    public var recordsAlignedMethods = false
    /// Puts an ARC Set on top (RFC 8617, 5.1); nil adds none.
    public var arcSealing: ARCSealing?
    public var limits = Limits()

    /// Which messages get an ARC Set, and by which key.
    public struct ARCSealing: Sendable {
        public let sealer: ARCSealer
        public let moment: Moment

        public enum Moment: Sendable {
            /// Seals mail from external clients, with the results just found.
            case arrival
            /// Seals messages that hosts of this site send on, with the results that one of them found on arrival.
            /// - Parameter recovery: knows which Received fields they have written.
            case departure(EnvelopeRecovery)
        }

        public init(_ sealer: ARCSealer, at moment: Moment) {
            self.sealer = sealer
            self.moment = moment
        }
    }

    public init() {}
}
