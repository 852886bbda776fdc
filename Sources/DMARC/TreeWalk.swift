internal import DNS

/// The DNS Tree Walk (RFC 9989, 4.10): the DMARC records at a name and above it.
///
/// The names that a walk may visit are known from its start, so all are asked for at once: a walk takes one round
/// trip and not eight. Some of the questions may turn out to be unnecessary, if a record says `psd=`; their names are
/// those of large zones, and in every cache.
struct TreeWalk {
    /// A record and its name.
    struct Found {
        let name: Domain
        let record: DMARCRecord
    }

    /// What the DNS has at one name.
    enum Step {
        case found(DMARCRecord)
        case nothing
        case failed(Answer.Failure)
    }

    /// The result of a walk.
    enum Outcome {
        /// From the start upwards.
        case records([Found])
        case failed(Answer.Failure)
    }

    /// Names, and thus queries, of one walk (RFC 9989, 4.10).
    static let queryLimit = 8

    /// The start, then upwards to the top-level domain.
    let names: [Domain]
    /// One for each name; nil below a name so long that `_dmarc` does not fit before it: there cannot be a record.
    private let questions: [Question?]

    /// ```
    /// 1. Query the DNS at the starting point.
    /// 4. If x < 8, remove the left-most label. If x >= 8, remove the left-most labels until 7 labels remain.
    /// 7. Remove the left-most label from the target of the previous query, and repeat until there are no more labels.
    /// ```
    init(from start: Domain) {
        var names = [start]
        var next = start.labelCount < Self.queryLimit ? start.parent : start.suffix(labels: Self.queryLimit - 1)
        while let name = next {
            names.append(name)
            next = name.parent
        }
        self.names = names
        questions = names.map { name in name.prefixed(by: "_dmarc").map { Question($0, .txt) } }
    }

    func ask(_ answers: inout Answers) {
        for question in questions.compactMap(\.self) { _ = answers.request(question) }
    }

    /// The record at the start alone; nil as long as it is not known.
    func start(_ answers: inout Answers) -> Step? {
        Self.step(questions[0], &answers)
    }

    /// The records from the start upwards; nil as long as one is missing. An answer that is unavailable ends it,
    /// since it might have been the decisive one; those after a record with `psd=` are not waited for.
    func outcome(_ answers: inout Answers) -> Outcome? {
        ask(&answers)
        var records: [Found] = []
        for (name, question) in zip(names, questions) {
            switch Self.step(question, &answers) {
            case nil: return nil
            case .failed(let failure): return .failed(failure)
            case .nothing: break
            case .found(let record):
                records.append(Found(name: name, record: record))
                switch record.publicSuffix {
                case .yes, .no: return .records(records)
                case .unknown: break
                }
            }
        }
        return .records(records)
    }

    /// The Organizational Domain of the start (RFC 9989, 4.10.2), which is the start itself or a name above it.
    func organizationalDomain(of records: [Found]) -> Domain {
        let start = names[0]
        /// `psd=` ends a walk, so only the last record, the one with the fewest labels, can have it.
        guard let last = records.last else { return start }
        switch last.record.publicSuffix {
        case .yes where last.name != start: return start.suffix(labels: last.name.labelCount + 1)
        case .yes, .no, .unknown: return last.name
        }
    }

    /// ```
    /// 2. Records that do not start with a "v" tag that identifies the current version of DMARC are discarded. If
    ///    multiple DMARC records are returned, they are all discarded.
    /// ```
    private static func step(_ question: Question?, _ answers: inout Answers) -> Step? {
        guard let question else { return .nothing }
        guard let answer = answers.request(question) else { return nil }
        if case .failure(let failure) = answer.outcome { return .failed(failure) }
        guard !answer.records.isEmpty else { return .nothing }
        return answer.reading(DMARCReading.self).record.map(Step.found) ?? .nothing
    }
}

/// The DMARC record of an answer; nil if it has none, or several.
private final class DMARCReading: AnswerReading {
    let record: DMARCRecord?

    init(_ answer: Answer) {
        let records = answer.texts.compactMap { DMARCRecord($0) }
        record = records.count == 1 ? records.first : nil
    }
}
