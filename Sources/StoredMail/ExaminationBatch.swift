package import DNS

/// Examinations that wait for answers of the DNS together, in one task: a question that several of them have is asked
/// once, and each goes on as soon as its own answers are in, or its deadline has passed.
package struct ExaminationBatch {
    /// By the number that their messages have.
    private var examinations: [Int: Waiting] = [:]
    private var questions: [Question: Wait] = [:]
    private let resolver: any Resolver
    private let slots: WorkSlots?

    /// An examination, at one place in memory: it is large.
    private final class Waiting {
        var examination: StoredExamination

        init(_ examination: StoredExamination) {
            self.examination = examination
        }
    }

    /// Who waits for the answer to a question, and since when.
    private struct Wait {
        let start = ContinuousClock.now
        var examinations: [Int] = []
    }

    private enum Event {
        case answer(Question, Answer)
        case time
    }

    package init(_ resolver: any Resolver, _ slots: WorkSlots?) {
        self.resolver = resolver
        self.slots = slots
    }

    package var isEmpty: Bool { examinations.isEmpty }

    /// - Parameter examination: one that has come as far as it can without waiting.
    package mutating func add(_ examination: StoredExamination, as number: Int) {
        examinations[number] = Waiting(examination)
    }

    /// Goes on until all have come to their end, in whatever order they do.
    package mutating func finish(
        _ take: (_ number: Int, _ message: ExaminedMessage) async throws -> Void
    ) async throws {
        let (events, inbox) = AsyncStream.makeStream(of: Event.self)
        for number in examinations.keys.sorted() { ask(number, inbox) }
        var timer = timer(inbox)
        defer {
            timer?.cancel()
            inbox.finish()
        }
        var iterator = events.makeAsyncIterator()
        while !examinations.isEmpty {
            // Nil if the task is cancelled.
            guard let event = await iterator.next() else { throw CancellationError() }
            for number in ready(for: event) {
                if let end = try await advance(number) {
                    try await take(number, end)
                } else {
                    ask(number, inbox)
                }
            }
            if case .time = event { timer = self.timer(inbox) }
        }
    }

    /// Those that wait for nothing any more.
    private mutating func ready(for event: Event) -> [Int] {
        switch event {
        case .answer(let question, let answer):
            guard let wait = questions.removeValue(forKey: question) else { return [] }
            let time = wait.start.duration(to: .now)
            return wait.examinations.filter { number in
                examinations[number]?.examination.take(answer, to: question, after: time) ?? false
            }
        case .time:
            let now = ContinuousClock.now
            let expired = examinations.filter { $1.examination.deadline.map { $0 <= now } ?? false }
            for waiting in expired.values { waiting.examination.expire(at: now) }
            return expired.keys.sorted()
        }
    }

    /// The end of one, if no answer is missing.
    private mutating func advance(_ number: Int) async throws -> ExaminedMessage? {
        await slots?.take()
        let end = Result { [resolver] in try examinations[number]?.examination.finishAtOnce(resolver) }
        await slots?.giveBack()
        let message = try end.get()
        if message != nil { examinations[number] = nil }
        return message
    }

    private mutating func ask(_ number: Int, _ inbox: AsyncStream<Event>.Continuation) {
        for question in examinations[number]?.examination.openQuestions ?? [] {
            let isNew = questions[question] == nil
            questions[question, default: Wait()].examinations.append(number)
            if isNew { resolver.ask(question) { inbox.yield(.answer(question, $0)) } }
        }
    }

    /// One for all: the earliest deadline.
    private func timer(_ inbox: AsyncStream<Event>.Continuation) -> Task<Void, Never>? {
        guard let deadline = examinations.values.compactMap(\.examination.deadline).min() else { return nil }
        return Task {
            try? await Task.sleep(until: deadline, clock: .continuous)
            inbox.yield(.time)
        }
    }
}
