import Testing

@testable import DNS

/// What clients make us ask, by the minute.
@Suite struct ClientQuestionsTests {
    private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test func `a client is over the limit until the minute ends, and others are not`() throws {
        let questions = ClientQuestions()
        let client = try Self.address("192.0.2.7")
        questions.add(60, from: client, at: 120)
        questions.add(40, from: client, at: 150)
        #expect(!questions.areOver(100, from: client, at: 150))
        questions.add(1, from: client, at: 179)
        #expect(questions.areOver(100, from: client, at: 179))
        #expect(questions.areOver(100, from: try Self.address("::ffff:192.0.2.7"), at: 179))
        #expect(!questions.areOver(100, from: try Self.address("192.0.2.8"), at: 179))
        #expect(!questions.areOver(100, from: client, at: 180))
        questions.add(100, from: client, at: 180)
        #expect(!questions.areOver(100, from: client, at: 180))
    }

    @Test func `an IPv6 client has one count, whichever of its addresses it uses`() throws {
        let questions = ClientQuestions()
        for number in 0..<200 { questions.add(1, from: try Self.address("2001:db8:7:1::\(number)"), at: 60) }
        #expect(questions.areOver(199, from: try Self.address("2001:db8:7:1:ffff::"), at: 60))
        #expect(!questions.areOver(199, from: try Self.address("2001:db8:7:2::1"), at: 60))
    }

    @Test func `more clients than are counted cost no more memory`() throws {
        let questions = ClientQuestions()
        for number in 0..<100_010 as Range<UInt32> {
            questions.add(5, from: .v4(IPv4Address(value: number)), at: 60)
        }
        #expect(questions.areOver(4, from: .v4(IPv4Address(value: 99_999)), at: 60))
        #expect(!questions.areOver(4, from: .v4(IPv4Address(value: 100_000)), at: 60))
    }
}
