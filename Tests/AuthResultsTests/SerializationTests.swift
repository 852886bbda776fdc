import AuthResults
import Testing

@Suite struct SerializationTests {
    /// A generator with a fixed seed: the same values on every run.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    static func text(_ generator: inout Seeded) -> String {
        let alphabet = Array("abcXYZ0129.-_@;:()\"\\/=?,<>[] '{}+%é字")
        return String(
            (0..<Int.random(in: 0...24, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? "a"
            }
        )
    }

    static func value(_ generator: inout Seeded) throws -> AuthenticationResults {
        var results: [ResultInfo] = []
        for _ in 0..<Int.random(in: 0...5, using: &generator) {
            var properties: [Property] = []
            for _ in 0..<Int.random(in: 0...5, using: &generator) {
                let value =
                    Bool.random(using: &generator)
                    ? PropertyValue.value(text(&generator))
                    : PropertyValue.mailbox(
                        localPart: Bool.random(using: &generator) ? text(&generator) : nil,
                        domain: "mail.example.org"
                    )
                if let value, let property = Property("smtp", "mailfrom", value) { properties.append(property) }
            }
            let comment = Bool.random(using: &generator) ? text(&generator) : nil
            let reason = Bool.random(using: &generator) ? text(&generator) : nil
            if let info = ResultInfo(
                method: "spf",
                methodVersion: Bool.random(using: &generator) ? 1 : nil,
                result: "pass",
                comment: comment,
                reason: reason,
                properties: properties
            ) {
                results.append(info)
            }
        }
        let id = "mx" + text(&generator)
        let version = Bool.random(using: &generator) ? 1 : nil
        return try #require(AuthenticationResults(authservID: id, version: version, results: results))
    }

    @Test func `what is written is read back as the same value`() throws {
        var generator = Seeded(state: 8601)
        for round in 0..<5000 {
            let value = try Self.value(&generator)
            let octets = value.serialized()
            #expect(
                try AuthenticationResults(parsing: octets) == value,
                "round \(round): \(String(decoding: octets, as: UTF8.self))"
            )
        }
    }

    static func info(_ method: String, _ result: String, comment: String? = nil, _ properties: [(String, String)])
        throws
        -> ResultInfo
    {
        let properties = properties.compactMap { name, text in
            PropertyValue.value(text).flatMap { Property("header", name, $0) }
        }
        return try #require(ResultInfo(method: method, result: result, comment: comment, properties: properties))
    }

    @Test func `a field is folded below 78 columns, with LF and TAB and nothing else`() throws {
        let dkim = try Self.info(
            "dkim",
            "pass",
            comment: "2048-bit key",
            [("d", "a-rather-long-name.example.org"), ("s", "selector"), ("a", "rsa-sha256"), ("b", "abc/def=")]
        )
        let dmarc = try Self.info("dmarc", "none", [])
        let value = try #require(AuthenticationResults(authservID: "mx.example.org", results: [dkim, dmarc]))
        #expect(
            String(decoding: value.serialized(), as: UTF8.self)
                == " mx.example.org;\n\tdkim=pass (2048-bit key) header.d=a-rather-long-name.example.org\n"
                + "\theader.s=selector header.a=rsa-sha256 header.b=\"abc/def=\";\n\tdmarc=none"
        )
    }

    @Test func `nothing found is written as none`() throws {
        let value = try #require(AuthenticationResults(authservID: "mx.example.org"))
        #expect(String(decoding: value.serialized(), as: UTF8.self) == " mx.example.org; none")
    }

    @Test(arguments: ["a\r\nEvil: yes", "a\0b", "a\u{7F}"])
    func `control characters cannot be said`(_ text: String) {
        #expect(PropertyValue.value(text) == nil)
        #expect(ResultInfo(method: "spf", result: "pass", reason: text) == nil)
        #expect(ResultInfo(method: "spf", result: "pass", comment: text) == nil)
        #expect(AuthenticationResults(authservID: text) == nil)
        #expect(ResultInfo(method: text, result: "pass") == nil)
    }

    @Test(arguments: [
        "localhost", "[192.0.2.1]", "example.org.", "a b.example", "legitimate.example(.evil.example", "",
    ])
    func `an identity without a conforming spelling cannot be said`(_ domain: String) {
        #expect(PropertyValue.mailbox(localPart: "a", domain: domain) == nil)
    }

    /// Readers exist that split a field at `;`, `(`, `"` or `'` and know no more of it (CVE-2020-12272).
    @Test func `a hostile value shows a careless reader no other domain as verified`() throws {
        let hostile = "legitimate.example(.evil.example"
        let info = try Self.info("dkim", "fail", [("d", hostile)])
        let field = try #require(AuthenticationResults(authservID: "mx.example.org", results: [info])).serialized()
        #expect(String(decoding: field, as: UTF8.self).contains("header.d=\"legitimate.example(.evil.example\""))
    }
}
