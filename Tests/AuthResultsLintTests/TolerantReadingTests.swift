import AuthResults
import AuthResultsLint
import TestSupport
import Testing

@Suite struct TolerantReadingTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let value: String
        /// The id (`-` if there is none), and a line for each result.
        let expected: [String]
        init(_ name: String, _ value: String, _ expected: String...) {
            testDescription = name
            self.value = value
            self.expected = expected
        }
    }

    static func lines(_ value: String) -> [String] {
        let read = TolerantReading(Array(value.utf8))
        let results = read.results.map { info in
            let properties = info.properties.map { " \($0.type).\($0.name)=\($0.value.text)" }.joined()
            let version = info.methodVersion.map { "/\($0)" } ?? ""
            let comment = info.comment.map { " (\($0))" } ?? ""
            let reason = info.reason.map { " reason=\($0)" } ?? ""
            return "\(info.method)\(version)=\(info.result)" + comment + reason + properties
        }
        return [(read.instance.map { "i=\($0) " } ?? "") + (read.authservID ?? "-")] + results
    }

    static let dialects = [
        Case(
            "Google",
            """
             mx.google.com;
                   dkim=pass header.i=@a.example header.s=s header.b="ab/cd+ef";
                   dkim=pass header.i=@b.example header.s=s header.b=ab/cd+ef;
                   spf=pass (google.com: domain of prvs=1=j@a.example designates 192.0.2.1 as permitted sender) smtp.mailfrom="prvs=1=j@a.example";
                   dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=a.example
            """,
            "mx.google.com",
            "dkim=pass header.i=@a.example header.s=s header.b=ab/cd+ef",
            "dkim=pass header.i=@b.example header.s=s header.b=ab/cd+ef",
            "spf=pass (google.com: domain of prvs=1=j@a.example designates 192.0.2.1 as permitted sender)"
                + " smtp.mailfrom=prvs=1=j@a.example",
            "dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=a.example"
        ),
        Case(
            "Google's chain",
            " i=2; mx.google.com; arc=pass (i=1 spf=pass spfdomain=a.example); dmarc=pass header.from=a.example",
            "i=2 mx.google.com",
            "arc=pass (i=1 spf=pass spfdomain=a.example)",
            "dmarc=pass header.from=a.example"
        ),
        Case(
            "Microsoft 365",
            " spf=fail (sender IP is 192.0.2.1)\n smtp.mailfrom=b.example; dkim=none (message not signed)\n"
                + " header.d=none;dmarc=fail action=oreject header.from=b.example;compauth=fail reason=000",
            "-",
            "spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=b.example",
            "dkim=none (message not signed) header.d=none",
            "dmarc=fail policy.action=oreject header.from=b.example",
            "compauth=fail reason=000"
        ),
        Case(
            "Microsoft 365 as it was, with its name before each result",
            " spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=b.example; a.example; dkim=none (message not signed);a.example",
            "-",
            "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=b.example",
            "dkim=none (message not signed)"
        ),
        Case(
            "Exchange, from a chain",
            " i=1; mx.microsoft.com 1; spf=none; dmarc=pass action=\"none\" header.from=b.example; arc=none",
            "i=1 mx.microsoft.com",
            "spf=none",
            "dmarc=pass policy.action=none header.from=b.example",
            "arc=none"
        ),
        Case("no value at the end", " dmarc=none action=none header.from=", "-", "dmarc=none policy.action=none"),
        Case(
            "Fastmail",
            " mx1.messagingengine.com;\n dkim=pass (2048-bit rsa key sha256) header.d=b.example header.s=s x-bits=2048",
            "mx1.messagingengine.com",
            "dkim=pass (2048-bit rsa key sha256) header.d=b.example header.s=s policy.x-bits=2048"
        ),
        Case(
            "Yahoo",
            " atlas1.yahoo.com;\n dkim=unknown;\n spf=none smtp.mailfrom=b.example;\n dmarc=pass(p=NONE,sp=QUARANTINE) header.from=b.example;",
            "atlas1.yahoo.com",
            "dkim=unknown",
            "spf=none smtp.mailfrom=b.example",
            "dmarc=pass (p=NONE,sp=QUARANTINE) header.from=b.example"
        ),
        Case(
            "Yahoo as it was",
            " mta1.example.com  from=b.example; domainkeys=neutral (no sig);  from=c.example; dkim=pass (ok)",
            "mta1.example.com",
            "domainkeys=neutral (no sig)",
            "dkim=pass (ok)"
        ),
        Case(
            "Yahoo, with underscores",
            " a.example; dkim=dkim_pass header.i=@b.example; spf=pass",
            "a.example",
            "spf=pass"
        ),
        Case(
            "Amazon SES",
            " amazonses.com; spf=pass (spfCheck: ok) client-ip=192.0.2.1; envelope-from=a@b.example; helo=c.example; dkim=pass header.i=@b.example;",
            "amazonses.com",
            "spf=pass (spfCheck: ok) policy.client-ip=192.0.2.1",
            "dkim=pass header.i=@b.example"
        ),
        Case("OpenDKIM", " a.example/3F2A; dkim=none", "a.example/3F2A", "dkim=none"),
        Case(
            "a reason after the properties",
            " a.example; dkim=fail header.d=b.example reason=\"bad signature\" header.s=x",
            "a.example",
            "dkim=fail reason=bad signature header.d=b.example header.s=x"
        ),
        Case("doubled semicolons", " a.example;; spf=pass;; dkim=none;", "a.example", "spf=pass", "dkim=none"),
        Case("a semicolon for an id", " ; spf=pass smtp.helo=b.example", "-", "spf=pass smtp.helo=b.example"),
        Case("no semicolon after the id", " a.example spf=pass smtp.helo=b", "a.example", "spf=pass smtp.helo=b"),
        Case("none and a result", " a.example; none; spf=pass", "a.example", "spf=pass"),
        Case(
            "unquoted addresses",
            " a.example; iprev=pass policy.iprev=2001:db8::1",
            "a.example",
            "iprev=pass policy.iprev=2001:db8::1"
        ),
        Case(
            "angle brackets",
            " a.example; spf=pass smtp.mailfrom=<a@b.example>",
            "a.example",
            "spf=pass smtp.mailfrom=a@b.example"
        ),
        Case("a null reverse-path", " a.example; spf=pass smtp.mailfrom=<>", "a.example", "spf=pass smtp.mailfrom=<>"),
        Case(
            "a mailbox at a host",
            " a.example; spf=pass smtp.mailfrom=a@localhost",
            "a.example",
            "spf=pass smtp.mailfrom=a@localhost"
        ),
        Case(
            "an underscore in a property",
            " a.example; dmarc=pass policy.p_p=none header.from=b.example",
            "a.example",
            "dmarc=pass header.from=b.example"
        ),
        Case(
            "a reason of bare words",
            " a.example; dkim=fail reason=bad signature header.d=b.example",
            "a.example",
            "dkim=fail reason=bad header.d=b.example"
        ),
        Case("an instance that is none", " i=51; a.example; spf=pass", "-", "i=51", "spf=pass"),
        Case("nothing", "", "-"),
    ]

    /// What a sender may have put where it is: the less is read, the better.
    static let traps = [
        Case(
            "a result that only begins like a pass",
            " a.example; spf=pass_x smtp.helo=b; dkim=none",
            "a.example",
            "dkim=none"
        ),
        Case("a result before a comma", " a.example; spf=pass, dkim=pass; iprev=fail", "a.example", "iprev=fail"),
        Case("a display name", " a.example; dmarc=pass header.from=\"bank.example\" <a@evil.example>", "a.example"),
        Case(
            "two at signs",
            " a.example; spf=pass smtp.mailfrom=<a@bank.example@evil.example>",
            "a.example",
            "spf=pass"
        ),
        Case(
            "an open quote",
            " a.example; spf=none; dmarc=pass header.from=\"b.example; dkim=pass",
            "a.example",
            "spf=none"
        ),
        Case("an open comment", " a.example; spf=none; dmarc=pass (x header.from=b.example", "a.example", "spf=none"),
        Case(
            "a control character",
            " a.example; spf=none; dmarc=pass reason=\"\u{7}\" header.from=b",
            "a.example",
            "spf=none"
        ),
        Case(
            "a line break that is none",
            " a.example; spf=none; dkim=pass\rheader.d=b; dmarc=pass",
            "a.example",
            "spf=none"
        ),
        Case("a line break, and a field to some", " a.example; spf=none;\ndmarc=pass", "a.example", "spf=none"),
        Case(
            "words too many",
            " a.example; spf=none; dmarc=pass header.from=b.example forged words",
            "a.example",
            "spf=none"
        ),
        Case("quotes in an id", " mx.\"own\".example; none", "-"),
        Case("no id, and one in the midst", " spf=pass; mx.own.example; dkim=none", "-", "spf=pass", "dkim=none"),
    ]

    @Test(arguments: dialects + traps)
    func `a field is read as it is meant, where that is certain`(_ given: Case) {
        #expect(Self.lines(given.value) == given.expected)
    }

    @Test func `findings are where they are in the value`() {
        let value = Array(" i=1; a.example; spf=pass;".utf8)
        #expect(TolerantReading(value).findings.map { "\($0.rule.rawValue)@\($0.offset)" } == ["trailing-semicolon@25"])
    }

    @Test func `what is not UTF-8 is not repaired`() {
        let value =
            Array(" a.example; spf=pass (J".utf8) + [0xF6] + Array("rg) smtp.mailfrom=".utf8) + [0xF6]
            + Array("; dkim=none".utf8)
        let read = TolerantReading(value)
        #expect(read.results.map(\.method) == ["spf", "dkim"])
        #expect(read.results.first?.comment == nil)
        #expect(read.results.first?.properties.isEmpty == true)
    }

    /// Over fields made of what fields are made of.
    @Test func `both readers agree on what the strict one reads, and what is read can be written`() {
        var generator = SplitMix64(seed: 7601)
        for round in 0..<2_000 {
            var value =
                round % 2 == 0 ? " a.example; spf=pass smtp.mailfrom=b.example; dkim=pass (x) header.b=abcd" : ""
            for _ in 0..<Int.random(in: 0...(round % 2 == 0 ? 3 : 12), using: &generator) {
                let place = value.unicodeScalars.indices.randomElement(using: &generator) ?? value.startIndex
                value.unicodeScalars.insert(
                    contentsOf: (LintTests.pieces.randomElement(using: &generator) ?? "").unicodeScalars,
                    at: place
                )
            }
            let octets = Array(value.utf8)
            let read = TolerantReading(octets)
            if let strict = try? AuthenticationResults(parsing: octets) {
                #expect(read.value == strict, "\(value.debugDescription)")
                #expect(read.findings.contains(where: \.rule.isSyntax) == false)
            }
            guard let written = read.value else { continue }
            let again = try? AuthenticationResults(parsing: written.serialized())
            #expect(again == written, "\(value.debugDescription)")
        }
    }
}
