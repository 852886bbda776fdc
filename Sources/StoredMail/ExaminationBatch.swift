package import DNS

/// Examinations that wait for answers of the DNS together: a question that several of them have is asked once, and each
/// goes on as soon as its own answers are in, or its deadline has passed.
package struct ExaminationBatch: Sendable {
    /// By the number that their messages have.
    private var examinations: [Int: StoredExamination]
    private var questions: [Question: Wait] = [:]
    private let resolver: any Resolver
    private let slots: WorkSlots?

    /// Who waits for the answer to a question, and since when.
    private struct Wait {
        let start = ContinuousClock.now
        var examinations: [Int] = []
    }

    private enum Event {
        case answer(Question, Answer)
        case time
    }

    private typealias Events = ThrowingTaskGroup<Event, any Error>

    /// - Parameter examinations: those that have come as far as they can without waiting.
    package init(_ examinations: [Int: StoredExamination], _ resolver: any Resolver, _ slots: WorkSlots?) {
        self.examinations = examinations
        self.resolver = resolver
        self.slots = slots
    }

    /// Goes on until all have come to their end, in whatever order they do.
    package mutating func finish(
        _ take: (_ number: Int, _ message: ExaminedMessage) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Event.self) { events in
            for number in examinations.keys.sorted() { ask(number, &events) }
            setTimer(&events)
            while !examinations.isEmpty, let event = try await events.next() {
                for number in ready(for: event) {
                    if let end = try await advance(number) {
                        try await take(number, end)
                    } else {
                        ask(number, &events)
                    }
                }
                if case .time = event { setTimer(&events) }
            }
            events.cancelAll()
        }
    }

    /// Those that wait for nothing any more.
    private mutating func ready(for event: Event) -> [Int] {
        switch event {
        case .answer(let question, let answer):
            guard let wait = questions.removeValue(forKey: question) else { return [] }
            let time = wait.start.duration(to: .now)
            return wait.examinations.filter { examinations[$0]?.take(answer, to: question, after: time) ?? false }
        case .time:
            let now = ContinuousClock.now
            let expired = examinations.keys.filter { examinations[$0]?.deadline.map { $0 <= now } ?? false }.sorted()
            for number in expired { examinations[number]?.expire(at: now) }
            return expired
        }
    }

    /// The end of one, if no answer is missing.
    private mutating func advance(_ number: Int) async throws -> ExaminedMessage? {
        await slots?.take()
        let end = Result { [resolver] in try examinations[number]?.finishAtOnce(resolver) }
        await slots?.giveBack()
        let message = try end.get()
        if message != nil { examinations[number] = nil }
        return message
    }

    private mutating func ask(_ number: Int, _ events: inout Events) {
        for question in examinations[number]?.openQuestions ?? [] {
            if questions[question] == nil {
                questions[question] = Wait()
                events.addTask { [resolver] in .answer(question, await resolver.answer(to: question)) }
            }
            questions[question]?.examinations.append(number)
        }
    }

    /// One for all: the earliest deadline.
    private func setTimer(_ events: inout Events) {
        guard let deadline = examinations.values.compactMap(\.deadline).min() else { return }
        events.addTask {
            try? await Task.sleep(until: deadline, clock: .continuous)
            return .time
        }
    }
}
