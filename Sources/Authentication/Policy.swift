package import ARCSealing
internal import DKIM
package import DNS
package import FieldClaims
package import FieldSealing
package import Trace

/// The decisions of the receiving site: the part of the configuration that the engine follows.
package struct Policy: Sendable {
    /// The methods that can be switched off one by one.
    package enum Check: String, CaseIterable, Hashable, Sendable {
        case auth, iprev, spf, dkim, arc, dmarc
    }

    /// Bounds on what one message may cost.
    package struct Limits: Hashable, Sendable {
        /// How long to wait for the DNS after the end of the header; what is missing then is a temperror.
        package var deadline: Duration = .seconds(20)
        /// Octets of the header that are kept for checking. Forged fields beyond them are removed too.
        package var headerOctets = 256 * 1024
        /// Forged fields that may be removed from one message; nil for any number. A message with more has no
        /// judgement, since its editor cannot remove that many: see ``Examination/hasTooManyForgedFields``.
        package var removals: Int?
        /// DNS questions that one message may cause; a check that needs more is a temperror. Within the limits of
        /// SPF, DKIM and DMARC a message can cause about 300.
        package var questions = 400
        /// Header fields that are kept for checking.
        package var headerFields = 1000
        /// Signatures that are verified; others are reported as not checked.
        package var signatures = 10
        /// SPF lookups without an answer that are accepted (RFC 7208, 4.6.4).
        package var voidLookups = 2

        package init() {}
    }

    /// The name under which this site reports; nil for the MTA's own name (macro `j`).
    package var authservID: String?
    /// More names that only this site may claim: `mx2.example.org`, or `*.example.org` for all below it.
    package var ownIDs: [String] = []
    package var foreignFields = ForeignFields.keep
    /// Names of further header fields that are treated like Authentication-Results when they come from outside.
    package var alsoRemove: [String] = []
    /// Peers whose fields are kept: they received the message from the external client.
    package var trustedRelays: [IPNetwork] = []
    /// Whether messages of trusted relays are checked as well.
    package var checkTrustedRelays = false
    /// Networks of local clients: SPF, iprev and DMARC are not checked for them.
    package var localNetworks: [IPNetwork] = ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }
    package var checks = Set(Check.allCases)
    /// Whether SPF, iprev and DMARC are evaluated for authenticated clients.
    package var checkAuthenticated = false
    /// Whether the SMTP AUTH mechanism is given in a comment.
    package var showsMechanism = false
    /// Whether a Received-SPF field (RFC 7208, 9.1) is written as well.
    package var writesReceivedSPF = false
    /// Signs our own field (RFC 8601, 7.1); nil leaves it unsealed.
    package var seal: FieldSeal?
    /// Whether ``Verdicts/alignedMethods`` are wanted for messages whose domains ask for aggregate reports.
    package var recordsAlignedMethods = false
    /// Puts an ARC Set on top (RFC 8617, 5.1); nil adds none.
    package var arcSealing: ARCSealing?
    package var limits = Limits()

    /// Which messages get an ARC Set, and by which key.
    package struct ARCSealing: Sendable {
        package let sealer: ARCSealer
        package let moment: Moment

        package enum Moment: Sendable {
            /// Seals mail from external clients, with the results just found.
            case arrival
            /// Seals messages that hosts of this site send on, with the results that one of them found on arrival.
            /// - Parameter recovery: knows which Received fields they have written.
            case departure(EnvelopeRecovery)
        }

        package init(_ sealer: ARCSealer, at moment: Moment) {
            self.sealer = sealer
            self.moment = moment
        }
    }

    package init() {}
}
