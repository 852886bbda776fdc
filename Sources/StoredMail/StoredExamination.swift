package import Authentication
package import DNS
internal import Mail
package import MailPolicy
package import Mailboxes
internal import Summaries
package import Trace

/// The examination of a stored message that has been read to its end: only DNS answers are missing.
package struct StoredExamination: Sendable {
    private var examination: Examination
    private let envelope: RecoveredEnvelope
    private let judgedAt: Int64
    private let trace: TraceFields
    private let variant: MboxVariant?
    private let rules: PolicyRules
    private let policyEnvelope: PolicyEnvelope

    init(
        examination: Examination,
        envelope: RecoveredEnvelope,
        judgedAt: Int64,
        trace: TraceFields,
        variant: MboxVariant?,
        rules: PolicyRules,
        policyEnvelope: PolicyEnvelope
    ) {
        self.examination = examination
        self.envelope = envelope
        self.judgedAt = judgedAt
        self.trace = trace
        self.variant = variant
        self.rules = rules
        self.policyEnvelope = policyEnvelope
    }

    /// The engine has no judgement though no answer is missing: a bug.
    package struct NoJudgement: Error, CustomStringConvertible {
        package let description = "internal failure: no judgement though no answer is missing"
    }

    /// Questions that came up together, and are answered together.
    private var round: [Question] = []
    /// The answers to them that have come.
    private var roundAnswers: [Question: Answer] = [:]
    /// Answers that it has waited for, and how long.
    private var slowAnswers: [(question: Question, time: Duration)] = []

    /// Questions that it waits for.
    var openQuestions: [Question] { round.filter { roundAnswers[$0] == nil } }
    /// When it waits no longer.
    var deadline: ContinuousClock.Instant? { examination.deadline }

    /// The result, if all answers are at hand.
    ///
    /// Questions are answered in rounds, each in the order in which they were asked, whether the answers are at hand
    /// or must be waited for. So the questions, and with them the record of the answers, do not depend on which
    /// answer comes first.
    package mutating func finishAtOnce(_ resolver: any Resolver) throws -> ExaminedMessage? {
        while true {
            if round.isEmpty { round = examination.newQuestions() }
            if round.isEmpty { return try examined() }
            for question in round where roundAnswers[question] == nil {
                roundAnswers[question] = resolver.knownAnswer(to: question)
            }
            guard roundAnswers.count == round.count else { return nil }
            learn()
        }
    }

    /// The end, when the answers are in or the deadline has passed.
    package func finish(_ resolver: any Resolver, _ slots: WorkSlots? = nil) async throws -> ExaminedMessage {
        var examination = self
        if let examined = try examination.finishAtOnce(resolver) { return examined }
        var batch = ExaminationBatch(resolver, slots)
        batch.add(examination, as: 0)
        var end: ExaminedMessage?
        try await batch.finish { end = $1 }
        guard let end else { throw NoJudgement() }
        return end
    }

    /// Takes an answer in that was waited for.
    /// - Returns: True if it was the last one that was missing.
    mutating func take(_ answer: Answer, to question: Question, after time: Duration) -> Bool {
        roundAnswers[question] = answer
        if time > Summary.slowness { slowAnswers.append((question, time)) }
        return roundAnswers.count == round.count
    }

    /// Waits no longer: what is missing is a temporary error.
    mutating func expire(at now: ContinuousClock.Instant) {
        learn()
        examination.expire(at: now)
    }

    private mutating func learn() {
        examination.learn(round.compactMap { question in roundAnswers[question].map { (question, $0) } })
        round = []
        roundAnswers = [:]
    }

    private mutating func examined() throws -> ExaminedMessage {
        guard let judgement = examination.judgement else { throw NoJudgement() }
        return ExaminedMessage(
            judgement: judgement,
            envelope: envelope,
            judgedAt: judgedAt,
            messageID: trace.messageID,
            borderIndex: envelope.border.map { trace.positions[$0.index] },
            variant: variant,
            answers: examination.answersUsed,
            slowAnswers: slowAnswers,
            policyEnvelope: policyEnvelope,
            decision: rules.decide(judgement, policyEnvelope)
        )
    }
}

/// What was found out about one stored message, and from what.
package struct ExaminedMessage: Sendable {
    package let judgement: Judgement
    package let envelope: RecoveredEnvelope
    /// Seconds since 1970: when signatures had to be valid.
    package let judgedAt: Int64
    /// The value of the topmost Message-ID field.
    let messageID: [UInt8]?
    /// The place of the border hop's Received field in the header, 0 being the first field.
    let borderIndex: Int?
    /// How the message was unquoted; nil if it was a separate file.
    package let variant: MboxVariant?
    /// Every DNS answer that was used.
    package let answers: [Question: Answer]
    /// Those that it has waited for longer than ``Summary/slowness``, and how long.
    let slowAnswers: [(question: Question, time: Duration)]
    /// What the rules of the policy look at beyond the verdicts.
    package let policyEnvelope: PolicyEnvelope
    /// The decision that they would have made; nil if none matches.
    package let decision: PolicyDecision?
}
