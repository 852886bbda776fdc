import DNS
import Glibc
import StubDNS
import Synchronization
import TestSupport
import Testing

/// Figures, not verdicts. Outside the test run:
/// `AUTHRES_BENCHMARK=1 swift test -c release -Xswiftc -enable-testing --filter ResolverBenchmark`
@Suite(.serialized, .enabled(if: unsafe getenv("AUTHRES_BENCHMARK") != nil))
struct ResolverBenchmark {
    /// Seconds that answers took, of a run.
    struct Times: Sendable {
        var good: [Double] = []
        var dead = 0
        var failed = 0
    }

    /// Hands out one place after the other.
    final class Counter: Sendable {
        private let value = Atomic(0)
        func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
    }

    static let questions = 10_000
    static let inFlight = 100

    /// Names that never answer must not slow the others.
    @Test(arguments: [0, 2, 0, 2])
    func `10,000 questions, 100 in flight`(percentDead: Int) async throws {
        let zone = try ZoneFile(Array("*.good.example. A 192.0.2.1\n*.dead.example. TIMEOUT".utf8), file: "zone")
        let server = try LoopbackNameServer(zone)
        let resolver = try StubResolver(servers: [server.address], timeout: .seconds(2))
        let names = try (0..<Self.questions).map { number in
            let kind = number % 100 < percentDead ? "dead" : "good"
            return Question(try #require(Domain("n\(number).\(kind).example")), .a)
        }
        let counter = Counter()
        let clock = ContinuousClock()
        let start = clock.now
        let times = await withTaskGroup(of: Times.self) { group in
            for _ in 0..<Self.inFlight {
                group.addTask {
                    var times = Times()
                    while true {
                        let index = counter.next()
                        guard index < names.count else { return times }
                        let asked = clock.now
                        let answer = await resolver.answer(to: names[index])
                        switch answer.outcome {
                        case .records: times.good.append((clock.now - asked) / .seconds(1))
                        case .failure(.timeout) where index % 100 < percentDead: times.dead += 1
                        default: times.failed += 1
                        }
                    }
                }
            }
            return await group.reduce(into: Times()) { sum, times in
                sum.good += times.good
                sum.dead += times.dead
                sum.failed += times.failed
            }
        }
        let sorted = times.good.sorted()
        let mean = sorted.reduce(0, +) / Double(sorted.count)
        print(
            "\(percentDead) % dead: \(sorted.count) good answers, mean \(micro(mean)), median"
                + " \(micro(sorted[sorted.count / 2])), 99 % \(micro(sorted[sorted.count * 99 / 100])), worst"
                + " \(micro(sorted[sorted.count - 1])); \(times.dead) dead, \(times.failed) failed;"
                + " \((clock.now - start) / .seconds(1)) s in all"
        )
        #expect(times.failed == 0)
    }

    /// What a bare socket needs for the same question to the same server, one at a time, and what we need.
    @Test func `one question at a time`() async throws {
        let zone = try ZoneFile(Array("*.example. A 192.0.2.1".utf8), file: "zone")
        let server = try LoopbackNameServer(zone)
        let count = 5_000
        let clock = ContinuousClock()
        let bare = try clock.measure { try askByBareSocket(server.port, count: count) }
        let resolver = try StubResolver(servers: [server.address])
        let ours = try await clock.measure {
            for number in 0..<count {
                let name = try #require(Domain("n\(number).example"))
                #expect(await resolver.answer(to: Question(name, .a)).records.count == 1)
            }
        }
        print("bare socket \(micro(bare / .seconds(count))), stub resolver \(micro(ours / .seconds(count)))")
    }

    @Test func `a hit in the cache`() async throws {
        let zone = try ZoneFile(Array("*.example. 3600 TXT \"v=spf1 ip4:192.0.2.0/24 -all\"".utf8), file: "zone")
        let cache = CachingResolver(ZoneResolver(zone, delay: .nanoseconds(1)))
        let questions = try (0..<1_000).map { Question(try #require(Domain("name\($0).example")), .txt) }
        for question in questions { _ = await cache.answer(to: question) }
        var hits = 0
        let duration = ContinuousClock().measure {
            for _ in 0..<1_000 {
                for question in questions where cache.knownAnswer(to: question) != nil { hits += 1 }
            }
        }
        #expect(hits == 1_000_000)
        print("a hit: \(micro(duration / .seconds(1_000_000)))")
    }

    private func micro(_ seconds: Double) -> String {
        "\((seconds * 1e9).rounded() / 1e3) us"
    }

    private func askByBareSocket(_ port: UInt16, count: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        var buffer = [UInt8](repeating: 0, count: 512)
        for number in 0..<count {
            let query: [UInt8] =
                [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + DNSQuery.name("n\(number).example") + [0, 1, 0, 1]
            try #require(unsafe send(descriptor, query, query.count, 0) == query.count)
            try #require(unsafe recv(descriptor, &buffer, buffer.count, 0) > 12)
        }
    }
}
