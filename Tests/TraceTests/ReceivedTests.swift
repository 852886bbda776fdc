import Mail
import Testing
import Trace

@Suite struct ReceivedTests {
    /// A field, and what it says in one line: `layout by=HOST ip=... helo=... name=... with=... tls auth from=<...>`, or
    /// `local` in place of the client, or the error.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let value: String
        let expected: String
        init(_ name: String, _ value: String, _ expected: String) {
            testDescription = name
            self.value = value
            self.expected = expected
        }
    }

    static func summary(_ value: String) -> String {
        do {
            let received = try Received(Array(value.utf8))
            var words = ["\(received.layout)"]
            if let host = received.host { words.append("by=\(host)") }
            if let address = received.hostAddress { words.append("by=[\(address)]") }
            switch received.origin {
            case .local: words.append("local")
            case .network(let client):
                words.append("ip=\(client.address)")
                if let helo = client.helo { words.append("helo=\(String(decoding: helo, as: UTF8.self))") }
                if let name = client.reverseName { words.append("name=\(name)") }
            }
            if let with = received.with { words.append("with=\(with)") }
            if received.isEncrypted { words.append("tls") }
            if received.isAuthenticated { words.append("auth") }
            if let path = received.envelopeFrom { words.append("from=\(String(decoding: path, as: UTF8.self))") }
            if let date = received.date, date.secondsSince1970 != 1_704_121_445 { words.append("date=\(date)") }
            if received.date == nil { words.append("undated") }
            return words.joined(separator: " ")
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: ReceivedSamples.all) func `each MTA's way of writing is understood`(_ given: Case) {
        #expect(Self.summary(given.value) == given.expected)
    }

    @Test(arguments: ReceivedAttacks.all) func `a hostile field is refused, or tells the true address`(_ given: Case) {
        #expect(Self.summary(given.value) == given.expected)
    }

    @Test func `limits hold, in linear time`() {
        let host = " by mx.example.org with SMTP; Mon, 1 Jan 2024 15:04:05 +0000"
        #expect(Self.summary("from x" + String(repeating: " ", count: 20_000) + host) == "tooLong")
        #expect(Self.summary("from" + String(repeating: " x", count: 300) + host) == "tooLong")
        #expect(Self.summary(String(repeating: "(", count: 16_000)) == "malformed")
        #expect(Self.summary(String(repeating: "by ", count: 200)) == "ambiguous")
        #expect(Self.summary("") == "noHost")
    }

    @Test(arguments: WithProtocol.allCases) func `the registry's suffixes mean AUTH and TLS`(_ given: WithProtocol) {
        let name = given.rawValue
        #expect(WithProtocol(name.uppercased().utf8) == given)
        guard name.contains("smtp") || name.contains("lmtp"), given != .asmtp else { return }
        #expect(given.isAuthenticated == name.hasSuffix("a"))
        #expect(given.isEncrypted == (name.hasSuffix("s") || name.hasSuffix("sa")))
    }
}
