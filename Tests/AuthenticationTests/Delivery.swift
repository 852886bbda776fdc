import Authentication
import DNS
import Mail

/// One message and its envelope, examined with the answers of a resolver.
struct Delivery: Sendable {
    var policy = Policy()
    var client = "192.0.2.7"
    /// An address literal, of which nothing is asked.
    var helo = Array("[192.0.2.7]".utf8)
    var mailFrom = Array("<ann@sender.example>".utf8)
    var author = "ann@sender.example"

    /// Nil if the examination comes to no end.
    func judge(by resolver: any Resolver) async -> Judgement? {
        guard
            var examination = Examination(
                policy: policy,
                authservID: "mx.own.example",
                client: Client(address: IPAddress(client))
            )
        else { return nil }
        await examination.learn(from: resolver)
        examination.helo(helo)
        examination.begin(mailFrom: mailFrom, receivedAt: 1_700_000_000)
        await examination.learn(from: resolver)
        examination.header(HeaderField("From", " " + author))
        examination.endOfHeader(at: .now)
        await examination.learn(from: resolver)
        examination.endOfMessage()
        await examination.learn(from: resolver)
        return examination.judgement
    }
}

extension Examination {
    /// Asks all that is open at once, until nothing more is.
    fileprivate mutating func learn(from resolver: any Resolver) async {
        var questions = newQuestions()
        while !questions.isEmpty {
            let answers = await withTaskGroup(of: (Question, Answer).self) { group in
                for question in questions { group.addTask { (question, await resolver.answer(to: question)) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (question, answer) in answers { learn(answer, to: question) }
            questions = newQuestions()
        }
    }
}
