package import DNS
internal import Synchronization

/// Every answer that was used, for a zone file that gives the same verdicts again. A check that asks through it gets
/// the recorded answer, so that all messages of a run are judged by the same answers.
package final class AnswerJournal: Resolver {
    private let upstream: any Resolver
    private let state: Mutex<(all: [Question: Answer], new: [Question: Answer])>

    /// - Parameter known: earlier answers, if a run is continued.
    package init(_ upstream: any Resolver, known: [Question: Answer] = [:]) {
        self.upstream = upstream
        state = Mutex((known, [:]))
    }

    package func knownAnswer(to question: Question) -> Answer? {
        state.withLock { $0.all[question] } ?? upstream.knownAnswer(to: question)
    }

    package func answer(to question: Question) async -> Answer {
        if let answer = knownAnswer(to: question) { return answer }
        return await upstream.answer(to: question)
    }

    package func ask(_ question: Question, then take: @escaping @Sendable (Answer) -> Void) {
        if let answer = knownAnswer(to: question) { return take(answer) }
        upstream.ask(question, then: take)
    }

    /// Records the answers that one message has used. The first answer to a question is kept.
    package func add(_ used: [Question: Answer]) {
        state.withLock { state in
            for (question, answer) in used where state.all[question] == nil {
                state.all[question] = answer
                state.new[question] = answer
            }
        }
    }

    /// The master file (RFC 1035, 5).
    package var text: String { ZoneFile.text(of: state.withLock { $0.all }) }

    /// Its lines added since the last call.
    package func newText() -> String {
        ZoneFile.text(
            of: state.withLock { state in
                defer { state.new = [:] }
                return state.new
            }
        )
    }
}
