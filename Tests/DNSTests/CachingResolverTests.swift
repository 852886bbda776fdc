import DNS
import Synchronization
import Testing

@Suite struct CachingResolverTests {
    /// Answers when told to, and counts what it was asked.
    final class Upstream: Resolver {
        private struct State {
            var asked: [Question: Int] = [:]
            var held: [CheckedContinuation<Void, Never>] = []
            var isOpen: Bool
        }

        private let state: Mutex<State>
        private let reply: @Sendable (Question, Int) -> Answer

        /// - Parameter reply: the answer to a question that is asked for the n-th time.
        init(isOpen: Bool = true, _ reply: @escaping @Sendable (Question, Int) -> Answer) {
            self.reply = reply
            state = Mutex(State(isOpen: isOpen))
        }

        var asked: [Question: Int] { state.withLock { $0.asked } }

        func knownAnswer(to question: Question) -> Answer? { nil }

        func answer(to question: Question) async -> Answer {
            let count = state.withLock { state in
                state.asked[question, default: 0] += 1
                return state.asked[question, default: 0]
            }
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.held.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
            return reply(question, count)
        }

        func open() {
            let held = state.withLock { state in
                state.isOpen = true
                defer { state.held = [] }
                return state.held
            }
            for continuation in held { continuation.resume() }
        }
    }

    final class Clock: Sendable {
        private let start = ContinuousClock.now
        private let passed = Mutex(Duration.zero)
        var now: ContinuousClock.Instant { start + passed.withLock { $0 } }
        func advance(by duration: Duration) { passed.withLock { $0 += duration } }
    }

    static let question = Question(Domain("example.org")!, .a)

    static func address(_ value: Int, ttl: UInt32) -> Answer {
        Answer(.records([.a(IPv4Address(value: UInt32(value)))]), ttl: ttl)
    }

    struct Lifetime: CustomTestStringConvertible {
        let testDescription: String
        let answer: Answer
        /// Seconds; nil if it is not kept at all.
        let expected: Int?
        init(_ description: String, _ answer: Answer, _ expected: Int?) {
            testDescription = description
            self.answer = answer
            self.expected = expected
        }
    }

    @Test(arguments: [
        Lifetime("its TTL", address(1, ttl: 300), 300),
        Lifetime("no less than the floor", address(1, ttl: 0), 5),
        Lifetime("no more than the ceiling", address(1, ttl: .max), 86_400),
        Lifetime("NXDOMAIN by its TTL", Answer(.nameError, ttl: 60), 60),
        Lifetime("NXDOMAIN of unknown TTL", Answer(.nameError), 5),
        Lifetime("no data up to the ceiling of negative answers", Answer(.noData, ttl: 86_400), 10_800),
        Lifetime("a server's failure for seconds", .failure(.serverFailure), 5),
        Lifetime("a time-out for seconds", .failure(.timeout), 5),
        Lifetime("a resolver that could not ask, not at all", .failure(.unavailable), nil),
        Lifetime("a deadline, not at all", .failure(.deadline), nil),
    ])
    func `an answer is kept as long as it may be`(_ given: Lifetime) async {
        let clock = Clock()
        let cache = CachingResolver(Upstream { _, _ in given.answer }, now: { clock.now })
        #expect(cache.knownAnswer(to: Self.question) == nil)
        #expect(await cache.answer(to: Self.question) == given.answer)
        guard let expected = given.expected else {
            #expect(cache.knownAnswer(to: Self.question) == nil)
            return
        }
        clock.advance(by: .seconds(expected) - .nanoseconds(1))
        #expect(cache.knownAnswer(to: Self.question) == given.answer)
        clock.advance(by: .nanoseconds(1))
        #expect(cache.knownAnswer(to: Self.question) == nil)
    }

    @Test func `after its time an answer is asked for again`() async {
        let clock = Clock()
        let upstream = Upstream { _, count in Self.address(count, ttl: 60) }
        let cache = CachingResolver(upstream, now: { clock.now })
        for (passed, expected) in [(0, 1), (59, 1), (1, 2), (30, 2), (30, 3)] {
            clock.advance(by: .seconds(passed))
            #expect(await cache.answer(to: Self.question) == Self.address(expected, ttl: 60))
        }
        #expect(upstream.asked[Self.question] == 3)
    }

