import AuthResults
import Testing

/// RFC 8601, appendix B.
@Suite struct StandardExamplesTests {
    static func parse(_ text: String) throws -> AuthenticationResults {
        try AuthenticationResults(parsing: Array(text.utf8))
    }

    static func summary(_ value: AuthenticationResults) -> [String] {
        ["\(value.authservID) \(value.version ?? 1)"]
            + value.results.map { info in
                let version = info.methodVersion.map { "/\($0)" } ?? ""
                let reason = info.reason.map { " reason:\($0)" } ?? ""
                return "\(info.method)\(version)=\(info.result)\(reason)"
                    + info.properties.map { " \($0.type).\($0.name)=\($0.value.text)" }.joined()
            }
    }

    struct Example: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let expected: [String]
        init(_ name: String, _ text: String, _ expected: [String]) {
            testDescription = name
            self.text = text
            self.expected = expected
        }
    }

    @Test(arguments: [
        Example("B.2", " example.org 1; none", ["example.org 1"]),
        Example(
            "B.3",
            " example.com;\n      spf=pass smtp.mailfrom=example.net",
            ["example.com 1", "spf=pass smtp.mailfrom=example.net"]
        ),
        Example(
            "B.4",
            " example.com;\n      auth=pass (cram-md5) smtp.auth=sender@example.net;\n"
                + "      spf=pass smtp.mailfrom=example.net",
            ["example.com 1", "auth=pass smtp.auth=sender@example.net", "spf=pass smtp.mailfrom=example.net"]
        ),
        Example(
            "B.5",
            " example.com;\n\tdkim=pass (good signature) header.d=example.com",
            ["example.com 1", "dkim=pass header.d=example.com"]
        ),
        Example(
            "B.6",
            " example.com;\n      dkim=pass reason=\"good signature\"\n        header.i=@mail-router.example.net;\n"
                + "      dkim=fail reason=\"bad signature\"\n        header.i=@newyork.example.com",
            [
                "example.com 1", "dkim=pass reason:good signature header.i=@mail-router.example.net",
                "dkim=fail reason:bad signature header.i=@newyork.example.com",
            ]
        ),
        Example(
            "B.7",
            " foo.example.net (foobar) 1 (baz);\n     dkim (Because I like it) / 1 (One yay) = (wait for it) fail\n"
                + "       policy (A dot can go here) . (like that) expired\n"
                + "       (this surprised me) = (as I wasn't expecting it) 1362471462",
            ["foo.example.net 1", "dkim/1=fail policy.expired=1362471462"]
        ),
    ])
    func `the examples of the standard are read`(_ example: Example) throws {
        #expect(Self.summary(try Self.parse(example.text)) == example.expected)
    }

    @Test(arguments: [
        Example("a base64 value unquoted", " a.example; dkim=pass header.b=ab/cd==", []),
        Example("an IPv6 address unquoted", " a.example; iprev=pass policy.iprev=2001:db8::1", []),
        Example("an id and nothing else", " a.example", []),
        Example("a trailing semicolon", " a.example; spf=pass;", []),
        Example("none and more", " a.example; none; spf=pass", []),
        Example("reason behind a property", " a.example; spf=pass smtp.mailfrom=b.example reason=x", []),
        Example("an empty property", " a.example; spf=pass smtp.mailfrom=", []),
        Example("a null path", " a.example; spf=pass smtp.mailfrom=<>", []),
        Example("a mailbox at a host without a dot", " a.example; spf=pass smtp.mailfrom=a@localhost", []),
        Example("no id", " spf=pass smtp.mailfrom=b.example", []),
        Example("an unterminated comment", " a.example (b; spf=pass", []),
        Example("an unterminated quote", " a.example; spf=pass reason=\"b", []),
        Example("a slash in the id", " a.example/b; none", []),
        Example("an underscore in a keyword", " a.example; x_y=pass", []),
        Example("a control character", " a.example; spf=pass reason=\"\u{7}\"", []),
        Example("nothing", "", []),
        Example("a quoted-pair at the end", " a.example; spf=pass reason=\"\\", []),
        Example("two dots", " a.example; spf=pass smtp.mailfrom=a..b@example.org", []),
    ])
    func `what breaks the grammar is refused`(_ example: Example) {
        #expect(throws: SyntaxError.self) { try Self.parse(example.text) }
    }

    @Test(arguments: [
        Example("a method called none", " a.example; none=pass", ["a.example 1", "none=pass"]),
        Example("dkim=none", " a.example; dkim=none", ["a.example 1", "dkim=none"]),
        Example(
            "an equals sign in a local-part",
            " a.example; spf=pass smtp.mailfrom=prvs=12=joe@example.com",
            ["a.example 1", "spf=pass smtp.mailfrom=prvs=12=joe@example.com"]
        ),
        Example(
            "propspecs without a space",
            " a.example; dkim=pass header.s=\"x\"header.d=b.example",
            ["a.example 1", "dkim=pass header.s=x header.d=b.example"]
        ),
        Example("comments everywhere", "(a(b)c\\))a.example(c)1;(x)none(y)", ["a.example 1"]),
        Example("a huge version", " a.example 99999999999999999999; none", ["a.example \(Int.max)"]),
        Example("an id that ends in a digit", " example.org1; none", ["example.org1 1"]),
        Example("a quoted id", " \"a\\.example\" 1; none", ["a.example 1"]),
        Example("a fold of blank lines", " a.example;\n \n\t\n none", ["a.example 1"]),
        Example(
            "upper case",
            " A.example; SPF=Pass SMTP.MailFrom=B.example",
            ["A.example 1", "spf=pass smtp.mailfrom=B.example"]
        ),
    ])
    func `what the grammar allows is read`(_ example: Example) throws {
        #expect(Self.summary(try Self.parse(example.text)) == example.expected)
    }

    @Test func `a hundred thousand open comments or semicolons take linear time`() {
        for text in [String(repeating: "(", count: 100_000), "a.example" + String(repeating: ";", count: 100_000)] {
            #expect(throws: SyntaxError.self) { try Self.parse(text) }
            _ = ClaimedAuthservID(Array(text.utf8))
        }
        let deep = String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000) + "a.example; none"
        #expect(throws: Never.self) { try Self.parse(deep) }
    }
}
