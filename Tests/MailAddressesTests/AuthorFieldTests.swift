import DNS
import Mail
import MailAddresses
import Testing

@Suite struct AuthorFieldTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let value: [UInt8]
        /// The mailboxes, or what is wrong.
        let expected: String

        init(_ name: String, _ value: String, _ expected: String) {
            self.init(name, octets: Array(value.utf8), expected)
        }

        init(_ name: String, octets: [UInt8], _ expected: String) {
            testDescription = name
            value = octets
            self.expected = expected
        }

        init(_ name: String, _ value: String, _ defect: AuthorField.Defect) {
            self.init(name, octets: Array(value.utf8), defect.rawValue)
        }

        init(_ name: String, octets: [UInt8], _ defect: AuthorField.Defect) {
            self.init(name, octets: octets, defect.rawValue)
        }
    }

    private static let mailboxes = [
        Case("an addr-spec", " a@example.com", "a@example.com"),
        Case("no space before it", "a@example.com", "a@example.com"),
        Case("white space behind it", " a@example.com \t", "a@example.com"),
        Case("an angle-addr", " <a@example.com>", "a@example.com"),
        Case("a display name", " Alice <a@example.com>", "a@example.com"),
        Case("a display name of words", " Alice B Carol <a@example.com>", "a@example.com"),
        Case("a display name without space", "Alice<a@example.com>", "a@example.com"),
        Case("dots in the display name", " John Q. Public <a@example.com>", "a@example.com"),
        Case("a quoted display name", #" "Public, John" <a@example.com>"#, "a@example.com"),
        Case("quoted and bare words", #" John "Q." Public <a@example.com>"#, "a@example.com"),
        Case("an address in quotes before it", #" "admin@legit.example" <a@example.com>"#, "a@example.com"),
        Case("angle brackets in quotes", #" "<admin@legit.example>" <a@example.com>"#, "a@example.com"),
        Case("a quoted-pair in quotes", #" "a\"b" <a@example.com>"#, "a@example.com"),
        Case("an encoded-word as display name", " =?utf-8?Q?a=40b?= <a@example.com>", "a@example.com"),
        Case("UTF-8 in the display name", " Älice <a@example.com>", "a@example.com"),
        Case("UTF-8 in the local part", " älice@example.com", "älice@example.com"),
        Case("a comment before", " (admin@legit.example) a@example.com", "a@example.com"),
        Case("a comment behind", " a@example.com (Alice)", "a@example.com"),
        Case("comments in comments", " ((a)((b))) a@example.com (c(d(e)))", "a@example.com"),
        Case("a quoted-pair in a comment", #" (\)\() a@example.com"#, "a@example.com"),
        Case("a quote in a comment", #" (") a@example.com"#, "a@example.com"),
        Case("a comment that looks like an address", " Alice (<b@legit.example>) <a@example.com>", "a@example.com"),
        Case("white space around the at sign", " a @ example.com", "a@example.com"),
        Case("comments around the at sign", " a (x) @ (y) example.com", "a@example.com"),
        Case("white space in the angle brackets", " < a@example.com >", "a@example.com"),
        Case("a fold", "\n a@example.com", "a@example.com"),
        Case("a fold behind the display name", " Alice\n\t<a@example.com>", "a@example.com"),
        Case("a fold in a comment and in quotes", " (a\n b) \"c\n d\" <a@example.com>", "a@example.com"),
        Case("a quoted local part", #" "a b"@example.com"#, #""a b"@example.com"#),
        Case("an at sign in the local part", #" <"a@legit.example"@example.com>"#, #""a@legit.example"@example.com"#),
        Case("an empty quoted local part", #" ""@example.com"#, #"""@example.com"#),
        Case("a dot-atom", " a.b.c@example.com", "a.b.c@example.com"),
        Case("atext of all kinds", " !#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"),
        Case("an upper-case domain", " A@Example.COM", "A@example.com"),
        Case("a U-label", " a@bücher.example", "a@xn--bcher-kva.example"),
        Case("a single label", " root@localhost", "root@localhost"),
        Case("an underscore in the domain", " a@my_host.example.com", "a@my_host.example.com"),
        Case("a domain literal", " a@[192.0.2.1]", "a@-"),
        Case("an IPv6 literal", " <a@[IPv6:2001:db8::1]>", "a@-"),
        Case("two mailboxes", " a@example.com, B <b@example.net>", "a@example.com b@example.net"),
        Case("two without white space", "a@example.com,b@example.com", "a@example.com b@example.com"),
        Case("a group", " Team: a@example.com, B <b@example.com>;", "a@example.com b@example.com"),
        Case("an empty group", " Undisclosed: ;", ""),
        Case("an empty group with a comment", " group:(x);(y)", ""),
        Case("a group and a mailbox", " g: a@example.com;, b@example.net", "a@example.com b@example.net"),
        Case("a quoted group name", #" "g: x": a@example.com;"#, "a@example.com"),
    ]

    private static let defects = [
        Case("nothing", "", .empty),
        Case("white space", " \n ", .empty),
        Case("a comment alone", " (a@example.com)", .empty),
        Case("no address", " Alice", .syntax),
        Case("no domain", " alice@", .syntax),
        Case("no local part", " @example.com", .syntax),
        Case("empty angle brackets", " <>", .syntax),
        Case("a display name and empty angle brackets", " MAILER-DAEMON <>", .syntax),
        Case("an unclosed angle bracket", " <a@example.com", .syntax),
        Case("a closing angle bracket alone", " a@example.com>", .syntax),
        Case("two opening angle brackets", " <<a@example.com>>", .syntax),
        Case("two at signs", " a@b@example.com", .syntax),
        Case("two at signs in angle brackets", " <a@gm@ail.example>", .syntax),
        Case("text behind the angle-addr", " <a@example.com> Alice", .syntax),
        Case("text behind the addr-spec", " a@example.com Alice", .syntax),
        Case("a space in the domain", " a@example .com", .syntax),
        Case("a comment in the domain", " a@legit.example(x).evil.example", .syntax),
        Case("white space around the dots", " a@example . com", .syntax),
        Case("a space in the local part", " a b@example.com", .syntax),
        Case("white space around a local part's dot", " a . b@example.com", .syntax),
        Case("a leading dot", " .a@example.com", .syntax),
        Case("a dot before the at sign", " a.@example.com", .syntax),
        Case("two dots", " a..b@example.com", .syntax),
        Case("a trailing dot", " a@example.com.", .syntax),
        Case("a leading dot in the domain", " a@.example.com", .syntax),
        Case("two dots in the domain", " a@example..com", .syntax),
        Case("a label of 64", " a@" + String(repeating: "a", count: 64) + ".com", .domain),
        Case("a domain of 254", " a@" + String(repeating: "ab.", count: 84) + "ab", .domain),
        Case("an apostrophe in the domain", " a@legit.example'.evil.example", .domain),
        Case("a slash in the domain", " a@legit.example/.evil.example", .domain),
        Case("a percent sign in the domain", " a@legit.example%00.evil.example", .domain),
        Case("a character that IDNA makes a slash", " a@legit.example\u{2100}.evil.example", .domain),
        Case("a bidirectional override in the domain", " a@\u{202E}moc.qq", .domain),
        Case("an ideographic full stop in the domain", " a@legit\u{3002}example.com", .domain),
        Case("a parenthesis in the domain", " a@legit.example(.evil.example", .comment),
        Case("a quote in the domain", " a@legit.example\".evil.example", .syntax),
        Case("a quoted domain", " a@\"example.com\"", .syntax),
        Case("a literal and more", " a@[192.0.2.1].example.com", .syntax),
        Case("an unclosed literal", " a@[192.0.2.1", .syntax),
        Case("an empty element first", " ,a@example.com", .syntax),
        Case("an empty element between", " a@example.com,,b@example.com", .syntax),
        Case("an empty element last", " a@example.com,", .syntax),
        Case("a semicolon between", " a@example.com; b@example.com", .syntax),
        Case("a group in a group", " g: h: a@example.com;;", .syntax),
        Case("a group without end", " g: a@example.com", .syntax),
        Case("a group without name", " : a@example.com;", .syntax),
        Case("a group's end alone", " a@example.com;", .syntax),
        Case("a route", " <@a.example,@b.example:a@example.com>", .sourceRoute),
        Case("a route of one", " <@a.example:a@example.com>", .sourceRoute),
        Case("an empty route", " <,@a.example:a@example.com>", .sourceRoute),
        Case("a quoted-pair outside quotes", #" <a@example.com>\,<b@example.com>"#, .syntax),
        Case("a quoted-pair in an atom", #" a\@b@example.com"#, .syntax),
        Case("a backslash in the domain", #" a@legit.example\.evil.example"#, .syntax),
        Case("an encoded-word alone", " =?utf-8?B?PGFAZXhhbXBsZS5jb20+?=", .syntax),
        Case("an encoded-word as local part", " =?utf-8?Q?a?=@example.com", .encodedWord),
        Case("one inside a local part", " <x=?utf-8?Q?a?=y@example.com>", .encodedWord),
        Case("one in a quoted local part", #" "=?utf-8?Q?a?="@example.com"#, .encodedWord),
        Case("an encoded-word as domain", " a@=?utf-8?Q?example.com?=", .encodedWord),
        Case("an unclosed comment", " (a@example.com", .comment),
        Case("an unclosed comment inside", " a@example.com ((x)", .comment),
        Case("a quoted-pair that ends in a comment", " a@example.com (\\", .comment),
        Case("a closing parenthesis", " a@example.com )", .syntax),
        Case("an unclosed quote", " \"Alice <a@example.com>", .quotedString),
        Case("a quote that a quoted-pair keeps open", #" "Alice\" <a@example.com>"#, .quotedString),
        Case("a NUL in the domain", " a@legit.example\0.evil.example", .octets),
        Case("a NUL in the display name", " A\0 <a@example.com>", .octets),
        Case("a NUL in a comment", " (\0) a@example.com", .octets),
        Case("a NUL in quotes", " \"\0\" <a@example.com>", .octets),
        Case("a bare CR", " a@example.com\r", .octets),
        Case("a line break without white space", " A\n<a@example.com>", .octets),
        Case("a line break at the end", " a@example.com\n", .octets),
        Case("a DEL", " a\u{7F}@example.com", .octets),
        Case(
            "octets that are no UTF-8",
            octets: Array(" a@legit.example".utf8) + [0xFF] + Array("evil.example".utf8),
            .octets
        ),
        Case("Latin-1 in the display name", octets: [0x20, 0xC4] + Array("lice <a@example.com>".utf8), .octets),
    ]

    @Test(arguments: mailboxes + defects)
    func `a From field is read strictly or not at all`(_ given: Case) {
        let result: String
        do {
            result = try AuthorField(given.value).mailboxes
                .map { String(decoding: $0.localPart, as: UTF8.self) + "@" + ($0.domain?.text ?? "-") }
                .joined(separator: " ")
        } catch {
            result = error.rawValue
        }
        #expect(result == given.expected)
    }

    @Test(arguments: [
        ("a@example.com", false), (#""admin@legit.example" <a@example.com>"#, false), ("a@example.com (b@c.d)", false),
        ("(<b@c.d>) a@example.com", false), ("pete (his account) @ (his host) example.com", false),
        (#""a, b"@example.com"#, false), ("g: a@example.com, <b@example.com>;", false),
        ("=?utf-8?q?Bob?= <a@example.com>", false), (#""=?utf-8?q?Bob, (Sales)?=" <a@example.com>"#, false),
        ("=?utf-8?q?Bob_(Sales)?= =?utf-8?q?Inc?= <a@example.com>", false), ("=?utf-8?q?a b?= <a@example.com>", false),
        (#""=?utf-8?q?\"?= x" <a@example.com>"#, false), ("=?utf-8?q? <a@example.com>", false),
        ("=?utf-8?q?(?= <b@c.d> ) <a@example.com>", true), (#""=?utf-8?q?" <a@example.com> (?=" <b@c.d>)"#, true),
        (#""=?utf-8?q?=22" <a@example.com> (?=" <b@c.d>)"#, true), (#""=?utf-8?q?=22?=" <a@example.com>"#, false),
        ("=?utf-8?q?x@example.com (?= <b@c.d>)", true), ("(=?utf-8?q?) a@example.com (?=)", true),
        (#"=?utf-8?q?"?= <b@c.d> " <a@example.com>"#, true), (#"=?utf-8?q?"\?= <b@c.d> " <a@example.com>"#, true),
        ("=?utf-8?q? <a@example.com> (?= <b@c.d>)", true),
        ("\u{202E}d.c@example.com", true), ("\u{202D}B\u{202C} <a@example.com>", true),
        ("\u{2068}Bob\u{2069}\u{200F} <a@example.com>", false), (#""b@c.d"@example.com"#, true),
        (#"<"b> "@example.com>"#, true), ("a (b@c.d) @example.com", true),
        ("a@ (<) example.com", true), ("<a@example.com (@c.d)>", true), ("<(b@c.d) a@example.com>", true),
        (#""b@c.d": a@example.com;"#, true), ("g (b@c.d): a@example.com;", true),
        ("a@x.example, \"@\"@x.example", true),
    ])
    func `another author for some readers is noticed`(_ value: String, _ isMisleading: Bool) throws {
        #expect(try AuthorField(Array(value.utf8)).isMisleading == isMisleading)
    }

    @Test func `a hundred thousand parentheses are a comment`() throws {
        let open = [UInt8](repeating: UInt8(ascii: "("), count: 100_000)
        let closed = [UInt8](repeating: UInt8(ascii: ")"), count: 100_000)
        #expect(try AuthorField(open + closed + Array("a@example.com".utf8)).mailboxes.count == 1)
        #expect(throws: AuthorField.Defect.comment) { try AuthorField(open) }
    }

    @Test func `a long list is read in linear time`() throws {
        let list = Array(repeating: "\"x\" y. (z) <a@example.com>", count: 20_000).joined(separator: ",")
        #expect(try AuthorField(Array(list.utf8)).mailboxes.count == 20_000)
    }
}
