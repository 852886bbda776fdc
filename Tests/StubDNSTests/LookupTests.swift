import DNS
import TestSupport
import Testing

@testable import StubDNS

/// The parts that decide, without a network and without a clock.
@Suite struct LookupTests {
    static let start = ContinuousClock.now
    static let name = Domain("a.example")!
    static let alias = Domain("b.example")!
    static let answer = Answer(.records([.a(IPv4Address(value: 1))]), ttl: 60, isAuthenticated: true)

    static func ask(_ server: Int, _ name: Domain = name, isTCP: Bool = false, usesEDNS: Bool = true) -> Lookup.Step {
        .ask(server: server, name: name, Lookup.Transport(isTCP: isTCP, usesEDNS: usesEDNS))
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Seconds since the start, what a server said, and what is done then.
        let course: [(Int, Reply, Lookup.Step)]
        init(_ description: String, _ course: (Int, Reply, Lookup.Step)...) {
            testDescription = description
            self.course = course
        }
    }

    @Test(arguments: [
        Case("an answer", (0, .answer(answer), .finish(answer))),
        Case(
            "each server once, then the failure",
            (0, .failure(.serverFailure), ask(1)),
            (1, .failure(.refused), ask(2)),
            (1, .failure(.malformed), .finish(.failure(.malformed)))
        ),
        Case(
            "what was said counts for more than silence",
            (5, .failure(.timeout), ask(1)),
            (6, .failure(.refused), ask(2)),
            (9, .failure(.timeout), .finish(.failure(.refused)))
        ),
        Case(
            "silence counts for more than a port that is closed",
            (0, .failure(.unavailable), ask(1)),
            (5, .failure(.timeout), ask(2)),
            (5, .failure(.unavailable), .finish(.failure(.timeout)))
        ),
        Case(
            "where nobody listens, all are asked again, at growing intervals",
            (0, .failure(.unavailable), ask(1)),
            (0, .failure(.unavailable), ask(2)),
            (0, .failure(.unavailable), .rest(.milliseconds(250))),
            (1, .failure(.unavailable), ask(1)),
            (1, .failure(.unavailable), ask(2)),
            (1, .failure(.unavailable), .rest(.milliseconds(500))),
            (9, .failure(.unavailable), ask(1)),
            (9, .failure(.unavailable), ask(2)),
            (9, .failure(.unavailable), .finish(.failure(.unavailable)))
        ),
        Case(
            "a server that speaks and takes no connections is not asked again",
            (0, .failure(.unavailable), ask(1)),
            (0, .truncated, ask(1, isTCP: true)),
            (0, .failure(.unavailable), ask(2)),
            (0, .failure(.unavailable), .finish(.failure(.unavailable)))
        ),
        Case("no server after the time", (10, .failure(.serverFailure), .finish(.failure(.serverFailure)))),
        Case(
            "TCP after truncation, and UDP again with the next server",
            (0, .truncated, ask(0, isTCP: true)),
            (0, .truncated, ask(1)),
            (0, .truncated, ask(1, isTCP: true)),
            (0, .answer(answer), .finish(answer))
        ),
        Case(
            "without EDNS after a refusal, over TCP too",
            (0, .extensionRefused, ask(0, usesEDNS: false)),
            (0, .truncated, ask(0, isTCP: true, usesEDNS: false)),
            (0, .extensionRefused, ask(1))
        ),
        Case(
            "an alias: the least TTL, and authenticated only as a whole",
            (0, .alias(alias, ttl: 9, isAuthenticated: false), ask(0, alias)),
            (0, .answer(answer), .finish(Answer(answer.outcome, ttl: 9)))
        ),
        Case(
            "an alias back",
            (0, .alias(alias, ttl: 9, isAuthenticated: true), ask(0, alias)),
            (0, .alias(name, ttl: 9, isAuthenticated: true), .finish(.failure(.aliasLoop)))
        ),
        Case(
            "an alias after the time",
            (10, .alias(alias, ttl: 9, isAuthenticated: true), .finish(.failure(.timeout)))
        ),
    ])
    func `a lookup goes from server to server`(_ given: Case) {
        var lookup = Lookup(Question(Self.name, .a), order: [0, 1, 2], deadline: Self.start + .seconds(10))
        #expect(lookup.first == Self.ask(0))
        for (seconds, reply, expected) in given.course {
            #expect(
                lookup.next(after: reply, at: time(seconds), restingUntil: Self.start + .seconds(100)) == expected
            )
        }
    }

    @Test func `servers that do not listen are waited for at the beginning of an outage only`() {
        let refusal = Reply.failure(.unavailable)
        for (end, expected) in [
            (time(9), Lookup.Step.rest(.milliseconds(250))),
            (time(5) + .milliseconds(100), .rest(.milliseconds(100))),
            (time(5), .finish(.failure(.unavailable))), (time(0), .finish(.failure(.unavailable))),
        ] {
            var lookup = Lookup(Question(Self.name, .a), order: [0], deadline: time(10))
            #expect(lookup.next(after: refusal, at: time(5), restingUntil: end) == expected)
        }
    }

    @Test func `an outage begins with the first refusal and ends when a server is heard`() {
        var order = ServerOrder(count: 2)
        #expect(order.bridgeEnd == nil)
        for second in [10, 11, 60] {
            order.refused(0, since: time(second), at: time(second))
            #expect(order.bridgeEnd == time(10) + ServerOrder.bridged)
        }
        order.refused(1, since: time(60), at: time(60))
        #expect(order.bridgeEnd == time(60) + ServerOrder.bridged)
        order.heard(1, at: time(61))
        order.heard(0, at: time(61))
        #expect(order.bridgeEnd == nil)
        order.refused(0, since: time(60), at: time(62))
        #expect(order.bridgeEnd == nil, "what it refused before it was heard is settled")
        order.refused(0, since: time(62), at: time(62))
        #expect(order.bridgeEnd == time(62) + ServerOrder.bridged)
        order.refused(0, since: time(500), at: time(500))
        #expect(order.bridgeEnd == time(500) + ServerOrder.bridged, "long after the last, it is another outage")
    }

    private func time(_ seconds: Int) -> ContinuousClock.Instant { Self.start + .seconds(seconds) }

    @Test func `a server is silent if nothing came from it`() {
        var order = ServerOrder(count: 2)
        #expect(order.order(at: time(0)) == [0, 1])
        order.heardNothing(0, since: time(0), at: time(5))
        #expect(order.order(at: time(5)) == [1, 0])
        order.heard(0, at: time(6))
        #expect(order.order(at: time(6)) == [0, 1])
    }

    @Test func `a name that never answers is not held against its server`() {
        var order = ServerOrder(count: 2)
        order.heard(0, at: time(3))
        order.heardNothing(0, since: time(2), at: time(7))
        #expect(order.order(at: time(7)) == [0, 1])
    }

    @Test func `one question in half a minute tries a silent server`() {
        var order = ServerOrder(count: 2)
        order.heardNothing(0, since: time(0), at: time(5))
        #expect(order.order(at: time(34)) == [1, 0])
        #expect(order.order(at: time(35)) == [0, 1])
        #expect(order.order(at: time(35)) == [1, 0])
        #expect(order.order(at: time(64)) == [1, 0])
        #expect(order.order(at: time(65)) == [0, 1])
        order.heard(0, at: time(65))
        #expect(order.order(at: time(65)) == [0, 1])
    }

    @Test func `silent all together, they are asked in order`() {
        var order = ServerOrder(count: 2)
        order.heardNothing(1, since: time(0), at: time(5))
        order.heardNothing(0, since: time(0), at: time(5))
        #expect(order.order(at: time(6)) == [0, 1])
    }

    @Test(arguments: [(5.0, 2, 1666), (5, 1, 5000), (5, 3, 714), (0.001, 2, 3), (5, 0, 5000), (5, 99, 4)])
    func `the tries share the time`(seconds: Double, tries: Int, first: Int32) {
        #expect(QueryTimeout(timeout: .seconds(seconds), tries: tries).firstTry == first)
    }

    /// Packets of every kind, damaged: each has a reply or is malformed, and none reads beyond its end.
    @Test func `damaged packets do no harm`() throws {
        var random = SplitMix64(seed: 1123)
        let name = try #require(Domain("a.example"))
        let header: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        let query = try #require(
            DNSQuery(header + DNSQuery.name(name.text) + [0, 16, 0, 1], isTCP: true)
        )
        let packets = [
            query.response(with: Answer(.records([.txt([Array("v=spf1 -all".utf8), []])]), ttl: 60)),
            query.response(with: Answer(.records([.mx(preference: 1, exchange: name), .ptr(name)]), ttl: 60)),
            query.response(with: Answer(.nameError, ttl: 60)),
            query.response(
                answers: [
                    DNSQuery.alias(ttl: 1, to: "b.example"),
                    DNSQuery.record(owner: DNSQuery.name("b.example"), ttl: 1, .a(IPv4Address(value: 1))),
                ],
                authorities: [DNSQuery.record(type: 2, ttl: 60, [0xC0, 0x0C])]
            ),
        ].compactMap { $0 }
        var read = 0
        for _ in 0..<20_000 {
            var octets = try #require(packets.randomElement(using: &random))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 2..<octets.count, using: &random)
                octets[place] = Bool.random(using: &random) ? 0xC0 : UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { octets.removeLast(Int.random(in: 0..<octets.count, using: &random)) }
            guard let packet = LibResolv.packet(octets) else { continue }
            _ = packet.reply(to: name, try #require(RecordType.allCases.randomElement(using: &random)))
            read += 1
        }
        #expect(read > 1_000)
    }
}
