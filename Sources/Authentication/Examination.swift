internal import ARC
internal import DKIM
internal import DMARC
package import DNS
internal import FieldClaims
internal import FieldSealing
package import Mail
internal import MailSignature
internal import SPF

/// The examination of one message: it is fed what arrives, in the order in which mail arrives, reports at every point
/// which questions it has for the DNS, and ends in a ``Judgement``.
///
/// It performs no I/O, waits for nothing and does not throw because of what a sender or the DNS did: such trouble is
/// a verdict. The same events with the same answers give the same octets. Of the body, only the state of its hashes
/// is kept.
///
/// The order of events is: ``init(policy:authservID:client:)``, ``helo(_:)``,
/// ``begin(mailFrom:macroAddress:submission:receivedAt:)``, ``header(_:)`` for each field, ``endOfHeader(at:)``,
/// ``body(_:)`` for each piece, ``endOfMessage()``. HELO may be missing. After any of them ``newQuestions()`` may
/// have questions, which are answered by ``learn(_:)`` in any order; ``judgement`` has a value when the message has
/// ended and no answer is missing. Questions about the client come up at once, before there is a message.
package struct Examination: Sendable {
    let terms: ExaminationTerms
    let client: Client
    let isTrustedRelay: Bool

    var heloArgument: [UInt8] = []
    var mailFrom: [UInt8] = []
    var submission: Submission?
    var receivedAt: Int64 = 0

    var answers = Answers()
    /// The time at which waiting for the DNS ends; nil before the end of the header.
    package private(set) var deadline: ContinuousClock.Instant?
    var isPastDeadline = false
    /// True if the body is examined; false before the end of the header.
    package private(set) var wantsBody = false

    var forgedFields: ForgedFields
    var fields: [HeaderField] = []
    private var headerOctets = 0
    var headerLimit: String?

    var reverseDNS: ReverseDNS?
    var spf: SPFCheck?
    var dkim: DKIMCheck?
    var arc: ARCCheck?
    var dmarc: DMARCCheck?
    /// Domains that may turn out to be authenticated, so that DMARC can ask about them before this is known.
    var candidateDomains: [Domain] = []
    var chainSealing: ChainSealing?
    private var bodyHashes: BodyHashes?
    var digests: [BodyHashes.Specification: BodyHashes.Digest]?
    var verdicts = Verdicts()

    /// Nil if nothing could be reported under `authservID`: it is empty or holds a control character.
    package init?(policy: Policy, authservID: String, client: Client) {
        guard let terms = ExaminationTerms(policy: policy, authservID: authservID) else { return nil }
        self.init(terms, client: client)
    }

    /// - Parameter atHand: an answer that is known without being asked for. It is looked up when a check asks, so that
    ///   a check does not have to be run again for it. Without it every question comes up in ``newQuestions()``.
    package init(
        _ terms: ExaminationTerms,
        client: Client,
        atHand: (@Sendable (Question) -> Answer?)? = nil
    ) {
        self.terms = terms
        self.client = client
        isTrustedRelay = client.isIn(terms.policy.trustedRelays)
        answers = Answers(limit: terms.policy.limits.questions, atHand: atHand)
        forgedFields = terms.forgedFields
        if runs(.iprev), let address = client.address { reverseDNS = ReverseDNS(client: address) }
        evaluate()
    }

    /// The argument of HELO or EHLO.
    package mutating func helo(_ argument: [UInt8]) {
        heloArgument = argument
    }

    /// A message begins.
    /// - Parameters:
    ///   - mailFrom: the argument of MAIL FROM as given, without ESMTP parameters; nil if it is not known.
    ///   - macroAddress: the MTA's reading of it (Postfix's `{mail_addr}`), if known.
    ///   - submission: what the MTA reports about SMTP AUTH; nil for a client that did not authenticate.
    ///   - receivedAt: seconds since 1970; signatures are judged at this time.
    package mutating func begin(
        mailFrom: [UInt8]?,
        macroAddress: [UInt8]? = nil,
        submission: Submission? = nil,
        receivedAt: Int64
    ) {
        self.mailFrom = mailFrom ?? []
        self.submission = submission
        self.receivedAt = receivedAt
        let isStranger = isChecked && submission == nil && !isFromWithin
        chainSealing = ChainSealing(terms.policy, isStranger: isStranger, isFromWithin: isFromWithin)
        if !runs(.iprev) {
            reverseDNS = nil
            verdicts.reverseDNS = nil
        }
        if runs(.auth), let submission {
            verdicts.submission = SubmissionVerdict(submission, showsMechanism: terms.policy.showsMechanism)
        }
        if runs(.spf), let address = client.address, let mailFrom {
            spf = SPFCheck(
                client: address,
                helo: heloArgument,
                mailFrom: mailFrom,
                macroAddress: macroAddress,
                voidLookupLimit: terms.policy.limits.voidLookups,
                receiver: terms.authservID,
                receivedAt: receivedAt
            )
        }
        evaluate()
    }

    /// The next field of the header, from the top.
    package mutating func header(_ field: HeaderField) {
        if !isTrustedRelay { forgedFields.inspect(field) }
        guard isChecked || chainSealing != nil, headerLimit == nil, !hasTooManyForgedFields else { return }
        /// A colon and a CRLF are part of the header as well (RFC 5322, 2.2).
        headerOctets += field.name.count + field.value.count + 3
        if headerOctets > terms.policy.limits.headerOctets {
            headerLimit = "header over \(terms.policy.limits.headerOctets) octets: not checked"
        } else if fields.count >= terms.policy.limits.headerFields {
            headerLimit = "more than \(terms.policy.limits.headerFields) header fields: not checked"
        }
        if headerLimit == nil { fields.append(field) } else { fields = [] }
    }

    /// True if there are more than ``Policy/Limits/removals``: the message cannot be delivered, and its examination
    /// may be abandoned.
    ///
    /// As with ``judgement``, asking is mutating: a class that holds an examination lends it then, and copies it
    /// otherwise, with all that it refers to.
    package var hasTooManyForgedFields: Bool {
        mutating get { forgedFields.isOverLimit }
    }

    /// The header is over: every name that signatures and the author's domain lead to is now known and asked about.
    /// - Parameter now: the deadline for the DNS counts from here.
    package mutating func endOfHeader(at now: ContinuousClock.Instant) {
        deadline = now.advanced(by: terms.policy.limits.deadline)
        verdicts.headerLimit = headerLimit
        verdicts.isDKIMWanted = runs(.dkim)
        verdicts.isDMARCWanted = runs(.dmarc)
        if headerLimit == nil {
            if runs(.dkim) { dkim = DKIMCheck(header: fields, signatureLimit: terms.policy.limits.signatures) }
            if runs(.arc) { arc = ARCCheck(header: fields) }
            if runs(.dmarc) { dmarc = DMARCCheck(header: fields) }
            let signatureLimit = runs(.dkim) ? nil : terms.policy.limits.signatures
            let ownIDs = terms.ownIDs
            chainSealing?.endOfHeader(fields, ownIDs: ownIDs, signatureLimit: signatureLimit)
            bodyHashes = BodyHashes(
                (terms.policy.seal == nil || !isChecked ? [] : [FieldSeal.bodyHashSpecification])
                    + (chainSealing?.bodyHashSpecifications ?? [])
                    + (dkim?.bodyHashSpecifications ?? []) + (arc?.bodyHashSpecifications ?? [])
            )
            wantsBody = bodyHashes?.isEmpty == false
            dkim?.askForKeys(&answers)
            arc?.askForKeys(&answers)
            chainSealing?.askForKeys(&answers)
            candidateDomains = (spf?.domain.map { [$0] } ?? []) + (dkim?.candidateDomains ?? [])
        }
        if terms.policy.seal == nil && chainSealing == nil { fields = [] }
        evaluate(hasNews: false)
    }

    /// The next octets of the body, with CRLF at the end of each line, in pieces of any size.
    package mutating func body(_ octets: Span<UInt8>) {
        bodyHashes?.update(octets)
    }

    /// The message is over.
    package mutating func endOfMessage() {
        digests = bodyHashes.take()?.finish() ?? [:]
        wantsBody = false
        evaluate(hasNews: false)
    }

    /// Questions that came up and have not been handed out before.
    package mutating func newQuestions() -> [Question] {
        answers.takeNew()
    }

    /// Takes in an answer.
    package mutating func learn(_ answer: Answer, to question: Question) {
        learn([(question, answer)])
    }

    /// Takes in answers that came together.
    package mutating func learn(_ news: [(question: Question, answer: Answer)]) {
        guard !news.isEmpty else { return }
        for (question, answer) in news { answers.learn(answer, to: question) }
        evaluate()
    }

    /// True if the examination waits for answers.
    package var isOpen: Bool { !answers.open.isEmpty }

    /// Every answer that was used, to record the grounds of the verdicts.
    package var answersUsed: [Question: Answer] { answers.known }

    /// Stops waiting for the DNS if `now` is past the ``deadline``: what is missing becomes a temporary error.
    package mutating func expire(at now: ContinuousClock.Instant) {
        guard let deadline, now >= deadline else { return }
        isPastDeadline = true
        evaluate()
    }
}
