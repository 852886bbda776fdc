import DNS
import Testing

@Suite struct AnswersTests {
    static let host = Question(Domain("mail.example.org")!, .a)
    static let zone = Question(Domain("example.org")!, .txt)
    static let address = Answer(.records([.a(IPv4Address(value: 0xC000_0201))]))

    @Test func `What is not at hand is open until it is learnt`() {
        var answers = Answers()
        #expect(answers.request(Self.host) == nil)
        #expect(answers.takeNew() == [Self.host])
        #expect(answers.request(Self.host) == nil)
        #expect(answers.takeNew().isEmpty)
        answers.learn(Self.address, to: Self.host)
        #expect(answers.request(Self.host) == Self.address)
        #expect(answers.open.isEmpty)
    }

    @Test func `What is at hand is known when it is requested, and never open`() {
        var answers = Answers(atHand: { $0 == Self.host ? Self.address : nil })
        #expect(answers.request(Self.host) == Self.address)
        #expect(answers.request(Self.zone) == nil)
        #expect(answers.takeNew() == [Self.zone])
        #expect(answers.known == [Self.host: Self.address])
    }

    @Test func `Answers at hand count for the limit`() {
        var answers = Answers(limit: 1, atHand: { _ in Self.address })
        #expect(answers.request(Self.host) == Self.address)
        #expect(answers.request(Self.zone) == .failure(.questionLimit))
    }
}
