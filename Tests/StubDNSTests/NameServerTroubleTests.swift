import DNS
import StubDNS
import Synchronization
import TestSupport
import Testing

/// Packets that are wrong, odd or missing.
@Suite struct NameServerTroubleTests {
    struct Trouble: CustomTestStringConvertible {
        let testDescription: String
        let type: RecordType
        let expected: Answer
        let conduct: @Sendable (DNSQuery) -> LoopbackNameServer.Conduct

        init(
            _ description: String,
            asking type: RecordType = .a,
            _ expected: Answer,
            _ conduct: @escaping @Sendable (DNSQuery) -> LoopbackNameServer.Conduct
        ) {
            testDescription = description
            self.type = type
            self.expected = expected
            self.conduct = conduct
        }
    }

    static let one = RecordData.a(IPv4Address(value: 1))

    static func alias(_ from: String, _ ttl: UInt32, _ to: String) -> [UInt8] {
        DNSQuery.alias(owner: DNSQuery.name(from), ttl: ttl, to: to)
    }

    static func header(_ query: DNSQuery, code: UInt8) -> [UInt8] {
        query.identifier + [0x81, 0x80 | code, 0, 0, 0, 0, 0, 0, 0, 0]
    }

    static let troubles: [Trouble] = [
        Trouble("SERVFAIL", .failure(.serverFailure)) { _ in .code(2) },
        Trouble("REFUSED", .failure(.refused)) { _ in .code(5) },
        Trouble("NOTIMP, with and without EDNS", .failure(.serverFailure)) { _ in .code(4) },
        Trouble("a code that nobody knows", .failure(.serverFailure)) { _ in .code(11) },
        Trouble("silence", .failure(.timeout)) { _ in .silence },
        Trouble("octets that are no packet", .failure(.timeout)) { _ in
            .packets([[1], [], [UInt8](repeating: 7, count: 700)])
        },
        Trouble("another's identifier", .failure(.timeout)) { query in
            var packet = query.response(answers: [DNSQuery.record(ttl: 60, one)])
            packet[0] ^= 1
            return .packets([packet])
        },
        Trouble("another's question", .failure(.timeout)) { query in
            var packet = query.response(answers: [DNSQuery.record(ttl: 60, one)])
            packet[13] ^= 1
            return .packets([packet])
        },
        Trouble("junk first, the answer then", Answer(.records([one]), ttl: 60)) { query in
            .packets([[], [9, 9, 9], query.response(answers: [DNSQuery.record(ttl: 60, one)])])
        },
        Trouble("our query back", .failure(.malformed)) { query in
            var packet = query.response()
            packet[2] &= 0x7F
            return .packets([packet])
        },
        Trouble("EDNS refused by a header alone", Answer(.records([one]), ttl: 60)) { query in
            query.packetSize == nil
                ? .packets([query.response(answers: [DNSQuery.record(ttl: 60, one)])])
                : .packets([header(query, code: 1)])
        },
        Trouble("a failure told by a header alone", .failure(.serverFailure)) { query in
            .packets([header(query, code: 2)])
        },
        Trouble("no data told by a header alone", .failure(.timeout)) { query in .packets([header(query, code: 0)]) },
        Trouble("the answer to another kind of question", .failure(.malformed)) { query in
            var packet = query.response(answers: [DNSQuery.record(ttl: 60, one)])
            packet[2] |= 0x20
            return .packets([packet])
        },
        Trouble("a record twice", Answer(.records([one]), ttl: 30)) { query in
            .packets([query.response(answers: [DNSQuery.record(ttl: 60, one), DNSQuery.record(ttl: 30, one)])])
        },
        Trouble("a record cut off", .failure(.malformed)) { query in
            .packets([query.response(answers: [DNSQuery.record(ttl: 60, one)]).dropLast(2)])
        },
        Trouble("octets behind the last record", .failure(.malformed)) { query in
            .packets([query.response(answers: [DNSQuery.record(ttl: 60, one)]) + [0]])
        },
        Trouble("an address of three octets", .failure(.malformed)) { query in
            .packets([query.response(answers: [DNSQuery.record(type: 1, ttl: 60, [1, 2, 3])])])
        },
        Trouble("a string longer than its record", asking: .txt, .failure(.malformed)) { query in
            .packets([query.response(answers: [DNSQuery.record(type: 16, ttl: 60, [5, 1, 2])])])
        },
        Trouble("TXT without a string", asking: .txt, .failure(.malformed)) { query in
            .packets([query.response(answers: [DNSQuery.record(type: 16, ttl: 60, [])])])
        },
        Trouble("a name that points to itself", asking: .mx, .failure(.malformed)) { query in
            let place = UInt8(query.questionSection.count + 12 + 14)
            return .packets([query.response(answers: [DNSQuery.record(type: 15, ttl: 60, [0, 1, 0xC0, place])])])
        },
        Trouble("a chain of aliases", Answer(.records([one]), ttl: 5)) { query in
            .packets([
                query.response(answers: [
                    DNSQuery.alias(ttl: 30, to: "b.example"), alias("b.EXAMPLE", 5, "c.example"),
                    DNSQuery.record(owner: DNSQuery.name("C.example"), ttl: 60, one),
                ])
            ])
        },
        Trouble("a chain in another order", Answer(.records([one]), ttl: 5)) { query in
            .packets([
                query.response(answers: [
                    DNSQuery.record(owner: DNSQuery.name("c.example"), ttl: 60, one),
                    alias("b.example", 5, "c.example"), DNSQuery.alias(ttl: 30, to: "b.example"),
                ])
            ])
        },
        Trouble("records of another name", Answer(.noData)) { query in
            .packets([query.response(answers: [DNSQuery.record(owner: DNSQuery.name("evil.example"), ttl: 60, one)])])
        },
        Trouble("records of another type", Answer(.noData)) { query in
            .packets([query.response(answers: [DNSQuery.record(ttl: 60, .txt([[1]]))])])
        },
        Trouble("a chain to no name", Answer(.nameError, ttl: 7)) { query in
            .packets([
                query.response(
                    code: 3,
                    answers: [DNSQuery.alias(ttl: 30, to: "b.example")],
                    authorities: [DNSQuery.soa(ttl: 7)]
                )
            ])
        },
        Trouble("a chain to no data, the alias shorter-lived", Answer(.noData, ttl: 3)) { query in
            .packets([
                query.response(
                    answers: [DNSQuery.alias(ttl: 3, to: "b.example")],
                    authorities: [DNSQuery.soa(ttl: 7)]
                )
            ])
        },
        Trouble("an alias of itself", .failure(.aliasLoop)) { query in
            .packets([query.response(answers: [DNSQuery.alias(ttl: 30, to: query.question.name.text)])])
        },
        Trouble("a loop of aliases", .failure(.aliasLoop)) { query in
            .packets([
                query.response(answers: [DNSQuery.alias(ttl: 30, to: "b.example"), alias("b.example", 5, "a.example")])
            ])
        },
        Trouble("an alias whose end the server leaves to us", Answer(.records([one]), ttl: 9)) { query in
            .packets([
                query.question.name.text == "a.example"
                    ? query.response(answers: [DNSQuery.alias(ttl: 9, to: "b.example")])
                    : query.response(answers: [DNSQuery.record(ttl: 60, one)])
            ])
        },
        Trouble("a loop that the server leaves to us", .failure(.aliasLoop)) { query in
            .packets([
                query.response(answers: [
                    DNSQuery.alias(ttl: 9, to: query.question.name.text == "a.example" ? "b.example" : "a.example")
                ])
            ])
        },
        Trouble("aliases without end", .failure(.aliasLoop)) { query in
            .packets([query.response(answers: [DNSQuery.alias(ttl: 9, to: "x" + query.question.name.text)])])
        },
        Trouble("no data, and nothing about it", Answer(.noData)) { query in .packets([query.response()]) },
        Trouble("a referral", .failure(.serverFailure)) { query in
            .packets([
                query.response(
                    isRecursive: false,
                    authorities: [DNSQuery.record(type: 2, ttl: 60, DNSQuery.name("ns.example"))]
                )
            ])
        },
        Trouble("lame: no answer, no authority, no recursion", .failure(.serverFailure)) { query in
            .packets([query.response(isRecursive: false)])
        },
        Trouble("a TTL with the uppermost bit", Answer(.records([one]), ttl: 0)) { query in
            .packets([query.response(answers: [DNSQuery.record(ttl: 0x8000_0001, one)])])
        },
        Trouble("EDNS refused by FORMERR", Answer(.records([one]), ttl: 60)) { query in
            query.packetSize == nil
                ? .packets([query.response(answers: [DNSQuery.record(ttl: 60, one)])]) : .code(1)
        },
        Trouble("EDNS refused by NOTIMP", Answer(.records([one]), ttl: 60)) { query in
            query.packetSize == nil
                ? .packets([query.response(answers: [DNSQuery.record(ttl: 60, one)])]) : .code(4)
        },
    ]

