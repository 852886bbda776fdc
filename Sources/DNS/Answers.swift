/// The DNS answers that one message has received so far, and the questions still open.
///
/// Every check is a function of the known answers: it asks through ``request(_:)``, and if an answer is missing it
/// gives up at once and is run again when the answer arrives. Nothing waits, and a check run twice on the same
/// answers gives the same verdict.
package struct Answers: Sendable {
    /// The questions with an answer, and the answers. A message has a handful of them, and not more than its limit: to
    /// compare the names costs less than to hash one.
    private var answered: [Question]
    private var answers: [Answer]
    /// Questions without an answer, in the order in which they were first asked.
    package private(set) var open: [Question] = []
    /// Those of ``open`` that ``takeNew()`` has not returned yet.
    private var new: [Question] = []

    /// Of a message with one signature.
    private static let usualCount = 8
    /// The maximum number of questions; nil for any number.
    private let limit: Int?
    private let atHand: (@Sendable (Question) -> Answer?)?

    /// - Parameters:
    ///   - limit: the maximum number of questions. Those beyond it fail without being asked.
    ///   - atHand: the answers that are available without waiting, looked up when they are requested.
    package init(
        _ known: [Question: Answer] = [:],
        limit: Int? = nil,
        atHand: (@Sendable (Question) -> Answer?)? = nil
    ) {
        answered = Array(known.keys)
        answers = Array(known.values)
        self.limit = limit
        self.atHand = atHand
    }

    /// The answers, by question.
    package var known: [Question: Answer] {
        Dictionary(uniqueKeysWithValues: zip(answered, answers))
    }

    /// The answer if it is known.
    package func answer(to question: Question) -> Answer? {
        answered.firstIndex(of: question).map { answers[$0] }
    }

    /// The answer if it is known or at hand; if not, the question is noted as open.
    package mutating func request(_ question: Question) -> Answer? {
        if let answer = answer(to: question) { return answer }
        if open.contains(question) { return nil }
        if let limit, answered.count + open.count >= limit { return .failure(.questionLimit) }
        if let answer = atHand?(question) {
            keep(answer, to: question)
            return answer
        }
        open.append(question)
        new.append(question)
        return nil
    }

    /// The open questions added since the last call, for the caller that gets them answered.
    package mutating func takeNew() -> [Question] {
        defer { new = [] }
        return new
    }

    /// Takes in an answer. The first answer to a question is kept: a check that is run again must not see two.
    package mutating func learn(_ answer: Answer, to question: Question) {
        if self.answer(to: question) == nil { keep(answer, to: question) }
        open.removeAll { $0 == question }
        new.removeAll { $0 == question }
    }

    /// Closes every open question with the same failure, for example when the message's deadline passes.
    package mutating func abandon(because failure: Answer.Failure) {
        for question in open { keep(.failure(failure), to: question) }
        open = []
        new = []
    }

    private mutating func keep(_ answer: Answer, to question: Question) {
        if answered.isEmpty {
            answered.reserveCapacity(Self.usualCount)
            answers.reserveCapacity(Self.usualCount)
        }
        answered.append(question)
        answers.append(answer)
    }
}
