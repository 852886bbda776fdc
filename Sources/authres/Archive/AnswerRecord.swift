import DNS
import Synchronization

/// Every answer that was used, for a zone file that gives the same verdicts again. Who asks through it gets the recorded
/// answer, so that all messages of a run are judged by the same.
final class AnswerRecord: Resolver {
    private let upstream: any Resolver
    private let answers = Mutex<[Question: Answer]>([:])

    init(_ upstream: any Resolver) {
        self.upstream = upstream
    }

    func knownAnswer(to question: Question) -> Answer? {
        answers.withLock { $0[question] } ?? upstream.knownAnswer(to: question)
    }

    func answer(to question: Question) async -> Answer {
        if let answer = knownAnswer(to: question) { return answer }
        return await upstream.answer(to: question)
    }

    /// Records what one message has used. The first answer to a question stands.
    func add(_ used: [Question: Answer]) {
        answers.withLock { $0.merge(used) { first, _ in first } }
    }

    /// The master file (RFC 1035, 5).
    var text: String { ZoneFile.text(of: answers.withLock { $0 }) }
}