    @Test func `however many ask, upstream is asked once`() async {
        let upstream = Upstream(isOpen: false) { _, count in Self.address(count, ttl: 60) }
        let cache = CachingResolver(upstream)
        await withTaskGroup(of: Answer.self) { group in
            for _ in 0..<1_000 { group.addTask { await cache.answer(to: Self.question) } }
            while upstream.asked.isEmpty { await Task.yield() }
            upstream.open()
            for await answer in group { #expect(answer == Self.address(1, ttl: 60)) }
        }
        #expect(upstream.asked == [Self.question: 1])
    }

    @Test func `who is cancelled is answered at once, the others in time`() async {
        let upstream = Upstream(isOpen: false) { _, count in Self.address(count, ttl: 60) }
        let cache = CachingResolver(upstream)
        let first = Task { await cache.answer(to: Self.question) }
        while upstream.asked.isEmpty { await Task.yield() }
        let second = Task { await cache.answer(to: Self.question) }
        first.cancel()
        #expect(await first.value == .failure(.unavailable))
        let third = Task {
            while !Task.isCancelled { await Task.yield() }
            return await cache.answer(to: Self.question)
        }
        third.cancel()
        #expect(await third.value == .failure(.unavailable))
        upstream.open()
        #expect(await second.value == Self.address(1, ttl: 60))
        #expect(upstream.asked == [Self.question: 1])
    }

    @Test func `memory is bounded, and what is used stays`() async throws {
        var limits = CachingResolver.Limits()
        limits.memory = 100_000
        let upstream = Upstream { _, count in
            Answer(.records([.txt([[UInt8](repeating: 97, count: 200)])]), ttl: 3_600)
        }
        let cache = CachingResolver(upstream, limits: limits)
        var questions: [Question] = []
        for number in 0..<2_000 {
            _ = await cache.answer(to: Self.question)
            let question = Question(try #require(Domain("n\(number).example.org")), .txt)
            questions.append(question)
            _ = await cache.answer(to: question)
        }
        #expect(upstream.asked[Self.question] == 1)
        let kept = questions.count { cache.knownAnswer(to: $0) != nil }
        #expect((50...100).contains(kept))
        #expect(cache.knownAnswer(to: try #require(questions.last)) != nil)
    }

    @Test func `an answer larger than the cache is passed on`() async {
        var limits = CachingResolver.Limits()
        limits.memory = 1_000
        let large = Answer(.records([.txt([[UInt8](repeating: 97, count: 2_000)])]), ttl: 3_600)
        let cache = CachingResolver(Upstream { _, _ in large }, limits: limits)
        #expect(await cache.answer(to: Self.question) == large)
        #expect(cache.knownAnswer(to: Self.question) == nil)
    }

    @Test func `callers without a task get the one answer, and later ones get it at once`() async {
        let upstream = Upstream(isOpen: false) { _, count in
            Answer(.records([.a(IPv4Address(value: UInt32(count)))]), ttl: 60)
        }
        let cache = CachingResolver(upstream)
        let (answers, inbox) = AsyncStream.makeStream(of: Answer.self)
        for _ in 0..<3 { cache.ask(Self.question) { inbox.yield($0) } }
        #expect(cache.statistics.outstanding == 1)
        upstream.open()
        var iterator = answers.makeAsyncIterator()
        for _ in 0..<3 { #expect(await iterator.next()?.addresses == [.v4(IPv4Address(value: 1))]) }
        let late = Mutex<Answer?>(nil)
        cache.ask(Self.question) { answer in late.withLock { $0 = answer } }
        #expect(late.withLock { $0 }?.addresses == [.v4(IPv4Address(value: 1))])
        #expect(upstream.asked == [Self.question: 1])
    }

    @Test func `a zone file answers without waiting, through the cache too`() throws {
        let zone = try ZoneFile(Array("example.org. A 0.0.0.7".utf8), file: "zone")
        let cache = CachingResolver(ZoneResolver(zone))
        #expect(cache.knownAnswer(to: Self.question)?.addresses == [.v4(IPv4Address(value: 7))])
        #expect(CachingResolver(ZoneResolver(zone, delay: .seconds(1))).knownAnswer(to: Self.question) == nil)
    }

    /// Has every answer at hand, and makes a new one each time.
    private final class AtHand: Resolver {
        func knownAnswer(to question: Question) -> Answer? {
            Answer(.records([.txt([Array(question.name.text.utf8)])]), ttl: 60)
        }

        func answer(to question: Question) async -> Answer { .failure(.unavailable) }
    }

    @Test func `What the resolver behind has at hand is kept, with what is read from it`() {
        let clock = Clock()
        let resolver = CachingResolver(AtHand(), now: { clock.now })
        let question = Question(Domain("example.org")!, .txt)
        let reading = resolver.knownAnswer(to: question)?.reading(AnswerReadingTests.Length.self)
        #expect(reading?.octets == 11)
        #expect(resolver.knownAnswer(to: question)?.reading(AnswerReadingTests.Length.self) === reading)
        clock.advance(by: .seconds(61))
        #expect(resolver.knownAnswer(to: question)?.reading(AnswerReadingTests.Length.self) !== reading)
    }
}
