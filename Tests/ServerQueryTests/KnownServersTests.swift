import AuthServ
import DNS
import ServerQuery
import Testing

@Suite struct KnownServersTests {
    private let url = "smtp://mx.example.org:587"

    @Test("What was learnt is read back, for as long as it holds") func lifetime() throws {
        let ids = [try #require(Domain("mx.example.org"))]
        for answer in [HopAnswer.announces(ids, askedAt: 1000), .conforms(askedAt: 1000), .nothing] {
            var known = KnownServers()
            known.learn(answer, of: url, askedAt: 1000)
            let read = try #require(KnownServers(known.octets))
            #expect(read == known)
            #expect(read.answer(of: url, now: 1000, lifetime: 60) == answer)
            #expect(read.answer(of: url, now: 1059, lifetime: 60) == answer)
            #expect(read.answer(of: url, now: 1060, lifetime: 60) == nil)
            #expect(read.answer(of: url, now: 999, lifetime: 60) == nil)
            #expect(read.answer(of: "smtp://mx2.example.org", now: 1000, lifetime: 60) == nil)
        }
    }

    @Test("A failure neither replaces an answer nor makes it last") func failure() {
        var known = KnownServers()
        known.learn(.nothing, of: url, askedAt: 1000)
        known.learn(.unknown("time-out"), of: url, askedAt: 1050)
        #expect(known.answer(of: url, now: 1059, lifetime: 60) == .nothing)
        #expect(known.answer(of: url, now: 1060, lifetime: 60) == nil)
        known.forget(before: 1001)
        #expect(known == KnownServers())
    }

    @Test("What was put into the file is no id for that", arguments: ["*", "mx", "[192.0.2.1]", "a b.example"])
    func poison(_ id: String) throws {
        let text = "{\"\(url)\": {\"asked_at\": 1000, \"conforms\": true, \"ids\": [\"\(id)\"]}}"
        let known = try #require(KnownServers(Array(text.utf8)))
        #expect(known.answer(of: url, now: 1000, lifetime: 60) == .conforms(askedAt: 1000))
        #expect(KnownServers(Array("[]".utf8)) == nil)
    }
}

@Suite struct HopInquiryTests {
    /// Fails the test if anything is looked up.
    private struct NoResolver: Resolver {
        func knownAnswer(to question: Question) -> Answer? { nil }

        func answer(to question: Question) async -> Answer {
            Issue.record("\(question) is asked")
            return .failure(.unavailable)
        }
    }

    private func hosts(_ names: [String]) -> [Domain?] { names.map { Domain($0) } }

    @Test("A host that no rule names is not asked, nor looked up, whatever the message calls it") func unnamed()
        async throws
    {
        let inquiry = HopInquiry(
            rules: [try AskRule("mx.example.org=smtp://127.0.0.1:1")],
            inquiry: ServerInquiry(resolver: NoResolver(), hosts: HostsFile("")),
            known: KnownServers(),
            lifetime: 60
        )
        let names = ["evil.example", "mx.example.org.evil.example", "localhost", "169.254.169.254"]
        let answers = await inquiry.answers(of: hosts(names) + [nil])
        let unknown = HopAnswer.unknown("ask.hosts does not say where to ask it")
        #expect(answers == [unknown, unknown, .nothing, unknown, .nothing])
    }

    @Test("No more than eight hosts are asked in a run") func limit() async throws {
        var inquiry = ServerInquiry(resolver: NoResolver(), hosts: HostsFile(""))
        inquiry.rules = AddressRules(networks: [])
        let hops = HopInquiry(
            rules: [try AskRule("*.example.org=smtp://127.0.0.1:1")],
            inquiry: inquiry,
            known: KnownServers(),
            lifetime: 60
        )
        let answers = await hops.answers(of: hosts((1...10).map { "mx\($0).example.org" }))
        #expect(answers.count { $0 == .unknown("more than 8 hosts would have to be asked") } == 2)
        let again = await hops.answers(of: hosts(["mx1.example.org", "mx99.example.org"]))
        #expect(again.last == .unknown("more than 8 hosts would have to be asked"))
    }
}
