import AuthResults
import Authentication
import DNS
import Mail

/// One message, its envelope and the DNS around it, examined as a driver does it.
struct World {
    /// Records by name and type, in the words of a zone file: `"sender.example TXT": ["v=spf1 -all"]`. A name that is in
    /// no key does not exist.
    var zone: [String: [String]] = [:]
    var policy = Policy()
    var authservID = "mx.example.org"
    var client: String? = "192.0.2.7"
    var helo = "mail.sender.example"
    var mailFrom: String? = "<ann@sender.example>"
    var submission: Submission?
    var receivedAt: Int64 = 1_700_000_000
    /// Names that are not answered before the deadline.
    var silent: Set<String> = []
    /// Octets of the body handed over at a time.
    var chunk = 1000

    static let plain = """
        From: Ann <ann@sender.example>
        To: Bob <bob@example.org>
        Subject: Lunch

        Hello Bob
        """

    /// Records of a sender whose SPF and reverse DNS are right.
    static let records = [
        "7.2.0.192.in-addr.arpa PTR": ["mail.sender.example"], "mail.sender.example A": ["192.0.2.7"],
        "sender.example TXT": ["v=spf1 ip4:192.0.2.0/24 -all"],
    ]

    struct Outcome {
        var judgement: Judgement
        var questions: [Question]

        /// The field's value on one line.
        var field: String? {
            judgement.results.map { results in
                String(decoding: results.serialized(), as: UTF8.self).split { " \n\t".contains($0) }
                    .joined(separator: " ")
            }
        }
    }

    func judge(_ text: String = plain) -> Outcome? {
        judge(Array(text.utf8))
    }

    func judge(_ message: [UInt8]) -> Outcome? {
        let client = Client(address: client.flatMap { IPAddress($0) })
        guard var examination = Examination(policy: policy, authservID: authservID, client: client) else { return nil }
        var asked: [Question] = []
        let start = ContinuousClock.now
        func answer(_ examination: inout Examination) {
            var questions = examination.newQuestions()
            while let question = questions.popLast() {
                asked.append(question)
                if !silent.contains(question.name.text) {
                    examination.learn(reply(to: question), to: question)
                    questions += examination.newQuestions()
                }
            }
        }
        answer(&examination)
        examination.helo(Array(helo.utf8))
        examination.begin(
            mailFrom: mailFrom.map { Array($0.utf8) },
            submission: submission,
            receivedAt: receivedAt
        )
        answer(&examination)
        var scanner = MessageScanner()
        var input = message[...]
        var isAtEnd = false
        while true {
            guard let event = isAtEnd ? scanner.end() : scanner.next(&input) else {
                if isAtEnd { break }
                isAtEnd = true
                continue
            }
            switch event {
            case .field(let field): examination.header(field.field)
            case .endOfHeader:
                examination.endOfHeader(at: start)
                answer(&examination)
            case .body(let octets):
                var rest = octets
                while !rest.isEmpty {
                    examination.body(Array(rest.prefix(chunk)).span)
                    rest = rest.dropFirst(chunk)
                }
            }
        }
        examination.endOfMessage()
        answer(&examination)
        if let judgement = examination.judgement { return Outcome(judgement: judgement, questions: asked) }
        examination.expire(at: start.advanced(by: policy.limits.deadline))
        return examination.judgement.map { Outcome(judgement: $0, questions: asked) }
    }

    private func reply(to question: Question) -> Answer {
        guard let texts = zone["\(question.name) \(question.type.mnemonic)"] else {
            let exists = zone.keys.contains { key in
                let name = key.prefix { $0 != " " }
                return name == question.name.text || name.hasSuffix("." + question.name.text)
            }
            return Answer(exists ? .noData : .nameError)
        }
        if texts == ["SERVFAIL"] { return .failure(.serverFailure) }
        return Answer(
            .records(
                texts.compactMap { text in
                    switch question.type {
                    case .a, .aaaa:
                        switch IPAddress(text) {
                        case .v4(let address): .a(address)
                        case .v6(let address): .aaaa(address)
                        case nil: nil
                        }
                    case .mx: .mx(preference: 10, exchange: Domain(text))
                    case .ptr: .ptr(Domain(text))
                    case .txt: .txt([Array(text.utf8)])
                    }
                }
            )
        )
    }
}
