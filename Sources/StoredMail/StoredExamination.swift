package import Authentication
package import DNS
internal import Mail
package import MailPolicy
package import Mailboxes
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

    /// The result, if all answers are at hand.
    ///
    /// Questions are answered in rounds, each in the order in which they were asked, whether the answers are at hand
    /// or must be waited for. So the questions, and with them the record of the answers, do not depend on which
    /// answer comes first.
    package mutating func finishAtOnce(_ resolver: any Resolver) throws -> ExaminedMessage? {
        while true {
            if round.isEmpty { round = examination.newQuestions() }
            if round.isEmpty { return try examined() }
            var answers: [Question: Answer] = [:]
            for question in round {
                guard let answer = resolver.knownAnswer(to: question) else { return nil }
                answers[question] = answer
            }
            learn(answers)
        }
    }

    /// The result, when the answers have arrived or the deadline has passed.
    package mutating func finish(_ resolver: any Resolver, _ slots: WorkSlots? = nil) async throws -> ExaminedMessage {
        while true {
            await slots?.take()
            let end = Result { try finishAtOnce(resolver) }
            await slots?.giveBack()
            if let examined = try end.get() { return examined }
            guard let deadline = examination.deadline else { throw NoJudgement() }
            let answers = await Self.answers(to: round, resolver, until: deadline)
            let isComplete = round.allSatisfy { answers[$0] != nil }
            learn(answers)
            if !isComplete {
                examination.expire(at: .now)
                return try examined()
            }
        }
    }

    private mutating func learn(_ answers: [Question: Answer]) {
        examination.learn(round.compactMap { question in answers[question].map { (question, $0) } })
        round = []
    }

    /// The answers that arrive before the deadline.
    private static func answers(
        to questions: [Question],
        _ resolver: any Resolver,
        until deadline: ContinuousClock.Instant
    ) async -> [Question: Answer] {
        await withTaskGroup(of: (question: Question, answer: Answer)?.self) { group in
            for question in questions { group.addTask { (question, await resolver.answer(to: question)) } }
            group.addTask {
                try? await Task.sleep(until: deadline, clock: .continuous)
                return nil
            }
            var answers: [Question: Answer] = [:]
            while answers.count < questions.count, case (let question, let answer)?? = await group.next() {
                answers[question] = answer
            }
            group.cancelAll()
            return answers
        }
    }

    private func examined() throws -> ExaminedMessage {
        guard let judgement = examination.judgement else { throw NoJudgement() }
        return ExaminedMessage(
            judgement: judgement,
            envelope: envelope,
            judgedAt: judgedAt,
            messageID: trace.messageID,
            borderIndex: envelope.border.map { trace.positions[$0.index] },
            variant: variant,
            answers: examination.answersUsed,
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
    /// What the rules of the policy examine besides the verdicts.
    package let policyEnvelope: PolicyEnvelope
    /// The decision that they would have made; nil if none matches.
    package let decision: PolicyDecision?
}
