import DMARC
import DNS
import Mail
import Testing

/// The attacks on the author domain of Chen, Paxson and Jiang, "Composition Kills" (USENIX Security 2020, A6 to A13), and
/// of Shen et al., "Weak Links" (USENIX Security 2021). In all of them the sender is attack.com, with SPF and DKIM in
/// order, and wants to be taken for legitimate.com.
@Suite struct AuthorAttackTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let header: [HeaderField]
        let expected: String

        /// - Parameter fields: with the colon, as in a message.
        init(_ name: String, _ fields: String..., expected: String) {
            self.init(name, octets: fields.map { Array($0.utf8) }, expected: expected)
        }

        init(_ name: String, octets fields: [[UInt8]], expected: String) {
            testDescription = name
            header = fields.map { field in
                let colon = field.firstIndex(of: UInt8(ascii: ":")) ?? field.endIndex
                return HeaderField(name: Array(field[..<colon]), value: Array(field[colon...].dropFirst()))
            }
            self.expected = expected
        }
    }

    static let zone: [String: World.Entry] = [
        "_dmarc.legitimate.com": "v=DMARC1; p=reject", "_dmarc.attack.com": "v=DMARC1; p=none",
    ]

    @Test(arguments: [
        Case(
            "A6: two From fields",
            "From: <first@attack.com>",
            "From: <admin@legitimate.com>",
            expected: "more than one From field"
        ),
        Case(
            "A6: the other way round",
            "From: <admin@legitimate.com>",
            "From: <first@attack.com>",
            expected: "more than one From field"
        ),
        Case(
            "A6: two equal ones",
            "From: <a@attack.com>",
            "From: <a@attack.com>",
            expected: "more than one From field"
        ),
        Case(
            "A6: three, in all cases",
            "FROM: <a@attack.com>",
            "from: <a@attack.com>",
            "From: x",
            expected: "more than one From field"
        ),
        Case(
            "A6: one behind a bare CR",
            "Subject: x\rFrom : <admin@legitimate.com>",
            "From: <first@attack.com>",
            expected: "more than one From field"
        ),
        Case(
            "A6: one behind a bare LF",
            "From: <first@attack.com>",
            "Subject: x\nFrom: <admin@legitimate.com>",
            expected: "more than one From field"
        ),
        Case("A6: one of them without address", "From: <a@attack.com>", "From: ", expected: "more than one From field"),
        Case(
            "A7: a space before the colon",
            "From : <a@attack.com>",
            "From: <admin@legitimate.com>",
            expected: "more than one From field"
        ),
        Case(
            "A7: a tab before the colon",
            "From\t: <a@attack.com>",
            "From: <admin@legitimate.com>",
            expected: "more than one From field"
        ),
        Case(
            "A7: alone, with a space before the colon",
            "From : <admin@legitimate.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A7: a name that only begins so",
            "From-: <admin@legitimate.com>",
            "From: <a@attack.com>",
            expected: "pass attack.com"
        ),
        Case("A8: Sender instead of From", "Sender: <admin@legitimate.com>", expected: "no From field"),
        Case("A8: Resent-From instead of From", "Resent-From: <a@attack.com>", expected: "no From field"),
        Case(
            "A8: Sender beside a From without address",
            "From: x",
            "Sender: <a@attack.com>",
            expected: "From is not a list of mailboxes"
        ),
        Case("A8: an empty From", "From:", "Sender: <a@attack.com>", expected: "the From field is empty"),
        Case(
            "A8: Sender beside From",
            "From: <a@attack.com>",
            "Sender: <admin@legitimate.com>",
            expected: "pass attack.com"
        ),
        Case(
            "A9: two mailboxes",
            "From: <first@attack.com>, <admin@legitimate.com>",
            expected: "more than one domain in From"
        ),
        Case(
            "A9: the other way round",
            "From: <admin@legitimate.com>, <first@attack.com>",
            expected: "more than one domain in From"
        ),
        Case(
            "A9: with Sender",
            "From: a@attack.com, b@legitimate.com",
            "Sender: a@attack.com",
            expected: "more than one domain in From"
        ),
        Case("A9: two of one domain", "From: a@attack.com, b@ATTACK.com", expected: "pass attack.com"),
        Case(
            "A9: a domain and its subdomain",
            "From: a@attack.com, b@x.attack.com",
            expected: "more than one domain in From"
        ),
        Case(
            "A9: a domain and a literal",
            "From: a@attack.com, b@[192.0.2.1]",
            expected: "more than one domain in From"
        ),
        Case(
            "A9: a group of two",
            "From: g: a@attack.com, b@legitimate.com;",
            expected: "more than one domain in From"
        ),
        Case("A9: an empty group", "From: group:;", expected: "no mailbox in From"),
        Case("A9: an empty group and a mailbox", "From: group:;, <a@attack.com>", expected: "pass attack.com"),
        Case(
            "A9: an address as group name",
            "From: \"admin@legitimate.com\": a@attack.com;",
            expected: "permerror attack.com"
        ),
        Case(
            "A10: an encoded-word that hides an address",
            "From:=?utf-8?B?PGFkbWluQGxlZ2l0aW1hdGUuY29tPg==?=,<second@attack.com>",
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "A10: an encoded-word that hides an address, alone",
            "From: =?utf-8?B?PGFkbWluQGxlZ2l0aW1hdGUuY29tPg==?=",
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "A10: an encoded-word as display name",
            "From: =?utf-8?B?PGFkbWluQGxlZ2l0aW1hdGUuY29tPg==?= <second@attack.com>",
            expected: "pass attack.com"
        ),
        Case(
            "A10: an encoded-word that swallows a comment",
            "From: =?utf-8?q?(?= <admin@legitimate.com> ) <second@attack.com>",
            expected: "permerror attack.com"
        ),
        Case(
            "A10: an encoded-word as local part",
            "From: <=?utf-8?Q?admin=40legitimate.com?=@attack.com>",
            expected: "encoded-word in an address in From"
        ),
        Case("A11: a route", "From: <@attack.com,@any.com:admin@legitimate.com>", expected: "source route in From"),
        Case("A11: the other way round", "From: <@legitimate.com:a@attack.com>", expected: "source route in From"),
        Case(
            "A12: a quoted-pair outside quotes",
            #"From: <admin@legitimate.com>\,<second@attack.com>"#,
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "A12: before it",
            #"From: \<admin@legitimate.com\>, <second@attack.com>"#,
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "A13: bare, then in angle brackets",
            "From: admin@legitimate.com,<second@attack.com>",
            expected: "more than one domain in From"
        ),
        Case(
            "A13: angle brackets, then bare",
            "From: <any@attack.com>admin@legitimate.com",
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "A13: bare, then angle brackets, no comma",
            "From: admin@legitimate.com <any@attack.com>",
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "A13: two angle brackets",
            "From: <admin@legitimate.com><any@attack.com>",
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "A13: angle brackets in angle brackets",
            "From: <admin@legitimate.com<any@attack.com>>",
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "a comment in the domain",
            "From: <a@legitimate.com(x).attack.com>",
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "a comment that opens in the domain",
            "From: <a@legitimate.com(.attack.com>",
            expected: "unterminated comment in From"
        ),
        Case("a comment in angle brackets", "From: <a@attack.com (x)>", expected: "pass attack.com"),
        Case("an address in it", "From: <a@attack.com (@legitimate.com)>", expected: "permerror attack.com"),
        Case("a comment between", "From: a(<admin@legitimate.com>)@attack.com", expected: "permerror attack.com"),
        Case("a comment behind", "From: a@attack.com (admin@legitimate.com)", expected: "pass attack.com"),
        Case(
            "an address in the display name",
            "From: \"admin@legitimate.com\" <a@attack.com>",
            expected: "pass attack.com"
        ),
        Case(
            "an address in the local part",
            "From: <\"admin@legitimate.com\"@attack.com>",
            expected: "permerror attack.com"
        ),
        Case("a bracket there", #"From: "admin@legitimate.com> "@attack.com"#, expected: "permerror attack.com"),
        Case("in one of two", #"From: a@attack.com, "<admin"@attack.com"#, expected: "permerror attack.com"),
        Case("a quoted local part", "From: <\"a b, c\"@attack.com>", expected: "pass attack.com"),
        Case("the attacker's own there", #"From: "a@attack.com"@legitimate.com"#, expected: "fail legitimate.com"),
        Case("two at signs", "From: <admin@legitimate.com@attack.com>", expected: "From is not a list of mailboxes"),
        Case(
            "a space in the domain",
            "From: <admin@legitimate.com .attack.com>",
            expected: "From is not a list of mailboxes"
        ),
        Case(
            "a fold in the domain",
            "From: <admin@legitimate.com\n .attack.com>",
            expected: "From is not a list of mailboxes"
        ),
        Case("a trailing dot", "From: <admin@legitimate.com.>", expected: "From is not a list of mailboxes"),
        Case(
            "a NUL",
            "From: <admin@legitimate.com\0.attack.com>",
            expected: "octets in From that are neither text nor UTF-8"
        ),
        Case(
            "an octet that is no UTF-8",
            octets: [Array("From: <a@legitimate.com".utf8) + [0xFF] + Array("attack.com>".utf8)],
            expected: "octets in From that are neither text nor UTF-8"
        ),
        Case(
            "a bare CR",
            "From: <a@attack.com>\r<admin@legitimate.com>",
            expected: "octets in From that are neither text nor UTF-8"
        ),
        Case(
            "a right-to-left override",
            "From: <a@\u{202E}moc.etamitigel>",
            expected: "From has a domain that is none"
        ),
        Case("one before", "From: <\u{202E}moc.etamitigel@nimda.attack.com>", expected: "permerror nimda.attack.com"),
        Case("a look-alike letter", "From: <admin@legit\u{456}mate.com>", expected: "none xn--legitmate-z9h.com"),
        Case("a full-width at sign", "From: <admin\u{FF20}legitimate.com@attack.com>", expected: "pass attack.com"),
        Case("a full-width dot", "From: <admin@legitimate\u{FF0E}com>", expected: "From has a domain that is none"),
        Case("an apostrophe", "From: <a@legitimate.com'.attack.com>", expected: "From has a domain that is none"),
        Case("a literal alone", "From: <admin@[192.0.2.1]>", expected: "no domain in From"),
        Case("the honest message of the attacker", "From: <a@attack.com>", expected: "pass attack.com"),
        Case("the plain forgery", "From: <admin@legitimate.com>", expected: "fail legitimate.com"),
        Case("a subdomain of the victim", "From: <admin@mail.legitimate.com>", expected: "fail mail.legitimate.com"),
    ])
    func `nobody is taken for another`(_ given: Case) throws {
        var world = World(Self.zone)
        let verdict = try world.judge(given.header, spf: "+attack.com", dkim: "+attack.com")
        if let domain = verdict.authorDomain {
            #expect("\(verdict.result) \(domain)" == given.expected)
            #expect(verdict.result != .pass || domain.text == "attack.com")
        } else {
            #expect(verdict.result == .permerror)
            #expect(verdict.reason == given.expected)
            #expect(world.asked.isEmpty)
        }
    }
}
