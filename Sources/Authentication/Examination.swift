internal import ARC
internal import AuthResults
internal import DKIM
internal import DMARC
public import DNS
internal import FieldClaims
internal import FieldSealing
public import Mail
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
public struct Examination: Sendable {
    private let terms: ExaminationTerms
    private let client: Client
    private let isTrustedRelay: Bool

    private var heloArgument: [UInt8] = []
    private var mailFrom: [UInt8] = []
    private var submission: Submission?
    private var receivedAt: Int64 = 0

    private var answers = Answers()
    /// The time at which waiting for the DNS ends; nil before the end of the header.
    public private(set) var deadline: ContinuousClock.Instant?
    private var isPastDeadline = false
    /// True if the body is examined; false before the end of the header.
    public private(set) var wantsBody = false

    private var forgedFields: ForgedFields
    private var fields: [HeaderField] = []
    private var headerOctets = 0
    private var headerLimit: String?

    private var reverseDNS: ReverseDNS?
    private var spf: SPFCheck?
    private var dkim: DKIMCheck?
    private var arc: ARCCheck?
    private var dmarc: DMARCCheck?
    /// Domains that may turn out to be authenticated, so that DMARC can ask about them before this is known.
    private var candidateDomains: [Domain] = []
    private var chainSealing: ChainSealing?
    private var bodyHashes: BodyHashes?
    private var digests: [BodyHashes.Specification: BodyHashes.Digest]?
    private var verdicts = Verdicts()

    /// Nil if nothing could be reported under `authservID`: it is empty or holds a control character.
    public init?(policy: Policy, authservID: String, client: Client) {
        guard let terms = ExaminationTerms(policy: policy, authservID: authservID) else { return nil }
        self.init(terms, client: client)
    }

