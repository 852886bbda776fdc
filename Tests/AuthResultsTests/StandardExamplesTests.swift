import AuthResults
import FieldClaims
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
        Example("an id and a semicolon in a comment", " a.example (;)", []),
        Example("a version and nothing else", " a.example 1", []),
        Example("two versions", " a.example 1 1; none", []),
        Example("a version at once behind a quoted id", " \"a.example\"1; none", []),
        Example("results and none", " a.example; spf=pass; none", []),
        Example("a semicolon alone", " a.example;", []),
        Example("a keyword that ends in a hyphen", " a.example; spf-=pass", []),
        Example("a dot in a result", " a.example; spf=pass.x", []),
        Example("a comment in a keyword", " a.example; s(c)pf=pass", []),
        Example("a property without a type", " a.example; dkim=pass x-bits=2048", []),
        Example("white space in a token", " a.example; dkim=pass header.d=a b", []),
        Example("a reason of bare words", " a.example; dkim=fail reason=bad signature", []),
        Example("a property at once behind a reason", " a.example; dkim=fail reason=\"x\"header.d=b.example", []),
        Example("a mailbox at a literal", " a.example; spf=pass smtp.mailfrom=a@[192.0.2.1]", []),
        Example("a mailbox with a trailing dot", " a.example; spf=pass smtp.mailfrom=a@b.example.", []),
        Example("a mailbox with an underscore", " a.example; spf=pass smtp.mailfrom=a@b_c.example", []),
        Example("white space behind the @", " a.example; spf=pass smtp.mailfrom=a@ b.example", []),
        Example("two mailboxes", " a.example; spf=pass smtp.mailfrom=a@b.example@c.example", []),
        Example("a mailbox in angle brackets", " a.example; spf=pass smtp.mailfrom=<a@b.example>", []),
        Example("a display name", " a.example; dmarc=pass header.from=\"Joe\" <a@b.example>", []),
        Example("a distinguished name unquoted", " a.example; smime=pass body.smime-issuer=CN=CA1,ST=BC", []),
        Example("a U-label as id, unquoted (RFC 6532, erratum 6036)", " bücher.example; none", []),
        Example("a fold without white space behind it", " a.example;\nnone", []),
        Example("a bare CR", " a.example;\r none", []),
        Example("a method version without digits", " a.example; spf/=pass", []),
        Example("a method version with a letter", " a.example; spf/1x=pass", []),
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
        Example("comments at the end", " a.example; none (a) (b)\n (c)", ["a.example 1"]),
        Example("a version behind a comment", " a.example(c)1; none", ["a.example 1"]),
        Example(
            "white space everywhere",
            " a.example ; spf / 1 = pass smtp . helo = b",
            ["a.example 1", "spf/1=pass smtp.helo=b"]
        ),
        Example(
            "a domain alone",
            " a.example; spf=pass smtp.mailfrom=@b.example",
            ["a.example 1", "spf=pass smtp.mailfrom=@b.example"]
        ),
        Example(
            "a mailbox with white space before the @",
            " a.example; spf=pass smtp.mailfrom=(c)joe (d) @b.example(e) smtp.helo=b",
            ["a.example 1", "spf=pass smtp.mailfrom=joe@b.example smtp.helo=b"]
        ),
        Example(
            "a quoted local-part",
            #" a.example; spf=pass smtp.mailfrom="joe \"x\" @;"@b.example"#,
            ["a.example 1", #"spf=pass smtp.mailfrom=joe "x" @;@b.example"#]
        ),
        Example(
            "an empty local-part",
            #" a.example; spf=pass smtp.mailfrom=""@b.example"#,
            ["a.example 1", "spf=pass smtp.mailfrom=@b.example"]
        ),
        Example(
            "obsolete local-parts (RFC 5322, 4.4)",
            #" a.example; spf=pass smtp.mailfrom="a b".c@b.example smtp.rcptto=a."b c" . d@b.example"#,
            ["a.example 1", "spf=pass smtp.mailfrom=a b.c@b.example smtp.rcptto=a.b c.d@b.example"]
        ),
        Example(
            "characters of a local-part",
            " a.example; spf=pass smtp.mailfrom=a/b?c'd{e}+f=g@b.example",
            ["a.example 1", "spf=pass smtp.mailfrom=a/b?c'd{e}+f=g@b.example"]
        ),
        Example(
            "U-labels",
            " a.example; spf=pass smtp.mailfrom=jürgen@bücher.example smtp.helo=bücher.example",
            ["a.example 1", "spf=pass smtp.mailfrom=jürgen@bücher.example smtp.helo=bücher.example"]
        ),
        Example(
            "a TAB behind a backslash",
            " a.example; spf=fail reason=\"a\\\tb\"",
            ["a.example 1", "spf=fail reason:a b"]
        ),
        Example(
            "a property called reason",
            " a.example; spf=fail policy.reason=x",
            ["a.example 1", "spf=fail policy.reason=x"]
        ),
        Example("a type called reason", " a.example; spf=fail reason.x=y", ["a.example 1", "spf=fail reason.x=y"]),
        Example(
            "a hyphen at the beginning of keywords",
            " a.example; -a=-b -c.-d=e",
            ["a.example 1", "-a=-b -c.-d=e"]
        ),
        Example(
            "two resinfos of one method",
            " a.example; spf=pass; spf=fail",
            ["a.example 1", "spf=pass", "spf=fail"]
        ),
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

    @Test(arguments: [
        (" a.example; spf=pass smtp.mailfrom=", "pvalue", 35), (" a.example; spf=pass \"", "ptype", 21),
        (" a.example; spf=fail reason=\"x", "reasonspec", 28), (" a.example (b", "comment", 11),
        (" a.example; spf=pass;", "method", 21), (" a.example; dkim=pass header.b=a/b", "value", 32),
        (" é", "authserv-id", 1), (" a/b; none", "resinfo", 2),
    ])
    func `an error says where and in which production`(_ text: String, _ rule: String, _ offset: Int) {
        let error = #expect(throws: SyntaxError.self) { try Self.parse(text) }
        #expect(error?.rule == rule)
        #expect(error?.offset == offset)
    }

    @Test func `octets that are not UTF-8 are found where they are`() {
        let error = #expect(throws: SyntaxError.self) {
            try AuthenticationResults(parsing: Array(" é".utf8) + [0xC3, 0x20])
        }
        #expect(error?.offset == 3)
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
