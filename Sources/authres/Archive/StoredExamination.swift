import Authentication
import DNS
import Mail

/// The examination of a stored message that has been read to its end: what is missing are answers of the DNS.
struct StoredExamination: Sendable {
    private var examination: Examination
    private let envelope: RecoveredEnvelope
    private let judgedAt: Int64
    private let trace: TraceFields
    private let variant: MboxVariant?
    private var judgement: Judgement?

    init(
        examination: Examination,
        envelope: RecoveredEnvelope,
        judgedAt: Int64,
        trace: TraceFields,
        variant: MboxVariant?
    ) {
        self.examination = examination
        self.envelope = envelope
        self.judgedAt = judgedAt
        self.trace = trace
        self.variant = variant
    }

    /// The engine has no judgement though no answer is missing: a fault of ours.
    struct NoJudgement: Error, CustomStringConvertible {
        let description = "internal failure: no judgement though no answer is missing"
    }

    /// The end, if all answers are at hand.
    mutating func finishAtOnce(_ resolver: any Resolver) throws -> ExaminedMessage? {
        notYetAsked += answerAtOnce(resolver)
        return judgement == nil && !notYetAsked.isEmpty ? nil : try examined()
    }

    /// Questions that came up and whose answers were not at hand.
    private var notYetAsked: [Question] = []

    /// The end, when the answers are in or the deadline has passed.
    mutating func finish(_ resolver: any Resolver) async throws -> ExaminedMessage {
        if let examined = try finishAtOnce(resolver) { return examined }
        await wait(resolver)
        return try examined()
    }

    private mutating func wait(_ resolver: any Resolver) async {
        guard let deadline = examination.deadline else { return }
        var run = self
        run.notYetAsked = []
        await withTaskGroup(of: (question: Question, answer: Answer)?.self) { group in
            func ask(_ questions: [Question]) {
                for question in questions {
                    group.addTask { (question, await resolver.answer(to: question)) }
                }
            }
            group.addTask {
                try? await Task.sleep(until: deadline, clock: .continuous)
                return nil
            }
            ask(notYetAsked)
            while run.judgement == nil, let event = await group.next() {
                if let (question, answer) = event {
                    run.examination.learn(answer, to: question)
                    ask(run.answerAtOnce(resolver))
                } else {
                    run.examination.expire(at: .now)
                    run.judgement = run.examination.judgement
                }
            }
            group.cancelAll()
        }
        self = run
    }

    /// Answers what can be answered at once.
    /// - Returns: the questions that have to be asked.
    private mutating func answerAtOnce(_ resolver: any Resolver) -> [Question] {
        var waiting: [Question] = []
        while true {
            let questions = examination.newQuestions()
            if questions.isEmpty { break }
            for question in questions {
                if let answer = resolver.knownAnswer(to: question) {
                    examination.learn(answer, to: question)
                } else {
                    waiting.append(question)
                }
            }
        }
        judgement = examination.judgement
        return waiting
    }

    private func examined() throws -> ExaminedMessage {
        guard let judgement else { throw NoJudgement() }
        return ExaminedMessage(
            judgement: judgement,
            envelope: envelope,
            judgedAt: judgedAt,
            messageID: trace.messageID,
            borderIndex: envelope.border.map { trace.positions[$0.index] },
            variant: variant,
            answers: examination.answersUsed
        )
    }
}

/// What was found out about one stored message, and from what.
struct ExaminedMessage: Sendable {
    let judgement: Judgement
    let envelope: RecoveredEnvelope
    /// Seconds since 1970: when signatures had to be valid.
    let judgedAt: Int64
    /// The value of the topmost Message-ID field.
    let messageID: [UInt8]?
    /// Where the Received field of the border hop is in the header, 0 being the first field.
    let borderIndex: Int?
    /// How the message was unquoted; nil if it was by itself.
    let variant: MboxVariant?
    /// Every answer of the DNS that was used.
    let answers: [Question: Answer]
}
