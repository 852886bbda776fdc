/// What the DNS has told one message so far, and what it has yet to tell.
///
/// Every check is a function of the answers known: it asks through ``request(_:)``, and where an answer is
/// missing it gives up at once and is run again when the answer is in. Nothing waits, and a check run twice on the same
/// answers gives the same verdict.
public struct Answers: Sendable {
    /// The answers, by question.
    public private(set) var known: [Question: Answer]
    /// Asked for and not known, in the order in which they were first asked.
    public private(set) var open: [Question] = []
    /// Those of ``open`` that nobody has taken on yet.
    private var new: [Question] = []

    /// Questions that may be asked; nil for any number.
    private let limit: Int?

    /// - Parameter limit: how many questions may be asked. Those beyond it fail, without being asked.
    public init(_ known: [Question: Answer] = [:], limit: Int? = nil) {
        self.known = known
        self.limit = limit
    }

    /// The answer if it is known; if not, the question is noted as open.
    public mutating func request(_ question: Question) -> Answer? {
        if let answer = known[question] { return answer }
        if !open.contains(question) {
            if let limit, known.count + open.count >= limit { return .failure(.questionLimit) }
            open.append(question)
            new.append(question)
        }
        return nil
    }

    /// The open questions that were not there the last time: for who sees to their answers.
    public mutating func takeNew() -> [Question] {
        defer { new = [] }
        return new
    }

    /// Takes an answer in. The first one to a question stands: a check that was run again must not see two.
    public mutating func learn(_ answer: Answer, to question: Question) {
        if known[question] == nil { known[question] = answer }
        open.removeAll { $0 == question }
        new.removeAll { $0 == question }
    }

    /// Closes every open question with the same failure, as when the message's deadline passes.
    public mutating func abandon(because failure: Answer.Failure) {
        for question in open { known[question] = .failure(failure) }
        open = []
        new = []
    }
}
