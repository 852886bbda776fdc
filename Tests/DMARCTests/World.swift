import DMARC
import DNS
import Mail

/// The DNS as a dictionary, and a message's identifiers, judged as the engine judges them.
struct World {
    /// What the DNS says to a TXT question.
    enum Entry: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
        case texts([String])
        /// One record of several character-strings.
        case strings([String])
        case noData
        case failure(Answer.Failure)

        init(stringLiteral text: String) { self = .texts([text]) }
        init(arrayLiteral texts: String...) { self = .texts(texts) }

        static let servfail = Entry.failure(.serverFailure)
        static let timeout = Entry.failure(.timeout)
    }

    /// A name that is not in it does not exist, unless one below it is.
    let zone: [String: Entry]
    private(set) var asked: [Question] = []
    /// Times that questions were answered before the verdict was there.
    private(set) var rounds = 0

    init(_ zone: [String: Entry]) {
        self.zone = zone
    }

    func answer(to question: Question) -> Answer {
        let name = question.name.text
        guard question.type == .txt, let entry = zone[name] else {
            let exists = zone.keys.contains { $0 == name || $0.hasSuffix("." + name) }
            return Answer(exists ? .noData : .nameError)
        }
        switch entry {
        case .texts(let texts): return Answer(.records(texts.map { .txt([Array($0.utf8)]) }))
        case .strings(let strings): return Answer(.records([.txt(strings.map { Array($0.utf8) })]))
        case .noData: return Answer(.noData)
        case .failure(let failure): return .failure(failure)
        }
    }

    /// - Parameters:
    ///   - spf: a domain, with a `+` before it if it is authenticated, a `-` if it is not, a `?` for a temporary error.
    ///   - dkim: the same, separated by spaces.
    mutating func judge(_ header: [HeaderField], spf: String = "", dkim: String = "") throws -> DMARCVerdict {
        let check = DMARCCheck(header: header)
        let mailFrom = try Self.identifiers(spf).first
        let signatures = try Self.identifiers(dkim)
        let candidates = ([mailFrom].compactMap(\.self) + signatures).map(\.domain)
        var answers = Answers()
        check.ask(candidates: candidates, &answers)
        while true {
            var trial = answers
            if let verdict = check.evaluate(spf: mailFrom, dkim: signatures, &trial) { return verdict }
            answers = trial
            guard !answers.open.isEmpty else { throw Stuck() }
            rounds += 1
            for question in answers.open {
                asked.append(question)
                answers.learn(answer(to: question), to: question)
            }
            check.ask(candidates: candidates, &answers)
        }
    }

    mutating func judge(from value: String, spf: String = "", dkim: String = "") throws -> DMARCVerdict {
        try judge([HeaderField("From", " " + value), HeaderField("Subject", " x")], spf: spf, dkim: dkim)
    }

    /// The check wants an answer and asks nothing.
    struct Stuck: Error {}
    struct NoIdentifier: Error {}

    private static func identifiers(_ text: String) throws -> [DMARCCheck.Identifier] {
        try text.split(separator: " ").map { word in
            guard let domain = Domain(word.dropFirst()) else { throw NoIdentifier() }
            switch word.first {
            case "+": return DMARCCheck.Identifier(domain: domain, outcome: .authenticated)
            case "-": return DMARCCheck.Identifier(domain: domain, outcome: .failed)
            case "?": return DMARCCheck.Identifier(domain: domain, outcome: .temporaryError)
            default: throw NoIdentifier()
            }
        }
    }
}

extension DMARCVerdict {
    /// Result, policy, and where the record stands: `pass reject example.com`.
    var summary: String {
        ([result.rawValue] + [policy?.rawValue, recordDomain?.text].compactMap(\.self)).joined(separator: " ")
    }
}
