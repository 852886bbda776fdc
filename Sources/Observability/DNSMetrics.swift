package import DNS
internal import Metrics

/// What is counted of questions to the name servers.
package struct DNSMetrics: Sendable {
    private let questions = CounterFamily<QuestionOutcome>(
        "authres_dns_questions_total",
        "Questions to the name servers by type and outcome; those that the cache answered are not among them."
    )
    private let seconds = Histogram("authres_dns_seconds", "From a question to the name servers to its answer.")

    func count(_ question: Question, _ answer: Answer, took: Duration) {
        questions.add(QuestionOutcome(question.type, answer.outcome))
        seconds.record(took)
    }

    var families: [MetricFamily] { [questions.family, seconds.family] }
}

/// A question to the name servers, and what came of it.
private struct QuestionOutcome: MetricLabels {
    let type: RecordType
    let outcome: Outcome

    enum Outcome: String, CaseIterable {
        case records, nodata, nxdomain, servfail, refused, timeout, malformed, unavailable
        case aliasLoop = "alias_loop"
    }

    init(_ type: RecordType, _ outcome: Outcome) {
        self.type = type
        self.outcome = outcome
    }

    init(_ type: RecordType, _ outcome: Answer.Outcome) {
        let outcome: Outcome =
            switch outcome {
            case .records: .records
            case .noData: .nodata
            case .nameError: .nxdomain
            case .failure(.serverFailure): .servfail
            case .failure(.refused): .refused
            case .failure(.timeout): .timeout
            case .failure(.malformed): .malformed
            case .failure(.aliasLoop): .aliasLoop
            // The last two are said of a message, and by no resolver.
            case .failure(.unavailable), .failure(.deadline), .failure(.questionLimit): .unavailable
            }
        self.init(type, outcome)
    }

    static let allCases = RecordType.allCases.flatMap { type in
        Outcome.allCases.map { QuestionOutcome(type, $0) }
    }

    var labels: [MetricFamily.Label] {
        [MetricFamily.Label("type", type.mnemonic), MetricFamily.Label("outcome", outcome.rawValue)]
    }
}

/// Counts what another resolver is asked and answers, and how long that takes.
package struct MeasuredResolver: Resolver {
    private let upstream: any Resolver
    private let metrics: DNSMetrics

    package init(_ upstream: any Resolver, _ metrics: DNSMetrics) {
        self.upstream = upstream
        self.metrics = metrics
    }

    package func knownAnswer(to question: Question) -> Answer? { upstream.knownAnswer(to: question) }

    package func answer(to question: Question) async -> Answer {
        let start = ContinuousClock.now
        let answer = await upstream.answer(to: question)
        metrics.count(question, answer, took: start.duration(to: .now))
        return answer
    }

    package func ask(_ question: Question, then take: @escaping @Sendable (Answer) -> Void) {
        let start = ContinuousClock.now
        upstream.ask(question) { [metrics] answer in
            metrics.count(question, answer, took: start.duration(to: .now))
            take(answer)
        }
    }
}