    /// - Parameter atHand: an answer that is known without being asked for. It is looked up when a check asks, so that
    ///   a check does not have to be run again for it. Without it every question comes up in ``newQuestions()``.
    public init(
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
    public mutating func helo(_ argument: [UInt8]) {
        heloArgument = argument
    }

    /// A message begins.
    /// - Parameters:
    ///   - mailFrom: the argument of MAIL FROM as given, without ESMTP parameters; nil if it is not known.
    ///   - macroAddress: the MTA's reading of it (Postfix's `{mail_addr}`), if known.
    ///   - submission: what the MTA reports about SMTP AUTH; nil for a client that did not authenticate.
    ///   - receivedAt: seconds since 1970; signatures are judged at this time.
    public mutating func begin(
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
    public mutating func header(_ field: HeaderField) {
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
    public var hasTooManyForgedFields: Bool { forgedFields.isOverLimit }

    /// The header is over: every name that signatures and the author's domain lead to is now known and asked about.
    /// - Parameter now: the deadline for the DNS counts from here.
    public mutating func endOfHeader(at now: ContinuousClock.Instant) {
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
    public mutating func body(_ octets: Span<UInt8>) {
        bodyHashes?.update(octets)
    }

    /// The message is over.
    public mutating func endOfMessage() {
        digests = bodyHashes.take()?.finish() ?? [:]
        wantsBody = false
        evaluate(hasNews: false)
    }

    /// Questions that came up and have not been handed out before.
    public mutating func newQuestions() -> [Question] {
        answers.takeNew()
    }

    /// Takes in an answer.
    public mutating func learn(_ answer: Answer, to question: Question) {
        learn([(question, answer)])
    }

    /// Takes in answers that came together.
    public mutating func learn(_ news: [(question: Question, answer: Answer)]) {
        guard !news.isEmpty else { return }
        for (question, answer) in news { answers.learn(answer, to: question) }
        evaluate()
    }

    /// True if the examination waits for answers.
    public var isOpen: Bool { !answers.open.isEmpty }

    /// Every answer that was used, to record the grounds of the verdicts.
    public var answersUsed: [Question: Answer] { answers.known }

    /// Stops waiting for the DNS if `now` is past the ``deadline``: what is missing becomes a temporary error.
    public mutating func expire(at now: ContinuousClock.Instant) {
        guard let deadline, now >= deadline else { return }
        isPastDeadline = true
        evaluate()
    }

    /// The result; nil while the message has not ended or answers are missing, and for a message that
    /// ``hasTooManyForgedFields``.
    public var judgement: Judgement? {
        guard let digests, !hasTooManyForgedFields, isSettled else { return nil }
        guard isChecked else {
            let arcSet = arcSet(over: fields, nil, digests)
            return Judgement(
                verdicts: verdicts,
                results: nil,
                edits: HeaderEdits(additions: arcSet.fields),
                removed: [],
                arcSeal: arcSet.outcome
            )
        }
        let fresh = ResultsField(verdicts: verdicts, client: client)
        guard let results = fresh.results(authservID: terms.authservID) else { return nil }
        let field = fresh.field(results)
        let kept = keptFields
        var additions = (seal(field, over: kept, digests).map { [$0] } ?? []) + [field]
        if terms.policy.writesReceivedSPF, let spf = verdicts.spf {
            additions.append(
                ReceivedSPF(
                    spf,
                    client: client,
                    mailFrom: mailFrom,
                    helo: heloArgument,
                    receiver: terms.authservID
                ).field
            )
        }
        // All changes first (RFC 8617, 5.1): the set signs our own field's seal as well.
        let arcSet = arcSet(over: additions + kept, results, digests)
        return Judgement(
            verdicts: verdicts,
            results: results,
            edits: HeaderEdits(removals: forgedFields.removals.map(\.edit), additions: arcSet.fields + additions),
            removed: forgedFields.removals,
            arcSeal: arcSet.outcome
        )
    }

    /// The header without the removed fields; empty if nothing is to be signed.
    private var keptFields: [HeaderField] {
        let removed = Set(forgedFields.removals.map(\.index))
        return fields.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    }

    /// The signature over our field, for a message that was fully examined: a header over the limits has none.
    private func seal(
        _ field: HeaderField,
        over header: [HeaderField],
        _ digests: [BodyHashes.Specification: BodyHashes.Digest]
    ) -> HeaderField? {
        guard let seal = terms.policy.seal, headerLimit == nil, let body = digests[FieldSeal.bodyHashSpecification]
        else {
            return nil
        }
        return seal.seal(field, over: header, body: body, at: receivedAt)
    }

    /// The ARC Set for the top of a header, if the message is to have one.
    /// - Parameter fresh: the results just found.
    private func arcSet(
        over header: [HeaderField],
        _ fresh: AuthenticationResults?,
        _ digests: [BodyHashes.Specification: BodyHashes.Digest]
    ) -> (fields: [HeaderField], outcome: Judgement.ARCSeal?) {
        guard let chainSealing else { return ([], nil) }
        if let headerLimit { return ([], .omitted(reason: headerLimit)) }
        return chainSealing.set(
            over: header,
            fresh.map { ($0, verdicts.arc) },
            digests: digests,
            at: receivedAt
        )
    }

    // MARK: The checks

    /// False for a trusted relay's message that is to be left as it is.
    private var isChecked: Bool { !isTrustedRelay || terms.policy.checkTrustedRelays }

    /// True for a message that a host of this site sends on: it comes from within, and without SMTP AUTH, whose user
    /// could have written any header.
    private var isFromWithin: Bool {
        submission == nil && (client.address == nil || isTrustedRelay || client.isIn(terms.policy.localNetworks))
    }

    /// SPF, iprev and DMARC are for mail from external clients: they are skipped for authenticated clients, and a
    /// local client is judged by its signatures alone.
    private func runs(_ check: Policy.Check) -> Bool {
        guard isChecked, terms.checks.contains(check) else { return false }
        let isSubmission = submission != nil && !terms.policy.checkAuthenticated
        switch check {
        case .auth: return submission != nil
        case .iprev, .spf, .dmarc:
            return !isSubmission && client.address != nil && !client.isIn(terms.policy.localNetworks)
        case .dkim, .arc: return !isSubmission
        }
    }

    /// Runs every check that has no verdict yet and whose time has come, on the known answers.
    /// - Parameter hasNews: false if nothing has changed for the client and the envelope since they were last
    ///   checked.
    private mutating func evaluate(hasNews: Bool = true) {
        repeat {
            if isPastDeadline { answers.abandon(because: .deadline) }
            if hasNews, verdicts.reverseDNS == nil { verdicts.reverseDNS = reverseDNS?.evaluate(&answers) }
            if hasNews, verdicts.spf == nil { verdicts.spf = spf?.evaluate(&answers) }
            guard let digests else {
                dmarc?.ask(candidates: candidateDomains, &answers)
                continue
            }
            if verdicts.dkim == nil {
                verdicts.dkim = dkim?.evaluate(digests: digests, at: receivedAt, &answers)
            }
            if verdicts.arc == nil { verdicts.arc = arc?.evaluate(digests: digests, at: receivedAt, &answers) }
            if isDKIMSettled {
                chainSealing?.evaluate(dkim: verdicts.dkim, digests: digests, at: receivedAt, &answers)
            }
            if isSPFSettled, isDKIMSettled { evaluateDMARC() }
        } while isPastDeadline && !answers.open.isEmpty
    }

    private mutating func evaluateDMARC() {
        let spf = verdicts.spf?.dmarcIdentifier
        let dkim = verdicts.dkim?.compactMap(\.dmarcIdentifier) ?? []
        if verdicts.dmarc == nil {
            verdicts.dmarc = dmarc?.evaluate(spf: spf, dkim: dkim, unchecked: uncheckedByDMARC, &answers)
        }
        if let verdict = verdicts.dmarc, wantsAlignedMethods, verdicts.alignedMethods == nil {
            verdicts.alignedMethods = verdict.alignedMethods(spf: spf, dkim: dkim, &answers)
        }
    }

    /// True for a message that passes and whose domain asks for reports.
    private var wantsAlignedMethods: Bool {
        terms.policy.recordsAlignedMethods && verdicts.dmarc?.result == .pass
            && verdicts.dmarc?.record?.aggregateReportURIs.isEmpty == false
    }

    /// Why a message without an aligned identifier cannot be said to fail DMARC, if a check that may give one is not
    /// made.
    private var uncheckedByDMARC: String? {
        if spf == nil { return runs(.spf) ? "MAIL FROM is not known" : "SPF is not checked" }
        return dkim == nil ? "DKIM is not checked" : nil
    }

    private var isSPFSettled: Bool { spf == nil || verdicts.spf != nil }
    private var isDKIMSettled: Bool { dkim == nil || verdicts.dkim != nil }

    private var isSettled: Bool {
        isSPFSettled && isDKIMSettled && (reverseDNS == nil || verdicts.reverseDNS != nil)
            && (arc == nil || verdicts.arc != nil) && (dmarc == nil || verdicts.dmarc != nil)
            && (!wantsAlignedMethods || verdicts.alignedMethods != nil) && chainSealing?.isSettled ?? true
    }
}

extension ForgedFields.Removal {
    /// The removal as an edit of the header.
    fileprivate var edit: HeaderEdits.Removal { HeaderEdits.Removal(name: name, occurrence: occurrence) }
}
