import DNS
import SPF

/// A DNS for tests: answers by question. A name with no line of its own does not exist.
struct World {
    private(set) var answers: [Question: Answer] = [:]
    private var names: Set<Domain> = []

    /// One record a line: a name, a type, and data; TXT data is what remains of the line, without quotes. `FAIL` in place
    /// of data is a server failure.
    init(_ zone: String = "") {
        var records: [Question: [RecordData]] = [:]
        for line in zone.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3, let name = Domain(parts[0]),
                let type = RecordType.allCases.first(where: { $0.mnemonic == parts[1] })
            else { continue }
            names.insert(name)
            if parts[2] == "FAIL" {
                answers[Question(name, type)] = .failure(.serverFailure)
                continue
            }
            guard let data = Self.data(type, parts[2]) else { continue }
            records[Question(name, type), default: []].append(data)
        }
        for (question, data) in records { answers[question] = Answer(.records(data)) }
    }

    private static func data(_ type: RecordType, _ text: String) -> RecordData? {
        switch (type, IPAddress(text)) {
        case (.a, .v4(let address)): .a(address)
        case (.aaaa, .v6(let address)): .aaaa(address)
        case (.mx, _): .mx(preference: 10, exchange: Domain(text))
        case (.ptr, _): .ptr(Domain(text))
        case (.txt, _): .txt([Array(text.utf8)])
        default: nil
        }
    }

    mutating func set(_ name: String, _ type: RecordType, _ answer: Answer) {
        guard let name = Domain(allowingSpaces: name.utf8) else { return }
        names.insert(name)
        answers[Question(name, type)] = answer
    }

    func answer(to question: Question) -> Answer {
        answers[question] ?? Answer(names.contains(question.name) ? .noData : .nameError)
    }

    /// A check that was run to its end.
    struct Run {
        let verdict: SPFVerdict
        let asked: [Question]
        /// How often all open questions had to be answered.
        let rounds: Int
    }

    /// Runs a check, answering all that is open at a time; nil if it comes to no end.
    func run(
        ip: String = "192.0.2.3",
        helo: [UInt8],
        mailFrom: [UInt8],
        macroAddress: [UInt8]? = nil,
        voidLookupLimit: Int = 2
    ) -> Run? {
        guard let client = IPAddress(ip) else { return nil }
        var check = SPFCheck(
            client: client,
            helo: helo,
            mailFrom: mailFrom,
            macroAddress: macroAddress,
            voidLookupLimit: voidLookupLimit,
            receiver: "mx.own.example",
            receivedAt: 1_700_000_000
        )
        var answers = Answers()
        var asked: [Question] = []
        for round in 0..<100 {
            if let verdict = check.evaluate(&answers) { return Run(verdict: verdict, asked: asked, rounds: round) }
            if answers.open.isEmpty { return nil }
            for question in answers.open {
                asked.append(question)
                answers.learn(answer(to: question), to: question)
            }
        }
        return nil
    }

    func run(
        ip: String = "192.0.2.3",
        helo: String = "",
        mailFrom: String,
        macroAddress: String? = nil,
        voidLookupLimit: Int = 2
    ) -> Run? {
        run(
            ip: ip,
            helo: Array(helo.utf8),
            mailFrom: Array(mailFrom.utf8),
            macroAddress: macroAddress.map { Array($0.utf8) },
            voidLookupLimit: voidLookupLimit
        )
    }
}
