public import ARCSealing
internal import DKIM
public import DNS
public import FieldClaims
public import FieldProvenance
public import Trace

/// What the receiving site has decided: the part of the configuration that the engine follows.
public struct Policy: Sendable {
    /// The methods that can be switched off one by one.
    public enum Check: String, CaseIterable, Hashable, Sendable {
        case auth, iprev, spf, dkim, arc, dmarc
    }

    /// Bounds on what one message may cost.
    public struct Limits: Hashable, Sendable {
        /// How long after the end of the header answers of the DNS are waited for; what is missing then is a temperror.
        public var deadline: Duration = .seconds(20)
        /// Octets of header that are kept for checking. Forged fields are removed beyond it too.
        public var headerOctets = 256 * 1024
        /// Forged fields that may be removed from one message; nil for any number. For a message with more there is no
        /// judgement, as whoever edits it cannot do as much: see ``Examination/hasTooManyForgedFields``.
        public var removals: Int?
        /// Questions that one message may ask of the DNS; what asks for more is a temperror. Within the limits of SPF,
        /// DKIM and DMARC a message can ask about 300.
        public var questions = 400
        /// Header fields that are kept for checking.
        public var headerFields = 1000
        /// Signatures that are verified; the rest is reported as not checked.
        public var signatures = 10
        /// SPF look-ups without an answer that are let pass (RFC 7208, 4.6.4).
        public var voidLookups = 2

        public init() {}
    }

    /// The name under which this site reports; nil if the MTA's own name (macro `j`) is to be taken.
    public var authservID: String?
    /// More names that only this site may claim: `mx2.example.org`, or `*.example.org` for all below it.
    public var ownIDs: [String] = []
    public var foreignFields = ForeignFields.keep
    /// Names of further header fields that are treated like Authentication-Results when they come from outside.
    public var alsoRemove: [String] = []
    /// Peers whose fields stand: they have met the stranger.
    public var trustedRelays: [IPNetwork] = []
    /// Whether messages of trusted relays are checked as well.
    public var checkTrustedRelays = false
    /// Clients that are not strangers: no SPF, iprev or DMARC is claimed of them.
    public var localNetworks: [IPNetwork] = ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }
    public var checks = Set(Check.allCases)
    /// Whether SPF, iprev and DMARC are evaluated for clients that have authenticated themselves.
    public var checkAuthenticated = false
    /// Whether the SMTP AUTH mechanism is told in a comment.
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
            /// Seals what strangers deliver, with the results just found.
            case arrival
            /// Seals what hosts of this site send on, with the results that one of them found on arrival.
            /// - Parameter recovery: tells which Received fields they have written.
            case departure(EnvelopeRecovery)
        }

        public init(_ sealer: ARCSealer, at moment: Moment) {
            self.sealer = sealer
            self.moment = moment
        }
    }

    public init() {}
}