    @Test(arguments: troubles)
    func `whatever the server sends has its answer`(_ given: Trouble) async throws {
        let name = try #require(Domain("a.example"))
        let server = try LoopbackNameServer(ZoneFile(), conduct: given.conduct)
        let timeout = given.expected == .failure(.timeout) ? StubResolverTests.fast : StubResolverTests.patient
        let resolver = try StubResolver(servers: [server.address], timeout: timeout)
        #expect(await resolver.answer(to: Question(name, given.type)) == given.expected)
    }

    /// Answers damaged on their way, through sockets, c-ares and our reader: each question has an answer of some kind.
    @Test func `damaged answers do no harm`() async throws {
        let random = Mutex(SplitMix64(seed: 5452))
        let server = try LoopbackNameServer(ZoneFile()) { query in
            var packet = query.response(answers: [
                DNSQuery.alias(ttl: 30, to: "b.example"),
                DNSQuery.record(owner: DNSQuery.name("b.example"), ttl: 60, .txt([[1, 2, 3], []])),
            ])
            random.withLock { random in
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 2..<packet.count, using: &random)
                    packet[place] = Bool.random(using: &random) ? 0xC0 : UInt8.random(in: 0...255, using: &random)
                }
            }
            return .packets([packet])
        }
        let resolver = try StubResolver(servers: [server.address], timeout: .milliseconds(300))
        let questions = try (0..<2_000).map { Question(try #require(Domain("n\($0).example")), .txt) }
        var kinds: Set<String> = []
        await withTaskGroup(of: Answer.self) { group in
            for question in questions { group.addTask { await resolver.answer(to: question) } }
            for await answer in group { kinds.insert("\(answer.outcome)") }
        }
        #expect(kinds.count > 5)
    }
}
