import DNS
import StubDNS
import TestSupport
import Testing

@Suite struct StubResolverTests {
    /// For servers that are not waited for in vain: long enough that a busy machine makes no difference.
    static let patient = Duration.seconds(60)
    static let fast = Duration.milliseconds(600)

    static func zone(_ text: String) throws -> ZoneFile {
        try ZoneFile(Array(text.utf8), file: "zone")
    }

    static func question(_ name: String, _ type: RecordType) throws -> Question {
        Question(try #require(Domain(allowingSpaces: name.utf8)), type)
    }

    // MARK: What a recursive server says

    static let records = #"""
        $ORIGIN example.
        $TTL 77
        host    A 192.0.2.1
        host    A 192.0.2.2
        host    AAAA 2001:db8::1
        mail    MX 10 host
        mail    MX 0 .
        null    MX 0 .
        1.2.0.192.in-addr.arpa. PTR host
        text    TXT "v=spf1 " "-all\000 \255" ""
        text    TXT second
        signed  TXT signed
        signed  AUTHENTICATED TXT
        odd"(@) TXT odd
        odd\032space TXT odd
        odd     MX 1 odd\032space
        gone    60 NXDOMAIN
        empty   61 NODATA
        *.wild  TXT wild
        """#.replacing("odd\"(@)", with: #"odd\"\(\@\)"#)

    struct Case: CustomTestStringConvertible {
        let name: String
        let type: RecordType
        var testDescription: String { "\(name) \(type.mnemonic)" }
    }

    @Test(arguments: [
        Case(name: "host.example", type: .a), Case(name: "host.example", type: .aaaa),
        Case(name: "HOST.Example", type: .a), Case(name: "mail.example", type: .mx),
        Case(name: "null.example", type: .mx), Case(name: "1.2.0.192.in-addr.arpa", type: .ptr),
        Case(name: "text.example", type: .txt), Case(name: "signed.example", type: .txt),
        Case(name: #"odd"(@).example"#, type: .txt), Case(name: "odd space.example", type: .txt),
        Case(name: "odd.example", type: .mx), Case(name: "gone.example", type: .txt),
        Case(name: "empty.example", type: .mx), Case(name: "host.example", type: .txt),
        Case(name: "nobody.example", type: .a), Case(name: "a.wild.example", type: .txt),
    ])
    func `what the zone has arrives as it is`(_ given: Case) async throws {
        let zone = try Self.zone(Self.records)
        let server = try LoopbackNameServer(zone)
        let resolver = try StubResolver(servers: [server.address], timeout: Self.patient)
        let question = try Self.question(given.name, given.type)
        #expect(await resolver.answer(to: question) == zone.answer(to: question))
        #expect(server.counts == [question: 1])
    }

    @Test func `a TXT record of 3 KB comes over TCP`() async throws {
        let strings = (0..<12).map { [UInt8](repeating: UInt8($0), count: 250) }
        var zone = ZoneFile()
        let question = try Self.question("large.example", .txt)
        zone.add(.txt(strings), to: question.name, ttl: 60)
        let server = try LoopbackNameServer(zone)
        let resolver = try StubResolver(servers: [server.address], timeout: Self.patient)
        #expect(await resolver.answer(to: question) == Answer(.records([.txt(strings)]), ttl: 60))
        #expect(server.counts == [question: 2])
    }

    @Test(arguments: [false, true])
    func `two hundred truncated answers come over TCP`(closes: Bool) async throws {
        let zone = try Self.zone("*.example. 60 TXT any\n*.plain.example. 60 TXT any")
        let server = try LoopbackNameServer(zone) { query in
            if query.question.name.text.hasSuffix("plain.example") { return .delay(.milliseconds(200)) }
            return closes ? .truncateAndClose : .truncate
        }
        let resolver = try StubResolver(servers: [server.address], timeout: Self.patient)
        let names = (0..<200).flatMap { ["n\($0).example", "n\($0).plain.example"] }
        let questions = try names.map { try Self.question($0, .txt) }
        await withTaskGroup(of: Answer.self) { group in
            for question in questions { group.addTask { await resolver.answer(to: question) } }
            for await answer in group { #expect(answer == Answer(.records([.txt([Array("any".utf8)])]), ttl: 60)) }
        }
        /// A connection that ends makes no other question come again.
        #expect(server.total == 600)
    }

    @Test func `a server that hangs up has no answer`() async throws {
        let server = try LoopbackNameServer(ZoneFile()) { _ in .truncateAndHangUp }
        let resolver = try StubResolver(servers: [server.address], timeout: Self.patient)
        #expect(await resolver.answer(to: try Self.question("a.example", .txt)) == .failure(.unavailable))
    }

    // MARK: Several questions, several servers

    @Test func `names that never answer delay no others`() async throws {
        let zone = try Self.zone("*.good.example. A 192.0.2.1\n*.dead.example. TIMEOUT")
        let server = try LoopbackNameServer(zone)
        let resolver = try StubResolver(servers: [server.address], timeout: .seconds(600))
        let dead = try (0..<1_000).map { try Self.question("n\($0).dead.example", .a) }
        let good = try (0..<500).map { try Self.question("n\($0).good.example", .a) }
        await withTaskGroup(of: Void.self) { group in
            for question in dead {
                group.addTask { #expect(await resolver.answer(to: question) == .failure(.unavailable)) }
            }
            let duration = await ContinuousClock().measure {
                for question in good { #expect(await resolver.answer(to: question).records.count == 1) }
            }
            /// One after the other, each behind a thousand that never come: less than the first try of these.
            #expect(duration < .seconds(199))
            group.cancelAll()
        }
    }

    @Test(arguments: [2, 5, 9] as [UInt8])
    func `another server is asked after a failure`(code: UInt8) async throws {
        let zone = try Self.zone("a.example. A 192.0.2.1")
        let failing = try LoopbackNameServer(zone) { _ in .code(code) }
        let working = try LoopbackNameServer(zone)
        let resolver = try StubResolver(servers: [failing.address, working.address], timeout: Self.patient)
        let question = try Self.question("a.example", .a)
        #expect(await resolver.answer(to: question) == zone.answer(to: question))
        #expect(failing.counts == [question: 1])
    }

    @Test func `NXDOMAIN is an answer: no other server is asked`() async throws {
        let first = try LoopbackNameServer(ZoneFile())
        let second = try LoopbackNameServer(try Self.zone("a.example. A 192.0.2.1"))
        let resolver = try StubResolver(servers: [first.address, second.address], timeout: Self.patient)
        #expect(await resolver.answer(to: try Self.question("a.example", .a)) == Answer(.nameError))
        #expect(second.counts.isEmpty)
    }

    @Test func `a silent server is waited for once, then asked last`() async throws {
        let zone = try Self.zone("*.example. A 192.0.2.1")
        let silent = try LoopbackNameServer(zone) { _ in .silence }
        let working = try LoopbackNameServer(zone)
        let resolver = try StubResolver(servers: [silent.address, working.address], timeout: .seconds(2))
        let start = ContinuousClock.now
        for number in 0..<20 {
            #expect(await resolver.answer(to: try Self.question("n\(number).example", .a)).records.count == 1)
        }
        /// Two tries; on a busy machine, two more each half a minute, to see if it is back.
        #expect((2...(2 + 2 * Int((ContinuousClock.now - start) / .seconds(30)))).contains(silent.total))
        #expect(working.total >= 20)
    }

    @Test func `where nobody listens, the next is asked at once`() async throws {
        let zone = try Self.zone("a.example. A 192.0.2.1")
        /// Of the loopback network, which the servers of these tests leave to others.
        let address = "127.0.0.2:9"
        let working = try LoopbackNameServer(zone)
        let question = try Self.question("a.example", .a)
        /// One that is waited for would be asked again after two hundred seconds.
        let resolver = try StubResolver(servers: [address, working.address], timeout: .seconds(600))
        let duration = await ContinuousClock().measure {
            #expect(await resolver.answer(to: question) == zone.answer(to: question))
        }
        #expect(duration < .seconds(199))
        let alone = try StubResolver(servers: [address], timeout: Self.fast)
        #expect(await alone.answer(to: question) == .failure(.unavailable))
    }

    @Test func `a server that is named twice is asked as one`() throws {
        let resolver = try StubResolver(servers: ["192.0.2.1", "192.0.2.2", "192.0.2.1:53", "192.0.2.1:54"])
        #expect(resolver.servers.map(\.description) == ["192.0.2.1:53", "192.0.2.2:53", "192.0.2.1:54"])
    }

    @Test func `silence is given two tries and the time set`() async throws {
        let server = try LoopbackNameServer(ZoneFile()) { _ in .silence }
        let resolver = try StubResolver(servers: [server.address], timeout: Self.fast, tries: 2)
        let question = try Self.question("a.example", .a)
        let duration = await ContinuousClock().measure {
            #expect(await resolver.answer(to: question) == .failure(.timeout))
        }
        /// On a busy machine it may be long until the answer is looked at.
        #expect((Self.fast..<(Self.fast + .seconds(60))).contains(duration))
        // It may have been asked by then whether it is there at all.
        #expect(server.counts[question] == 2)
    }

    @Test func `names under onion are not asked for`() async throws {
        let server = try LoopbackNameServer(ZoneFile())
        let resolver = try StubResolver(servers: [server.address], timeout: Self.patient)
        #expect(await resolver.answer(to: try Self.question("a.onion", .a)) == Answer(.nameError))
        #expect(server.counts.isEmpty)
    }

    // MARK: Ends

    @Test func `who is cancelled is answered at once`() async throws {
        let server = try LoopbackNameServer(ZoneFile()) { _ in .silence }
        let resolver = try StubResolver(servers: [server.address], timeout: .seconds(30))
        let question = try Self.question("a.example", .a)
        let task = Task { await resolver.answer(to: question) }
        while server.counts.isEmpty { await Task.yield() }
        task.cancel()
        #expect(await task.value == .failure(.unavailable))
    }

    @Test func `shutdown answers all that is open and all that comes`() async throws {
        let server = try LoopbackNameServer(ZoneFile()) { _ in .silence }
        let resolver = try StubResolver(servers: [server.address], timeout: .seconds(30))
        let questions = try (0..<100).map { try Self.question("n\($0).example", .a) }
        await withTaskGroup(of: Answer.self) { group in
            for question in questions { group.addTask { await resolver.answer(to: question) } }
            while server.total < 100 { await Task.yield() }
            resolver.shutdown()
            for await answer in group { #expect(answer == .failure(.unavailable)) }
        }
        #expect(await resolver.answer(to: questions[0]) == .failure(.unavailable))
    }

    struct Address: CustomTestStringConvertible {
        let testDescription: String
        let expected: String?
        init(_ text: String, _ expected: String?) {
            testDescription = text
            self.expected = expected
        }
    }

    @Test(arguments: [
        Address("192.0.2.1", "192.0.2.1:53"), Address("192.0.2.1:5353", "192.0.2.1:5353"),
        Address("2001:db8::1", "[2001:db8::1]:53"), Address("[2001:db8::1]", "[2001:db8::1]:53"),
        Address("[2001:db8::1]:5353", "[2001:db8::1]:5353"), Address("localhost", nil), Address("", nil),
        Address("192.0.2.1:", nil), Address("192.0.2.1:0", nil), Address("192.0.2.1:65536", nil),
        Address("192.0.2.1:+5", nil), Address("[2001:db8::1]5353", nil), Address("[2001:db8::1", nil),
        Address("192.0.2.256", nil), Address("192.0.2.1:53:53", nil),
        /// This host.
        Address("0.0.0.0", "127.0.0.1:53"), Address("[::]:5353", "[::1]:5353"),
    ])
    func `a name server is written as address and port`(_ given: Address) {
        #expect(NameServer(given.testDescription)?.description == given.expected)
        if given.expected == nil, !given.testDescription.isEmpty {
            #expect(throws: StubResolver.StartError.invalidServer(given.testDescription)) {
                try StubResolver(servers: [given.testDescription])
            }
        }
    }
}
