import DNS
import TestSupport
import Testing

@Suite struct ZoneFileWriterTests {
    @Test func `answers are written as a sorted master file`() throws {
        let example = try #require(Domain("example.org"))
        let answers: [Question: Answer] = [
            Question(try #require(Domain("z.example.org")), .txt): Answer(.nameError, ttl: 60),
            Question(example, .txt): Answer(
                .records([.txt([Array("v=spf1 \"\\".utf8), [0, 9, 200]]), .txt([[]])]),
                ttl: 300,
                isAuthenticated: true
            ),
            Question(example, .mx): Answer(
                .records([.mx(preference: 10, exchange: Domain("mx.example.org")), .mx(preference: 0, exchange: nil)]),
                ttl: 5
            ),
            Question(try #require(Domain("a;b.example.org")), .a): .failure(.timeout),
        ]
        #expect(
            ZoneFile.text(of: answers) == #"""
                example.org. 5 IN MX 10 mx.example.org.
                example.org. 5 IN MX 0 .
                example.org. 300 IN TXT "v=spf1 \"\\" "\000\009\200"
                example.org. 300 IN TXT ""
                example.org. 300 IN AUTHENTICATED TXT
                a\;b.example.org. 0 IN TIMEOUT A
                z.example.org. 60 IN NXDOMAIN TXT

                """#
        )
    }

    /// What is written reads back to the same answers, whatever they were. A resolver gives no record twice.
    @Test func `a file of answers gives the same answers`() throws {
        var random = SplitMix64(seed: 4592)
        for _ in 0..<200 {
            var answers: [Question: Answer] = [:]
            for _ in 0..<20 {
                let question = Question(domain(&random), RecordType.allCases.randomElement(using: &random) ?? .a)
                answers[question] = answer(to: question, &random)
            }
            let text = ZoneFile.text(of: answers)
            let zone = try ZoneFile(Array(text.utf8), file: "recorded")
            for (question, answer) in answers { #expect(zone.answer(to: question) == answer) }
        }
    }

    /// Few labels, so that names stand above and below each other, one of them an asterisk.
    private func domain(_ random: inout SplitMix64) -> Domain {
        let labels = ["a", "b", "*", "a\"b;", "x@(y)$", "s p", "_dmarc"]
        let count = Int.random(in: 1...4, using: &random)
        let text = (0..<count).map { _ in labels.randomElement(using: &random) ?? "a" }.joined(separator: ".")
        return Domain(allowingSpaces: text.utf8) ?? Domain(repeatElement(UInt8(ascii: "a"), count: 1))!
    }

    private func answer(to question: Question, _ random: inout SplitMix64) -> Answer {
        let failures: [Answer.Failure] = [
            .serverFailure, .refused, .timeout, .malformed, .aliasLoop, .deadline, .unavailable,
        ]
        let ttl = UInt32.random(in: 0...0x7FFF_FFFF, using: &random)
        let isAuthenticated = Bool.random(using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return Answer(.nameError, ttl: ttl, isAuthenticated: isAuthenticated)
        case 1: return Answer(.noData, ttl: ttl, isAuthenticated: isAuthenticated)
        case 2: return .failure(failures.randomElement(using: &random) ?? .timeout)
        default:
            var set = RecordSet()
            for _ in 0...Int.random(in: 0..<4, using: &random) { set.insert(record(question.type, &random), ttl: ttl) }
            return Answer(.records(set.records), ttl: ttl, isAuthenticated: isAuthenticated)
        }
    }

    private func record(_ type: RecordType, _ random: inout SplitMix64) -> RecordData {
        switch type {
        case .a: .a(IPv4Address(value: random.next(upperBound: UInt32.max)))
        case .aaaa: .aaaa(IPv6Address(high: random.next(), low: random.next()))
        case .mx:
            .mx(
                preference: random.next(upperBound: UInt16.max),
                exchange: Bool.random(using: &random) ? nil : domain(&random)
            )
        case .ptr: .ptr(Bool.random(using: &random) ? nil : domain(&random))
        case .txt:
            .txt(
                (0...Int.random(in: 0..<3, using: &random)).map { _ in
                    (0..<Int.random(in: 0...255, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                }
            )
        }
    }
}
