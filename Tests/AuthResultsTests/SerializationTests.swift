import AuthResults
import TestSupport
import Testing

@Suite struct SerializationTests {
    static func text(_ generator: inout SplitMix64, upTo length: Int = 24) -> String {
        let alphabet = Array("abcXYZ0129.-_@;:()\"\\/=?,<>[]    '{}+%é字\u{301}")
        return String(
            (0..<Int.random(in: 0...length, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? "a"
            }
        )
    }

    static func optional<T>(_ generator: inout SplitMix64, _ make: (inout SplitMix64) -> T) -> T? {
        Bool.random(using: &generator) ? make(&generator) : nil
    }

    static func word(_ generator: inout SplitMix64, _ words: [String]) -> String {
        words.randomElement(using: &generator) ?? "x"
    }

    static func result(_ generator: inout SplitMix64) -> ResultInfo? {
        let properties = (0..<Int.random(in: 0...5, using: &generator)).compactMap { _ -> Property? in
            let value =
                optional(&generator) { text(&$0) }.flatMap { try? PropertyValue.value($0) }
                ?? (try? PropertyValue.mailbox(
                    localPart: optional(&generator) { text(&$0) },
                    domain: word(&generator, ["mail.example.org", "a.b", "BÜCHER.example", "xn--a.b-c.d0", ".", "no"])
                ))
            let type = word(&generator, ["smtp", "header", "policy", "0", "-x", "reason"])
            return value.flatMap { try? Property(type, word(&generator, ["mailfrom", "b", "reason", "-0"]), $0) }
        }
        return try? ResultInfo(
            method: word(&generator, ["spf", "none", "x-long-name-of-a-method", "7"]),
            methodVersion: optional(&generator) { [0, 1, 2, Int.max].randomElement(using: &$0) ?? 1 },
            result: word(&generator, ["pass", "none", "x"]),
            comment: optional(&generator) { text(&$0, upTo: 120) },
            reason: optional(&generator) { text(&$0, upTo: 240) },
            properties: properties
        )
    }

    static func value(_ generator: inout SplitMix64) throws -> AuthenticationResults {
        let results = (0..<Int.random(in: 0...5, using: &generator)).compactMap { _ in result(&generator) }
        let version = optional(&generator) { [0, 1, 77, Int.max].randomElement(using: &$0) ?? 1 }
        return try AuthenticationResults(
            authservID: "m" + text(&generator, upTo: 90),
            version: version,
            results: results
        )
    }

    @Test func `what is written is read back as the same value`() throws {
        var generator = SplitMix64(seed: 8601)
        for round in 0..<3000 {
            let value = try Self.value(&generator)
            let octets = value.serialized()
            let shown = Comment(rawValue: "round \(round): \(String(decoding: octets, as: UTF8.self))")
            #expect(try AuthenticationResults(parsing: octets) == value, shown)
            #expect(octets == value.serialized(), shown)
            let lines = octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            #expect(lines.dropFirst().allSatisfy { $0.first == 0x20 || $0.first == 0x09 }, shown)
            #expect(lines.allSatisfy { $0.contains { $0 > 0x20 } }, shown)
        }
    }

    static func info(_ method: String, _ result: String, comment: String? = nil, _ properties: [(String, String)])
        throws
        -> ResultInfo
    {
        let properties = try properties.map { name, text in try Property("header", name, .value(text)) }
        return try ResultInfo(method: method, result: result, comment: comment, properties: properties)
    }

    @Test func `a field is folded below 78 columns, with LF and TAB and nothing else`() throws {
        let dkim = try Self.info(
            "dkim",
            "pass",
            comment: "2048-bit key",
            [("d", "a-rather-long-name.example.org"), ("s", "selector"), ("a", "rsa-sha256"), ("b", "abc/def=")]
        )
        let dmarc = try Self.info("dmarc", "none", [])
        let value = try AuthenticationResults(authservID: "mx.example.org", results: [dkim, dmarc])
        #expect(
            String(decoding: value.serialized(), as: UTF8.self)
                == " mx.example.org;\n\tdkim=pass (2048-bit key) header.d=a-rather-long-name.example.org\n"
                + "\theader.s=selector header.a=rsa-sha256 header.b=\"abc/def=\";\n\tdmarc=none"
        )
    }

    static let words = String(repeating: "the answer of the name server did not come in time ", count: 40)

