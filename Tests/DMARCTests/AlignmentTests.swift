import DMARC
import DNS
import Mail
import Testing

/// Whether an identifier makes a message pass (RFC 9989, 4.4, 4.10.2 and 5.3).
@Suite struct AlignmentTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let author: String
        let spf: String
        let dkim: String
        let zone: [String: World.Entry]
        let expected: String

        init(
            _ name: String,
            _ author: String,
            spf: String = "",
            dkim: String = "",
            _ zone: [String: World.Entry],
            _ expected: String
        ) {
            testDescription = name
            self.author = author
            self.spf = spf
            self.dkim = dkim
            self.zone = zone
            self.expected = expected
        }
    }

    static let plain: [String: World.Entry] = ["_dmarc.example.com": "v=DMARC1; p=reject"]
    static let strict: [String: World.Entry] = ["_dmarc.example.com": "v=DMARC1; p=reject; adkim=s; aspf=s"]
    private static let onlySPF: [String: World.Entry] = ["_dmarc.example.com": "v=DMARC1; p=reject; aspf=s"]
    private static let onlyDKIM: [String: World.Entry] = ["_dmarc.example.com": "v=DMARC1; p=reject; adkim=s"]
    static let department: [String: World.Entry] = [
        "_dmarc.example.com": "v=DMARC1; p=none", "_dmarc.mail.example.com": "v=DMARC1; p=reject; psd=n",
    ]
    private static let suffix: [String: World.Entry] = [
        "_dmarc.co.example": "v=DMARC1; p=reject; psd=y", "_dmarc.one.co.example": "v=DMARC1; p=reject",
    ]

    private static let modes = [
        Case("nothing authenticated", "example.com", plain, "fail"),
        Case("SPF of the same domain", "example.com", spf: "+example.com", plain, "pass spf example.com"),
        Case("DKIM of the same domain", "example.com", dkim: "+example.com", plain, "pass dkim example.com"),
        Case(
            "both of the same domain",
            "example.com",
            spf: "+example.com",
            dkim: "+example.com",
            plain,
            "pass spf example.com, dkim example.com"
        ),
        Case("SPF that failed", "example.com", spf: "-example.com", plain, "fail"),
        Case("DKIM that failed", "example.com", dkim: "-example.com", plain, "fail"),
        Case("SPF of another domain", "example.com", spf: "+example.net", plain, "fail"),
        Case("DKIM of another domain", "example.com", dkim: "+other.com", plain, "fail"),
        Case("SPF of a subdomain", "example.com", spf: "+bounce.example.com", plain, "pass spf bounce.example.com"),
        Case("DKIM of a subdomain", "example.com", dkim: "+a.b.example.com", plain, "pass dkim a.b.example.com"),
        Case("DKIM of the parent", "a.example.com", dkim: "+example.com", plain, "pass dkim example.com"),
        Case("SPF of a sibling", "a.example.com", spf: "+b.example.com", plain, "pass spf b.example.com"),
        Case("a longer name with the same end", "example.com", dkim: "+notexample.com", plain, "fail"),
        Case("the name below another", "example.com", dkim: "+example.com.evil.example", plain, "fail"),
        Case("strict: the same domain", "example.com", dkim: "+example.com", strict, "pass dkim example.com"),
        Case("strict: a subdomain", "example.com", dkim: "+a.example.com", strict, "fail"),
        Case("strict: SPF of a subdomain", "example.com", spf: "+a.example.com", strict, "fail"),
        Case("strict: the parent", "a.example.com", dkim: "+example.com", strict, "fail"),
        Case(
            "strict below the record: the same domain",
            "a.example.com",
            dkim: "+a.example.com",
            strict,
            "pass dkim a.example.com"
        ),
        Case("adkim leaves SPF alone", "example.com", spf: "+a.example.com", onlyDKIM, "pass spf a.example.com"),
        Case("adkim holds for DKIM", "example.com", dkim: "+a.example.com", onlyDKIM, "fail"),
        Case("aspf leaves DKIM alone", "example.com", dkim: "+a.example.com", onlySPF, "pass dkim a.example.com"),
        Case("aspf holds for SPF", "example.com", spf: "+a.example.com", onlySPF, "fail"),
        Case(
            "one aligned signature of several",
            "example.com",
            dkim: "+example.net -example.com +a.example.com +b.example",
            plain,
            "pass dkim a.example.com"
        ),
        Case(
            "the author domain's own before relaxed ones",
            "example.com",
            spf: "+bounce.example.com",
            dkim: "+a.example.com +example.com",
            plain,
            "pass dkim example.com"
        ),
        Case(
            "all that are aligned",
            "example.com",
            spf: "+bounce.example.com",
            dkim: "+a.example.com +example.net",
            plain,
            "pass spf bounce.example.com, dkim a.example.com"
        ),
        Case("no policy, whatever passes", "example.net", dkim: "+example.net", plain, "none"),
        Case(
            "an A-label and its U-label",
            "bücher.example",
            dkim: "+xn--bcher-kva.example",
            ["_dmarc.xn--bcher-kva.example": "v=DMARC1; p=reject"],
            "pass dkim xn--bcher-kva.example"
        ),
        Case(
            "a pass needs a usable record",
            "example.com",
            dkim: "+example.com",
            ["_dmarc.example.com": "v=DMARC1; p=x"],
            "permerror"
        ),
    ]

    private static let organizations = [
        Case("psd=n: the parent is another's", "mail.example.com", dkim: "+example.com", department, "fail"),
        Case(
            "psd=n: below it is the same",
            "a.mail.example.com",
            dkim: "+b.mail.example.com",
            department,
            "pass dkim b.mail.example.com"
        ),
        Case("psd=n: a sibling is another's", "mail.example.com", dkim: "+b.example.com", department, "fail"),
        Case("psd=n below: not for the parent's mail", "example.com", dkim: "+mail.example.com", department, "fail"),
        Case("psd=n below: not for a sibling's mail", "a.example.com", dkim: "+x.mail.example.com", department, "fail"),
        Case("two domains of one public suffix", "one.co.example", dkim: "+two.co.example", suffix, "fail"),
        Case("a public suffix's own signature", "one.co.example", dkim: "+co.example", suffix, "fail"),
        Case(
            "a subdomain below a public suffix",
            "one.co.example",
            dkim: "+a.one.co.example",
            suffix,
            "pass dkim a.one.co.example"
        ),
        Case(
            "no record but the public suffix's",
            "two.co.example",
            dkim: "+a.two.co.example",
            suffix,
            "pass dkim a.two.co.example"
        ),
        Case(
            "no record but the public suffix's, strangers",
            "two.co.example",
            dkim: "+three.co.example",
            suffix,
            "fail"
        ),
        Case("mail from a public suffix", "co.example", dkim: "+co.example", suffix, "pass dkim co.example"),
        Case("mail from a public suffix, signed below it", "co.example", dkim: "+one.co.example", suffix, "fail"),
        Case(
            "a top-level domain's record that is no public suffix",
            "example.com",
            dkim: "+other.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.com": "v=DMARC1"],
            "pass dkim other.com"
        ),
        Case(
            "records at two levels are one organization",
            "a.mail.example.com",
            dkim: "+example.com",
            ["_dmarc.mail.example.com": "v=DMARC1", "_dmarc.example.com": "v=DMARC1; p=reject"],
            "pass dkim example.com"
        ),
        Case(
            "a record at the author domain alone",
            "a.example.com",
            dkim: "+example.com",
            ["_dmarc.a.example.com": "v=DMARC1; p=reject"],
            "fail"
        ),
        Case(
            "a record at the author domain alone, signed below it",
            "a.example.com",
            dkim: "+b.a.example.com",
            ["_dmarc.a.example.com": "v=DMARC1; p=reject"],
            "pass dkim b.a.example.com"
        ),
        Case(
            "the record that applies decides the mode, not that of the identifier",
            "a.example.com",
            dkim: "+b.example.com",
            [
                "_dmarc.a.example.com": "v=DMARC1; p=reject", "_dmarc.b.example.com": "v=DMARC1; adkim=s",
                "_dmarc.example.com": "v=DMARC1; adkim=s",
            ],
            "pass dkim b.example.com"
        ),
        Case(
            "a signer's labels that the walk does not visit",
            "example.com",
            dkim: "+mail.a.b.c.d.e.f.g.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.b.c.d.e.f.g.example.com": "v=DMARC1; psd=n"],
            "pass dkim mail.a.b.c.d.e.f.g.example.com"
        ),
        Case(
            "a signer's labels that the walk does visit",
            "example.com",
            dkim: "+mail.a.b.c.d.e.f.g.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.c.d.e.f.g.example.com": "v=DMARC1; psd=n"],
            "fail"
        ),
        Case(
            "two records at the signer are none",
            "example.com",
            dkim: "+a.example.com",
            [
                "_dmarc.example.com": "v=DMARC1; p=reject",
                "_dmarc.a.example.com": ["v=DMARC1; psd=n", "v=DMARC1; psd=n"],
            ],
            "pass dkim a.example.com"
        ),
    ]

    @Test(arguments: modes + organizations + failures)
    func `an aligned identifier makes a message pass`(_ given: Case) throws {
        var world = World(given.zone)
        let verdict = try world.judge(from: "a@" + given.author, spf: given.spf, dkim: given.dkim)
        let aligned = verdict.alignedIdentifiers.map { "\($0.method) \($0.domain)" }.joined(separator: ", ")
        #expect([verdict.result.rawValue, aligned].filter { !$0.isEmpty }.joined(separator: " ") == given.expected)
    }

    /// Domains below the author's, each an organization of its own.
    private static let strangersBelow = (0..<10).map { "d\($0).example.com" }

    @Test(arguments: [
        (8, "fail", nil), (9, "permerror", "alignment: more than 8 domains to examine"),
        (10, "permerror", "alignment: more than 8 domains to examine"),
    ])
    func `what was not examined is not said to fail`(_ count: Int, _ result: String, _ reason: String?) throws {
        var zone = Self.plain
        for name in Self.strangersBelow { zone["_dmarc." + name] = "v=DMARC1; psd=n; p=none" }
        for sign in ["+", "?"] {
            var world = World(zone)
            let signers = Self.strangersBelow.prefix(count).map { sign + $0 }.joined(separator: " ")
            let verdict = try world.judge(from: "a@example.com", dkim: signers)
            #expect(verdict.result.rawValue == result)
            if let reason { #expect(verdict.reason == reason) }
        }
    }

    @Test func `a pass does not hang on the existence of the domain`() throws {
        var world = World(["a.example.com": .servfail, "_dmarc.example.com": "v=DMARC1; p=none; np=reject"])
        let verdict = try world.judge(from: "a@a.example.com", dkim: "+example.com")
        #expect(verdict.result == .pass)
        #expect(verdict.policy == nil)
    }

    @Test func `the report tells how it came about`() throws {
        var world = World(["_dmarc.example.com": "v=DMARC1; p=none; sp=reject; t=y"])
        let verdict = try world.judge(from: "a@a.example.com", dkim: "+b.example.com")
        #expect(verdict.recordSource == .organizationalDomain)
        #expect(verdict.organizationalDomain?.text == "example.com")
        #expect(verdict.record?.policy == DMARCRecord.Policy.none)
        #expect(verdict.record?.subdomainPolicy == .reject)
        #expect(verdict.policy == .quarantine)
        #expect(verdict.authorDomain?.text == "a.example.com")
    }
}
