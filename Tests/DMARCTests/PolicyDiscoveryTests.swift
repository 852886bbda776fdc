import DMARC
import DNS
import Mail
import Testing

/// Which record applies, and which of its policies (RFC 9989, 4.10 and 4.10.1).
@Suite struct PolicyDiscoveryTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let author: String
        let zone: [String: World.Entry]
        let expected: String

        init(_ name: String, _ author: String, _ zone: [String: World.Entry], _ expected: String) {
            testDescription = name
            self.author = author
            self.zone = zone
            self.expected = expected
        }
    }

    static let reject: World.Entry = "v=DMARC1; p=reject"

    private static let places = [
        Case("no record", "example.com", ["example.com": .noData], "none"),
        Case("no domain", "example.com", [:], "none"),
        Case("a record at the domain", "example.com", ["_dmarc.example.com": reject], "fail reject example.com"),
        Case("one at the parent", "a.example.com", ["_dmarc.example.com": reject], "fail reject example.com"),
        Case("one far above", "a.b.c.example.com", ["_dmarc.example.com": reject], "fail reject example.com"),
        Case(
            "the author domain's own counts most",
            "a.example.com",
            ["_dmarc.a.example.com": "v=DMARC1; p=none", "_dmarc.example.com": reject],
            "fail none a.example.com"
        ),
        Case(
            "the author domain's p, never its sp",
            "a.example.com",
            ["_dmarc.a.example.com": "v=DMARC1; p=none; sp=reject; np=reject"],
            "fail none a.example.com"
        ),
        Case(
            "the organizational domain, not a parent between",
            "a.mail.example.com",
            ["_dmarc.mail.example.com": reject, "_dmarc.example.com": "v=DMARC1; p=quarantine"],
            "fail quarantine example.com"
        ),
        Case(
            "psd=n makes a parent the organizational domain",
            "a.mail.example.com",
            ["_dmarc.mail.example.com": "v=DMARC1; p=reject; psd=n", "_dmarc.example.com": "v=DMARC1; p=none"],
            "fail reject mail.example.com"
        ),
        Case(
            "a public suffix's record if the organizational domain has none",
            "a.mail.example.com",
            ["_dmarc.com": "v=DMARC1; p=reject; psd=y"],
            "fail reject com"
        ),
        Case(
            "no public suffix's record if the organizational domain has one",
            "a.example.com",
            ["_dmarc.com": "v=DMARC1; p=reject; psd=y", "_dmarc.example.com": "v=DMARC1; p=none"],
            "fail none example.com"
        ),
        Case(
            "a public suffix's sp",
            "example.com",
            ["example.com": .noData, "_dmarc.com": "v=DMARC1; p=reject; sp=quarantine; np=none; psd=y"],
            "fail quarantine com"
        ),
        Case(
            "a public suffix's np",
            "example.com",
            ["_dmarc.com": "v=DMARC1; p=none; sp=quarantine; np=reject; psd=y"],
            "fail reject com"
        ),
        Case(
            "a public suffix as author, by its own record",
            "co.example",
            ["_dmarc.co.example": "v=DMARC1; p=reject; sp=none; psd=y"],
            "fail reject co.example"
        ),
        Case(
            "a record of a parent between is not used below a public suffix",
            "a.mail.example.com",
            ["_dmarc.mail.example.com": "v=DMARC1; p=quarantine", "_dmarc.com": "v=DMARC1; p=reject; psd=y"],
            "fail reject com"
        ),
        Case(
            "a record at the top-level domain that is no public suffix",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none", "_dmarc.com": "v=DMARC1; p=reject; sp=quarantine"],
            "fail quarantine com"
        ),
        Case("a top-level domain as author", "example", ["_dmarc.example": reject], "fail reject example"),
        Case("records below the author do not count", "example.com", ["_dmarc.a.example.com": reject], "none"),
        Case(
            "no record is found between a long name and its last seven labels",
            "mail.a.b.c.d.e.f.g.example.com",
            ["_dmarc.b.c.d.e.f.g.example.com": "v=DMARC1; p=reject; psd=n"],
            "none"
        ),
        Case(
            "the first of the last seven labels is visited",
            "mail.a.b.c.d.e.f.g.example.com",
            ["_dmarc.c.d.e.f.g.example.com": "v=DMARC1; p=reject; psd=n"],
            "fail reject c.d.e.f.g.example.com"
        ),
        Case(
            "a long name's own record is always found",
            "mail.a.b.c.d.e.f.g.example.com",
            ["_dmarc.mail.a.b.c.d.e.f.g.example.com": reject],
            "fail reject mail.a.b.c.d.e.f.g.example.com"
        ),
        Case(
            "all of eight labels are visited",
            "a.b.c.d.e.f.example.com",
            ["_dmarc.b.c.d.e.f.example.com": "v=DMARC1; p=reject; psd=n"],
            "fail reject b.c.d.e.f.example.com"
        ),
        Case("an upper-case author", "EXAMPLE.Com", ["_dmarc.example.com": reject], "fail reject example.com"),
        Case(
            "a U-label",
            "bücher.example",
            ["_dmarc.xn--bcher-kva.example": reject],
            "fail reject xn--bcher-kva.example"
        ),
        Case(
            "an A-label",
            "xn--bcher-kva.example",
            ["_dmarc.xn--bcher-kva.example": reject],
            "fail reject xn--bcher-kva.example"
        ),
        Case(
            "a name before which _dmarc does not fit",
            String(repeating: "abcdefghi.", count: 24) + "example.com",
            ["_dmarc.example.com": reject],
            "fail reject example.com"
        ),
    ]

    private static let failures = [
        Case("no answer at the author domain", "example.com", ["_dmarc.example.com": .servfail], "temperror"),
        Case("a time-out at the author domain", "example.com", ["_dmarc.example.com": .timeout], "temperror"),
        Case(
            "a refusal at the author domain",
            "example.com",
            ["_dmarc.example.com": .failure(.refused)],
            "temperror"
        ),
        Case(
            "no answer at the author domain, a record above",
            "a.example.com",
            ["_dmarc.a.example.com": .servfail, "_dmarc.example.com": reject],
            "temperror"
        ),
        Case("no answer at the parent", "a.example.com", ["_dmarc.example.com": .servfail], "temperror"),
        Case("no answer at the top-level domain", "example.com", ["_dmarc.com": .servfail], "temperror"),
        Case(
            "no answer above the author domain's record",
            "a.example.com",
            ["_dmarc.a.example.com": reject, "_dmarc.example.com": .servfail, "_dmarc.com": .timeout],
            "fail reject a.example.com"
        ),
        Case(
            "no answer above a record with psd=n",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject; psd=n", "_dmarc.com": .servfail],
            "fail reject example.com"
        ),
        Case(
            "no answer above a record that the next one might overrule",
            "a.example.com",
            ["_dmarc.example.com": reject, "_dmarc.com": .servfail],
            "temperror"
        ),
        Case(
            "no answer whether the domain exists",
            "a.example.com",
            ["a.example.com": .servfail, "_dmarc.example.com": "v=DMARC1; p=none; np=reject"],
            "temperror example.com"
        ),
        Case(
            "no answer whether the domain exists, where it makes no difference",
            "a.example.com",
            ["a.example.com": .servfail, "_dmarc.example.com": "v=DMARC1; p=reject; np=reject"],
            "fail reject example.com"
        ),
    ]

    @Test(arguments: places + records + subdomains + failures)
    func `one record applies, and one of its policies`(_ given: Case) throws {
        var world = World(given.zone)
        let verdict = try world.judge(from: "a@" + given.author)
        #expect(verdict.summary == given.expected)
        #expect(verdict.authorDomain == Domain(internationalized: Array(given.author.utf8)))
        #expect((verdict.reason == nil) == (verdict.result == .pass))
    }
}