    /// RFC 5322, 2.1.1: at most 998 octets must, at most 78 characters should be on a line.
    @Test func `a text of any length is folded where it has spaces`() throws {
        let helo = try PropertyValue.value(Self.words)
        let property = try Property("smtp", "helo", helo)
        let info = try ResultInfo(
            method: "spf",
            result: "temperror",
            comment: "(" + Self.words,
            reason: Self.words,
            properties: [property]
        )
        let value = try AuthenticationResults(authservID: Self.words, version: 1, results: [info])
        let octets = value.serialized()
        let lines = (Array("Authentication-Results:".utf8) + octets).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count > 100)
        #expect(lines.allSatisfy { $0.count <= 78 })
        #expect(try AuthenticationResults(parsing: octets) == value)
    }

    @Test func `nothing found is written as none`() throws {
        let value = try AuthenticationResults(authservID: "mx.example.org")
        #expect(String(decoding: value.serialized(), as: UTF8.self) == " mx.example.org; none")
    }

    @Test(arguments: ["a\r\nEvil: yes", "a\0b", "a\u{7F}"])
    func `control characters cannot be said`(_ text: String) {
        let control = UnwritableValue.controlCharacter(in: text)
        #expect(throws: control) { try PropertyValue.value(text) }
        #expect(throws: control) { try ResultInfo(method: "spf", result: "pass", reason: text) }
        #expect(throws: control) { try ResultInfo(method: "spf", result: "pass", comment: text) }
        #expect(throws: control) { try AuthenticationResults(authservID: text) }
        #expect(throws: UnwritableValue.notKeyword(text)) { try ResultInfo(method: text, result: "pass") }
    }

    @Test(arguments: ["", "a-", "a_b", "a.b", "ä"])
    func `a word that is not a keyword cannot be said`(_ word: String) throws {
        let value = try PropertyValue.value("x")
        let error = UnwritableValue.notKeyword(word)
        #expect(throws: error) { try ResultInfo(method: word, result: "pass") }
        #expect(throws: error) { try ResultInfo(method: "spf", result: word) }
        #expect(throws: error) { try Property(word, "mailfrom", value) }
        #expect(throws: error) { try Property("smtp", word, value) }
    }

    @Test func `a field without a name or with a negative version cannot be said`() {
        #expect(throws: UnwritableValue.emptyAuthservID) { try AuthenticationResults(authservID: "") }
        #expect(throws: UnwritableValue.negativeVersion(-1)) { try AuthenticationResults(authservID: "a", version: -1) }
        #expect(throws: UnwritableValue.negativeVersion(-1)) {
            try ResultInfo(method: "spf", methodVersion: -1, result: "pass")
        }
    }

    @Test(arguments: [
        "localhost", "[192.0.2.1]", "example.org.", "a b.example", "legitimate.example(.evil.example", "",
    ])
    func `an identity without a conforming spelling cannot be said`(_ domain: String) {
        #expect(throws: UnwritableValue.notDomainName(domain)) {
            try PropertyValue.mailbox(localPart: "a", domain: domain)
        }
    }

    @Test func `a value is quoted only where the grammar needs it`() throws {
        let written = [
            ("example.org", "example.org"), ("192.0.2.1", "192.0.2.1"), ("a+b_c", "a+b_c"), ("1", "1"),
            ("2001:db8::1", "\"2001:db8::1\""), ("ab/cd", "\"ab/cd\""), ("ab=", "\"ab=\""), ("", "\"\""),
            ("CN=a, O=b", "\"CN=a, O=b\""), ("é.example", "\"é.example\""), ("a\"b\\c", #""a\"b\\c""#),
            ("a@b.example", "\"a@b.example\""), ("(a)", "\"(a)\""),
        ]
        for (text, expected) in written {
            let value = try AuthenticationResults(authservID: text.isEmpty ? "x" : text)
            if !text.isEmpty { #expect(String(decoding: value.serialized(), as: UTF8.self) == " \(expected); none") }
            let info = try Self.info("dkim", "pass", [("b", text)])
            let field = try AuthenticationResults(authservID: "x", results: [info])
            #expect(String(decoding: field.serialized(), as: UTF8.self) == " x;\n\tdkim=pass header.b=\(expected)")
        }
    }

    @Test(arguments: [
        ("joe", "joe"), ("joe@example.org", "joe@example.org"), ("@example.org", "@example.org"),
        ("joe@localhost", "\"joe@localhost\""), ("a=b/c@example.org", "a=b/c@example.org"),
        ("prvs=dkim1=joe@example.org", "prvs=dkim1=joe@example.org"), ("dmarc@example.org", "dmarc@example.org"),
        ("a:b@example.org", "\"a:b\"@example.org"), ("CN=joe", "\"CN=joe\""), ("jürgen", "\"jürgen\""),
    ])
    func `a text from outside is an identity where it can be, and quoted where it must be`(
        _ text: String,
        _ expected: String
    )
        throws
    {
        let value = try PropertyValue.inert(text)
        let property = try Property("smtp", "auth", value)
        let info = try ResultInfo(method: "auth", result: "pass", properties: [property])
        let field = try AuthenticationResults(authservID: "mx.example.org", results: [info]).serialized()
        #expect(String(decoding: field, as: UTF8.self) == " mx.example.org;\n\tauth=pass smtp.auth=\(expected)")
    }

    /// Readers exist that split a field at white space, `;`, `(`, `"` or `'` and know no more of it (CVE-2020-12272).
    @Test(arguments: [
        "legitimate.example(.evil.example", "legitimate.example'.evil.example", "legitimate.example\".evil.example",
        "legitimate.example'@evil.example", "a; dkim=pass header.d=legitimate.example", "a;dkim=pass",
        "(legitimate.example@evil.example", "a b", "a\tb", "a\u{A0}b", "a\u{2028}b", "a\u{85}b", "a\u{200B}b", "a\\b",
        "dmarc=pass@evil.example", "a-DMARC/1=Pass", "header.from=legitimate.example@evil.example",
        "prvs=spf=pass@evil.example", "a@legitimate.example@evil.example", "<a@legitimate.example>", "a,b", "a\0b",
        "a\nb", "a\rb", "", "\u{301}",
    ])
    func `a hostile text is not said at all`(_ text: String) {
        #expect(throws: UnwritableValue.notInert(text)) { try PropertyValue.inert(text) }
    }

    @Test(arguments: ["legitimate.example(.evil.example", "x\"; dkim=pass header.d=legitimate.example (\""])
    func `a hostile text that is said all the same is quoted`(_ hostile: String) throws {
        let info = try Self.info("dkim", "fail", [("d", hostile)])
        let field = try AuthenticationResults(authservID: "mx.example.org", results: [info])
        let read = try AuthenticationResults(parsing: field.serialized())
        #expect(read.results.count == 1)
        #expect(read.results.first?.properties.map(\.value.text) == [hostile])
    }
}
