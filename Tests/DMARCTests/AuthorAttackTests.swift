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
            expected: "fail legitimate.com"
        ),
        Case(
            "A6: the other way round",
            "From: <admin@legitimate.com>",
            "From: <first@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A6: two equal ones",
            "From: <a@attack.com>",
            "From: <a@attack.com>",
            expected: "pass attack.com"
        ),
        Case(
            "A6: three, in all cases",
            "FROM: <a@attack.com>",
            "from: <a@attack.com>",
            "From: x",
            expected: "fail attack.com"
        ),
        Case(
            "A6: one behind a bare CR",
            "Subject: x\rFrom : <admin@legitimate.com>",
            "From: <first@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A6: one behind a bare LF",
            "From: <first@attack.com>",
            "Subject: x\nFrom: <admin@legitimate.com>",
            expected: "fail legitimate.com"
        ),
        Case("A6: one of them without address", "From: <a@attack.com>", "From: ", expected: "fail attack.com"),
        Case(
            "A7: a space before the colon",
            "From : <a@attack.com>",
            "From: <admin@legitimate.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A7: a tab before the colon",
            "From\t: <a@attack.com>",
            "From: <admin@legitimate.com>",
            expected: "fail legitimate.com"
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
            expected: "no domain in From"
        ),
        Case("A8: an empty From", "From:", "Sender: <a@attack.com>", expected: "no domain in From"),
        Case(
            "A8: Sender beside From",
            "From: <a@attack.com>",
            "Sender: <admin@legitimate.com>",
            expected: "pass attack.com"
        ),
        Case(
            "A9: two mailboxes",
            "From: <first@attack.com>, <admin@legitimate.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A9: the other way round",
            "From: <admin@legitimate.com>, <first@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A9: with Sender",
            "From: a@attack.com, b@legitimate.com",
            "Sender: a@attack.com",
            expected: "fail legitimate.com"
        ),
        Case("A9: two of one domain", "From: a@attack.com, b@ATTACK.com", expected: "pass attack.com"),
        Case(
            "A9: a domain and its subdomain",
            "From: a@attack.com, b@x.attack.com",
            expected: "fail attack.com"
        ),
        Case(
            "A9: a domain and a literal",
            "From: a@attack.com, b@[192.0.2.1]",
            expected: "fail attack.com"
        ),
        Case(
            "A9: a group of two",
            "From: g: a@attack.com, b@legitimate.com;",
            expected: "fail legitimate.com"
        ),
        Case("A9: an empty group", "From: group:;", expected: "no domain in From"),
        Case("A9: an empty group and a mailbox", "From: group:;, <a@attack.com>", expected: "pass attack.com"),
        Case(
            "A9: an address as group name",
            "From: \"admin@legitimate.com\": a@attack.com;",
            expected: "fail legitimate.com"
        ),
        Case(
            "A10: an encoded-word that hides an address",
            "From:=?utf-8?B?PGFkbWluQGxlZ2l0aW1hdGUuY29tPg==?=,<second@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A10: an encoded-word that hides an address, alone",
            "From: =?utf-8?B?PGFkbWluQGxlZ2l0aW1hdGUuY29tPg==?=",
            expected: "fail legitimate.com"
        ),
        Case(
            "A10: an encoded-word as display name",
            "From: =?utf-8?B?PGFkbWluQGxlZ2l0aW1hdGUuY29tPg==?= <second@attack.com>",
            expected: "pass attack.com"
        ),
        Case(
            "A10: an encoded-word that swallows a comment",
            "From: =?utf-8?q?(?= <admin@legitimate.com> ) <second@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A10: an encoded-word as local part",
            "From: <=?utf-8?Q?admin=40legitimate.com?=@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case("A11: a route", "From: <@attack.com,@any.com:admin@legitimate.com>", expected: "fail legitimate.com"),
        Case("A11: the other way round", "From: <@legitimate.com:a@attack.com>", expected: "fail legitimate.com"),
        Case(
            "A12: a quoted-pair outside quotes",
            #"From: <admin@legitimate.com>\,<second@attack.com>"#,
            expected: "fail legitimate.com"
        ),
        Case(
            "A12: before it",
            #"From: \<admin@legitimate.com\>, <second@attack.com>"#,
            expected: "fail legitimate.com"
        ),
        Case(
            "A13: bare, then in angle brackets",
            "From: admin@legitimate.com,<second@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A13: angle brackets, then bare",
            "From: <any@attack.com>admin@legitimate.com",
            expected: "fail legitimate.com"
        ),
        Case(
            "A13: bare, then angle brackets, no comma",
            "From: admin@legitimate.com <any@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A13: two angle brackets",
            "From: <admin@legitimate.com><any@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "A13: angle brackets in angle brackets",
            "From: <admin@legitimate.com<any@attack.com>>",
            expected: "fail legitimate.com"
        ),
        Case(
            "a comment in the domain",
            "From: <a@legitimate.com(x).attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "a comment that opens in the domain",
            "From: <a@legitimate.com(.attack.com>",
            expected: "fail legitimate.com"
        ),
        Case("a comment in angle brackets", "From: <a@attack.com (x)>", expected: "pass attack.com"),
        Case("an address in it", "From: <a@attack.com (@legitimate.com)>", expected: "fail legitimate.com"),
        Case("a comment between", "From: a(<admin@legitimate.com>)@attack.com", expected: "fail legitimate.com"),
        Case("a comment behind", "From: a@attack.com (admin@legitimate.com)", expected: "pass attack.com"),
        Case(
            "an address in the display name",
            "From: \"admin@legitimate.com\" <a@attack.com>",
            expected: "pass attack.com"
        ),
        Case(
            "an address in the local part",
            "From: <\"admin@legitimate.com\"@attack.com>",
            expected: "fail legitimate.com"
        ),
        Case("a bracket there", #"From: "admin@legitimate.com> "@attack.com"#, expected: "fail legitimate.com"),
        Case("in one of two", #"From: a@attack.com, "<admin"@attack.com"#, expected: "pass attack.com"),
        Case("a quoted local part", "From: <\"a b, c\"@attack.com>", expected: "pass attack.com"),
        Case("the attacker's own there", #"From: "a@attack.com"@legitimate.com"#, expected: "fail legitimate.com"),
        Case("two at signs", "From: <admin@legitimate.com@attack.com>", expected: "fail legitimate.com"),
        Case(
            "a space in the domain",
            "From: <admin@legitimate.com .attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "a fold in the domain",
            "From: <admin@legitimate.com\n .attack.com>",
            expected: "fail legitimate.com"
        ),
        Case("a trailing dot", "From: <admin@legitimate.com.>", expected: "fail legitimate.com"),
        Case(
            "a NUL",
            "From: <admin@legitimate.com\0.attack.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "an octet that is no UTF-8",
            octets: [Array("From: <a@legitimate.com".utf8) + [0xFF] + Array("attack.com>".utf8)],
            expected: "fail legitimate.com"
        ),
        Case(
            "a bare CR",
            "From: <a@attack.com>\r<admin@legitimate.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "a right-to-left override",
            "From: <a@\u{202E}moc.etamitigel>",
            expected: "fail legitimate.com"
        ),
        Case("one before", "From: <\u{202E}moc.etamitigel@nimda.attack.com>", expected: "fail legitimate.com"),
        Case("a look-alike letter", "From: <admin@legit\u{456}mate.com>", expected: "none xn--legitmate-z9h.com"),
        Case("a full-width at sign", "From: <admin\u{FF20}legitimate.com@attack.com>", expected: "pass attack.com"),
        Case("a full-width dot", "From: <admin@legitimate\u{FF0E}com>", expected: "fail legitimate.com"),
        Case("an apostrophe", "From: <a@legitimate.com'.attack.com>", expected: "fail legitimate.com"),
        Case("a literal alone", "From: <admin@[192.0.2.1]>", expected: "no domain in From"),
        Case("an address as a bare name", "From: admin@legitimate.com <a@attack.com>", expected: "fail legitimate.com"),
        Case(
            "the attacker's as a bare name",
            "From: a@attack.com <admin@legitimate.com>",
            expected: "fail legitimate.com"
        ),
        Case(
            "a quoted name as a list member",
            #"From: "admin@legitimate.com", x <a@attack.com>"#,
            expected: "fail legitimate.com"
        ),
        Case("an address in a comment alone", "From: (admin@legitimate.com)", expected: "fail legitimate.com"),
        Case("in quotes alone", #"From: "admin@legitimate.com""#, expected: "fail legitimate.com"),
        Case("in quotes, with an empty address", #"From: "admin@legitimate.com" <>"#, expected: "fail legitimate.com"),
        Case(
            "odd dots, and a comment",
            "From: a..b@attack.com (admin@legitimate.com)",
            expected: "fail legitimate.com"
        ),
        Case("spaces in the domain", "From: admin@legit imate.com", expected: "fail legitimate.com"),
        Case(
            "a space that makes another",
            "From: a@attack.com.legit imate.com",
            expected: "fail attack.com.legitimate.com"
        ),
        Case("a space in the top-level domain", "From: a@legitimate.co m", expected: "fail legitimate.com"),
        Case("a bracket in the domain", "From: <admin@legit<imate.com>", expected: "fail legitimate.com"),
        Case("a bracket before it", "From: admin@>legitimate.com", expected: "fail legitimate.com"),
        Case("dots at odd places", "From: <..admin..@.legitimate..com.>", expected: "fail legitimate.com"),
        Case("no closing bracket", "From: x <admin@legitimate.com", expected: "fail legitimate.com"),
        Case("no opening one", "From: admin@legitimate.com>", expected: "fail legitimate.com"),
        Case("an unclosed quote", #"From: "x <admin@legitimate.com>"#, expected: "fail legitimate.com"),
        Case("an unclosed comment", "From: (x <admin@legitimate.com>", expected: "fail legitimate.com"),
        Case("empty list members", "From: ,, <admin@legitimate.com>,", expected: "fail legitimate.com"),
        Case(
            "a domain literal that is a name",
            "From: a@[legitimate.com], a@attack.com",
            expected: "fail legitimate.com"
        ),
        Case(
            "a name too long for the DNS",
            "From: a@\(String(repeating: "x", count: 64)).legitimate.com",
            expected: "fail legitimate.com"
        ),
        Case("an encoded domain", "From: a@=?utf-8?q?legitimate.com?=", expected: "fail legitimate.com"),
        Case(
            "UTF-16",
            "From: =?utf-16le?b?YQBkAG0AaQBuAEAAbABlAGcAaQB0AGkAbQBhAHQAZQAuAGMAbwBtAA==?=, a@attack.com",
            expected: "fail legitimate.com"
        ),
        Case(
            "a word in a word",
            "From: =?x?b?=?utf-8?q?admin=40legitimate.com?=, a@attack.com",
            expected: "fail legitimate.com"
        ),
        Case(
            "a word of several",
            "From: =?utf-8?q?admin=40legit?= =?utf-8?q?imate.com?=, a@attack.com",
            expected: "fail legitimate.com"
        ),
        Case(
            "a thousand of the attacker's domains first",
            "From: " + (0..<1000).map { "a@x\($0).attack.com, " }.joined() + "a@legitimate.com",
            expected: "fail more than 8 domains in From"
        ),
        Case(
            "the victim first among them",
            "From: a@legitimate.com, " + (0..<1000).map { "a@x\($0).attack.com, " }.joined(),
            expected: "fail legitimate.com"
        ),
        Case(
            "a thousand From fields",
            octets: (0..<1000).map { Array("From: a@x\($0).attack.com".utf8) },
            expected: "fail more than 8 domains in From"
        ),
        Case("an address and a name beside it", "From: a@attack.com <a@attack.com>", expected: "pass attack.com"),
        Case("text behind it", "From: a@attack.com sales <a@attack.com>", expected: "pass attack.com"),
        Case("an at sign in the name", "From: Ann @ Work <a@attack.com>", expected: "pass attack.com"),
        Case("a comma in the name", "From: Foo, Inc. <a@attack.com>", expected: "pass attack.com"),
        Case(
            "Latin-1 in the name",
            octets: [Array("From: J".utf8) + [0xF6] + Array("rg <a@attack.com>".utf8)],
            expected: "pass attack.com"
        ),
        Case(
            "Latin-1 in quotes with another address",
            octets: [Array("From: \"J".utf8) + [0xF6] + Array("rg (x@legitimate.com)\" <a@attack.com>".utf8)],
            expected: "pass attack.com"
        ),
        Case(
            "Latin-1 in the domain",
            octets: [Array("From: a@b".utf8) + [0xFC] + Array("cher.attack.com".utf8)],
            expected: "fail xn--bcher-kva.attack.com"
        ),
        Case("dots in the local part", "From: try..this..0511@attack.com", expected: "pass attack.com"),
        Case("the obsolete forms", "From: a . b (x) @ attack (y) . com", expected: "pass attack.com"),
        Case("a space in the name of one label", "From: a@attack . com", expected: "pass attack.com"),
        Case("brackets in the name", "From: [Ann] <a@attack.com>", expected: "pass attack.com"),
        Case("a semicolon", "From: Ann; <a@attack.com>;", expected: "pass attack.com"),
        Case("a group without end", "From: g: a@attack.com", expected: "pass attack.com"),
        Case("a URL", "From: <mailto:a@attack.com>", expected: "pass attack.com"),
        Case("two brackets", "From: <<a@attack.com>>", expected: "pass attack.com"),
        Case("apostrophes", "From: 'a@attack.com' <a@attack.com>", expected: "pass attack.com"),
        Case("an empty address behind it", "From: Ann <a@attack.com>, <>", expected: "pass attack.com"),
        Case("a CR at its end", "From: Ann <a@attack.com>\r", expected: "pass attack.com"),
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
            #expect(domain.text != "legitimate.com" || verdict.policy == .reject)
        } else if verdict.result == .fail {
            #expect("fail \(verdict.reason ?? "")" == given.expected)
            #expect(verdict.policy == .reject)
        } else {
            #expect(verdict.result == .permerror)
            #expect(verdict.reason == given.expected)
            #expect(world.asked.isEmpty)
        }
    }
}
