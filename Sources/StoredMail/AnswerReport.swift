internal import DNS

/// One DNS answer as a JSON object.
struct AnswerReport {
    package let name: String
    package let type: String
    /// `records`, `no data`, `no such name`, or why there is no answer.
    let outcome: String
    /// The answer as lines of a master file, which `--zone` reads.
    package let zone: [String]

    func write(to json: inout JSONWriter) {
        json.member("name", name)
        json.member("outcome", outcome)
        json.member("type", type)
        json.member("zone", zone)
    }

    /// In the order of a master file with all of them.
    static func reports(of answers: [Question: Answer]) -> [AnswerReport] {
        answers.map { question, answer in
            let text = ZoneFile.text(of: [question: answer])
            return AnswerReport(
                name: question.name.text,
                type: question.type.mnemonic,
                outcome: answer.outcome.word,
                zone: text.split(separator: "\n").map(String.init)
            )
        }
        .sorted { ($0.name, $0.type) < ($1.name, $1.type) }
    }
}

extension Answer.Outcome {
    /// The wording for people.
    var word: String {
        switch self {
        case .records: "records"
        case .noData: "no data"
        case .nameError: "no such name"
        case .failure(let failure): failure.rawValue
        }
    }
}
