internal import ARC
internal import AuthResults
internal import DKIM
internal import DMARC
public import DNS
public import Mail
internal import MailSignature
internal import SPF

/// The examination of one message: it is fed what arrives, in the order in which mail arrives, says at every point what
/// it wants to know from the DNS, and ends in a ``Judgement``.
///
/// It performs no I/O, waits for nothing and does not throw for what a sender or the DNS did: trouble is a verdict. The
/// same events with the same answers give the same octets. Of the body nothing is kept but the state of its hashes.
///
/// The order of events is: ``init(policy:authservID:client:receivedAt:)``, ``helo(_:)``, ``mailFrom(_:macro:submission:)``,
/// ``header(_:)`` for each field, ``endOfHeader(at:)``, ``body(_:)`` for each piece, ``endOfMessage()``. An event that does
/// not come (a client without HELO, a message without a body) is left out. After any of them ``newQuestions()`` may have
/// questions, which are answered by ``learn(_:to:)`` in any order; ``judgement()`` has a value when the message has ended
/// and nothing more is wanted.
public struct Examination: Sendable {
    private let policy: Policy
    private let authservID: String
    private let client: Client
    /// Seconds since 1970 at which the message was received: the time signatures are judged at.
    private let receivedAt: Int64
    private let isTrustedRelay: Bool

    private var heloArgument: [UInt8] = []
    private var submission: Submission?

    private var answers = Answers()
    private var handedOut = 0
    private var deadline: ContinuousClock.Instant?

    private var forgedFields: ForgedFields
    private var fields: [HeaderField] = []
    private var headerOctets = 0
    private var headerLimit: String?
    private var messageHasEnded = false

    private var reverseDNS: ReverseDNS?
    private var spf: SPFCheck?
    private var dkim: DKIMCheck?
    private var arc: ARCCheck?
    private var dmarc: DMARCCheck?
    private var bodyHashes = BodyHashes([])
    private var verdicts = Verdicts()
}
