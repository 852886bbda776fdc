import Authentication
import DMARC
import DNS
import SPF
import Testing

/// The attacks that Chen, Paxson and Jiang published with "Composition Kills" (USENIX Security 2020), envelope and all.
/// attack.com is authenticated wherever it can be; the message is to look as if it came from legitimate.com.
@Suite struct PublishedAttacksTests {
    static let zone = [
        "attack.com TXT": ["v=spf1 +all"], "helo.attack.com TXT": ["v=spf1 +all"],
        "any.attack.com TXT": ["v=spf1 +all"],
        "_dmarc.attack.com TXT": ["v=DMARC1; p=none"], "legitimate.com TXT": ["v=spf1 -all"],
        "_dmarc.legitimate.com TXT": ["v=DMARC1; p=reject"],
    ]

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let helo: String
        let mailFrom: String
        let header: String
        let spf: String
        let dmarc: String

        init(
            _ name: String,
            helo: String = "attack.com",
            from mailFrom: String = "<any@attack.com>",
            _ header: String = "From: <admin@legitimate.com>",
            spf: String = "pass smtp.mailfrom=attack.com",
            _ dmarc: String = "fail header.from=legitimate.com policy.dmarc=reject"
        ) {
            testDescription = name
            self.helo = helo
            self.mailFrom = mailFrom
            self.header = header
            self.spf = spf
            self.dmarc = dmarc
        }
    }

    private static let ambiguous = #"none reason="readers may see different domains in MAIL FROM""#
    private static let none = #"permerror reason="no From field""#
    private static let seen =
        #"fail reason="readers may see another author in From" header.from=legitimate.com policy.dmarc=reject"#

    /// The forged address as an encoded-word.
    private static let encoded = "=?utf-8?B?PGFkbWluQGxlZ2l0aW1hdGUuY29tPg==?="

    private static let envelopes = [
        Case(
            "a subdomain that does not exist, HELO that passes",
            helo: "helo.attack.com",
            from: "<any@mailfrom.notexist.legitimate.com>",
            spf: #"none reason="mailfrom.notexist.legitimate.com does not exist" "#
                + "smtp.mailfrom=mailfrom.notexist.legitimate.com"
        ),
        Case("an address that some take for empty", from: "<(any@legitimate.com>", spf: ambiguous),
        Case("a parenthesis in the domain", from: "<any@legitimate.com(a.attack.com>", spf: ambiguous),
        Case("an apostrophe before the at sign", from: "<any@legitimate.com'@any.attack.com>", spf: ambiguous),
        Case("a source route", from: "<@legitimate.com,@any.com:'any@attack.com>"),
    ]

    private static let fields = [
        Case("two From fields", "From: <first@attack.com>\r\nFrom: <admin@legitimate.com>", seen),
        Case("one From field behind a space", " From: <first@attack.com>\r\nFrom: <admin@legitimate.com>", none),
        Case("the forged one behind a space", " From: <admin@legitimate.com>\r\nFrom: <first@attack.com>", none),
        Case("one with a space before the colon", "From: <first@attack.com>\r\nFrom : <admin@legitimate.com>", seen),
        Case("one with a fold before the colon", "From\r\n : <first@attack.com>\r\nFrom: <admin@legitimate.com>", none),
        Case("Sender only", "From\r\n : <first@attack.com>\r\nSender: <admin@legitimate.com>", none),
        Case("Resent-From only", "From\r\n : <first@attack.com>\r\nResent-From: <admin@legitimate.com>", none),
        Case("two mailboxes", "From: <first@attack.com>, <admin@legitimate.com>", seen),
        Case("an encoded mailbox", "From:\(encoded),<second@attack.com>", seen),
        Case(
            "a route in From",
            "From: <@attack.com,@any.com:admin@legitimate.com>",
            seen
        ),
        Case("a quoted-pair between mailboxes", #"From: <admin@legitimate.com>\,<second@attack.com>"#, seen),
        Case("a bare mailbox first", "From: admin@legitimate.com,<second@attack.com>", seen),
        Case("a bare mailbox behind", "From: <any@attack.com>admin@legitimate.com", seen),
    ]

    @Test(arguments: envelopes + fields)
    func `nobody from attack.com is taken for legitimate.com`(_ given: Case) throws {
        var world = World(zone: Self.zone)
        world.policy.checks = [.spf, .dkim, .dmarc]
        world.helo = given.helo
        world.mailFrom = given.mailFrom
        let field = try #require(world.judge(given.header + "\r\nTo: <bob@example.org>\r\n\r\nHi\r\n")?.field)
        #expect(field == "mx.example.org; spf=\(given.spf); dkim=none; dmarc=\(given.dmarc)")
    }

    /// The names in the signatures were made for readers that stop at a NUL or at a quote.
    @Test(arguments: [
        ("d=legitimate.com; s=selector._domainkey.attack.com.\0.any", "control character in a tag value"),
        ("d=legitimate.com'a.attack.com; s=selector", "d= is not a domain name"),
        ("d=legitimate.com(.attack.com; s=selector", "d= is not a domain name"),
        ("d=legitimate.com\"=(.attack.com; s=selector", "d= is not a domain name"),
    ])
    func `a signature's names are read whole`(_ names: String, _ reason: String) throws {
        var world = World(zone: Self.zone)
        world.policy.checks = [.dkim, .dmarc]
        let outcome = try #require(
            world.judge(
                "DKIM-Signature: v=1; a=rsa-sha256; \(names); h=from; bh=AAAA; b=AAAA\r\n"
                    + "From: <admin@legitimate.com>\r\n\r\nHi\r\n"
            )
        )
        #expect(outcome.field?.contains(#"dkim=neutral reason="\#(reason)";"#) == true, "\(outcome.field ?? "")")
        #expect(outcome.judgement.verdicts.dmarc?.result != .pass)
        #expect(!outcome.questions.contains { $0.name.text.contains("_domainkey") })
    }

    /// Who has an account at a provider and writes under another's name is known to the provider by SMTP AUTH alone.
    @Test(arguments: [
        "From: <attacker@example.com>\r\nFrom: <admin@example.com>",
        "From: <attacker@example.com>, <admin@example.com>",
        "From: <admin@example.com>",
    ])
    func `a submission vouches for no author`(_ header: String) throws {
        var world = World(zone: ["example.com TXT": ["v=spf1 +all"], "_dmarc.example.com TXT": ["v=DMARC1; p=reject"]])
        world.mailFrom = "<attacker@example.com>"
        world.submission = Submission(identity: Array("attacker@example.com".utf8))
        let field = try #require(world.judge(header + "\r\n\r\nHi\r\n")?.field)
        #expect(field == "mx.example.org; auth=pass smtp.auth=attacker@example.com")
    }
}
