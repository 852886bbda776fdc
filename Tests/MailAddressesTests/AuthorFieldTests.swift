import DNS
import Mail
import MailAddresses
import Testing

@Suite struct AuthorFieldTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let value: [UInt8]
        /// The domains in the order found, with a question mark before those that are patched together.
        let expected: String

        init(_ name: String, _ value: String, _ expected: String) {
            self.init(name, octets: Array(value.utf8), expected)
        }

        init(_ name: String, octets: [UInt8], _ expected: String) {
            testDescription = name
            value = octets
            self.expected = expected
        }
    }

    private static let clear = [
        Case("an addr-spec", " a@example.com", "example.com"),
        Case("no space before it", "a@example.com", "example.com"),
        Case("white space behind it", " a@example.com \t", "example.com"),
        Case("an angle-addr", " <a@example.com>", "example.com"),
        Case("a display name", " Alice <a@example.com>", "example.com"),
        Case("a display name of words", " Alice B Carol <a@example.com>", "example.com"),
        Case("a display name without space", "Alice<a@example.com>", "example.com"),
        Case("dots in the display name", " John Q. Public <a@example.com>", "example.com"),
        Case("a quoted display name", #" "Public, John" <a@example.com>"#, "example.com"),
        Case("quoted and bare words", #" John "Q." Public <a@example.com>"#, "example.com"),
        Case("an address in quotes before it", #" "admin@legit.example" <a@example.com>"#, "example.com"),
        Case("angle brackets in quotes", #" "<admin@legit.example>" <a@example.com>"#, "example.com"),
        Case("a quoted-pair in quotes", #" "a\"b" <a@example.com>"#, "example.com"),
        Case("an encoded-word as display name", " =?utf-8?Q?a=40b?= <a@example.com>", "example.com"),
        Case("UTF-8 in the display name", " Älice <a@example.com>", "example.com"),
        Case("UTF-8 in the local part", " älice@example.com", "example.com"),
        Case("a comment before", " (admin@legit.example) a@example.com", "example.com"),
        Case("a comment behind", " a@example.com (Alice)", "example.com"),
        Case("comments in comments", " ((a)((b))) a@example.com (c(d(e)))", "example.com"),
        Case("a quoted-pair in a comment", #" (\)\() a@example.com"#, "example.com"),
        Case("a quote in a comment", #" (") a@example.com"#, "example.com"),
        Case("a comment that looks like an address", " Alice (<b@legit.example>) <a@example.com>", "example.com"),
        Case("white space around the at sign", " a @ example.com", "example.com"),
        Case("comments around the at sign", " a (x) @ (y) example.com", "example.com"),
        Case("white space in the angle brackets", " < a@example.com >", "example.com"),
        Case("a fold", "\n a@example.com", "example.com"),
        Case("a fold behind the display name", " Alice\n\t<a@example.com>", "example.com"),
        Case("a fold in a comment and in quotes", " (a\n b) \"c\n d\" <a@example.com>", "example.com"),
        Case("a quoted local part", #" "a b"@example.com"#, "example.com"),
        Case("an at sign in the local part", #" <"a@legit.example"@example.com>"#, "legit.example example.com"),
        Case("an empty quoted local part", #" ""@example.com"#, "example.com"),
        Case("a dot-atom", " a.b.c@example.com", "example.com"),
        Case("atext of all kinds", " !#$%&'*+-/=?^_`{|}~@example.com", "example.com"),
        Case("an upper-case domain", " A@Example.COM", "example.com"),
        Case("a U-label", " a@bücher.example", "xn--bcher-kva.example"),
        Case("a single label", " root@localhost", "localhost"),
        Case("an underscore in the domain", " a@my_host.example.com", "my_host.example.com"),
        Case("a domain literal", " a@[192.0.2.1]", "and others"),
        Case("an IPv6 literal", " <a@[IPv6:2001:db8::1]>", "and others"),
        Case("two mailboxes", " a@example.com, B <b@example.net>", "example.com example.net"),
        Case("two without white space", "a@example.com,b@example.com", "example.com"),
        Case("a group", " Team: a@example.com, B <b@example.com>;", "example.com"),
        Case("an empty group", " Undisclosed: ;", ""),
        Case("an empty group with a comment", " group:(x);(y)", ""),
        Case("a group and a mailbox", " g: a@example.com;, b@example.net", "example.com example.net"),
        Case("a quoted group name", #" "g: x": a@example.com;"#, "example.com"),
    ]

    private static let unclear = [
        Case("nothing", "", ""),
        Case("white space", " \n ", ""),
        Case("a comment alone", " (a@example.com)", "example.com"),
        Case("no address", " Alice", ""),
        Case("no domain", " alice@", ""),
        Case("no local part", " @example.com", "example.com"),
        Case("empty angle brackets", " <>", ""),
        Case("a display name and empty angle brackets", " MAILER-DAEMON <>", ""),
        Case("an unclosed angle bracket", " <a@example.com", "example.com"),
        Case("a closing angle bracket alone", " a@example.com>", "example.com"),
        Case("two opening angle brackets", " <<a@example.com>>", "example.com"),
        Case("two at signs", " a@b@example.com", "example.com"),
        Case("two at signs in angle brackets", " <a@gm@ail.example>", "ail.example"),
        Case("text behind the angle-addr", " <a@example.com> Alice", "example.com ?example.comalice"),
        Case("text behind the addr-spec", " a@example.com Alice", "example.com ?example.comalice"),
        Case("a space in the domain", " a@example .com", "example.com"),
        Case(
            "a comment in the domain",
            " a@legit.example(x).evil.example",
            "legit.example ?legit.examplex.evil.example legit.example.evil.example"
        ),
        Case("white space around the dots", " a@example . com", "example.com"),
        Case("a space in the local part", " a b@example.com", "example.com"),
        Case("white space around a local part's dot", " a . b@example.com", "example.com"),
        Case("a leading dot", " .a@example.com", "example.com"),
        Case("a dot before the at sign", " a.@example.com", "example.com"),
        Case("two dots", " a..b@example.com", "example.com"),
        Case("a trailing dot", " a@example.com.", "example.com"),
        Case("a leading dot in the domain", " a@.example.com", "example.com"),
        Case("two dots in the domain", " a@example..com", "example.com"),
        Case("a label of 64", " a@" + String(repeating: "a", count: 64) + ".com", "com"),
        Case(
            "a domain of 254",
            " a@" + String(repeating: "ab.", count: 84) + "ab",
            String(repeating: "ab.", count: 83) + "ab"
        ),
        Case("an apostrophe in the domain", " a@legit.example'.evil.example", "legit.example evil.example"),
        Case("a slash in the domain", " a@legit.example/.evil.example", "legit.example evil.example"),
        Case("a percent sign in the domain", " a@legit.example%00.evil.example", "legit.example 00.evil.example"),
        Case(
            "a character that IDNA makes a slash",
            " a@legit.example\u{2100}.evil.example",
            "legit.example evil.example ?legit.example.evil.example"
        ),
        Case("a bidirectional override in the domain", " a@\u{202E}moc.qq", "moc.qq qq.com and others"),
        Case(
            "an ideographic full stop in the domain",
            " a@legit\u{3002}example.com",
            "legit.example.com example.com ?legitexample.com"
        ),
        Case(
            "a parenthesis in the domain",
            " a@legit.example(.evil.example",
            "legit.example ?legit.example.evil.example evil.example"
        ),
        Case(
            "a quote in the domain",
            " a@legit.example\".evil.example",
            "legit.example evil.example ?legit.example.evil.example"
        ),
        Case("a quoted domain", " a@\"example.com\"", "example.com"),
        Case("a literal and more", " a@[192.0.2.1].example.com", "example.com and others"),
        Case("an unclosed literal", " a@[192.0.2.1", "and others"),
        Case("an empty element first", " ,a@example.com", "example.com"),
        Case("an empty element between", " a@example.com,,b@example.com", "example.com"),
        Case("an empty element last", " a@example.com,", "example.com"),
        Case("a semicolon between", " a@example.com; b@example.com", "example.com"),
        Case("a group in a group", " g: h: a@example.com;;", "example.com"),
        Case("a group without end", " g: a@example.com", "example.com"),
        Case("a group without name", " : a@example.com;", "example.com"),
        Case("a group's end alone", " a@example.com;", "example.com"),
        Case("a route", " <@a.example,@b.example:a@example.com>", "a.example b.example ?b.examplea example.com"),
        Case("a route of one", " <@a.example:a@example.com>", "a.example ?a.examplea example.com"),
        Case("an empty route", " <,@a.example:a@example.com>", "a.example ?a.examplea example.com"),
        Case("a quoted-pair outside quotes", #" <a@example.com>\,<b@example.com>"#, "example.com"),
        Case("a quoted-pair in an atom", #" a\@b@example.com"#, "example.com"),
        Case(
            "a backslash in the domain",
            #" a@legit.example\.evil.example"#,
            "legit.example evil.example ?legit.example.evil.example"
        ),
        Case("an encoded-word alone", " =?utf-8?B?PGFAZXhhbXBsZS5jb20+?=", "example.com"),
        Case("an encoded-word as local part", " =?utf-8?Q?a?=@example.com", "example.com"),
        Case("one inside a local part", " <x=?utf-8?Q?a?=y@example.com>", "example.com"),
        Case("one in a quoted local part", #" "=?utf-8?Q?a?="@example.com"#, "example.com"),
        Case("an encoded-word as domain", " a@=?utf-8?Q?example.com?=", "example.com"),
        Case("an unclosed comment", " (a@example.com", "example.com"),
        Case("an unclosed comment inside", " a@example.com ((x)", "example.com ?example.comx"),
        Case("a quoted-pair that ends in a comment", " a@example.com (\\", "example.com"),
        Case("a closing parenthesis", " a@example.com )", "example.com"),
        Case("an unclosed quote", " \"Alice <a@example.com>", "example.com"),
        Case("a quote that a quoted-pair keeps open", #" "Alice\" <a@example.com>"#, "example.com"),
        Case(
            "a NUL in the domain",
            " a@legit.example\0.evil.example",
            "legit.example evil.example ?legit.example.evil.example"
        ),
        Case("a NUL in the display name", " A\0 <a@example.com>", "example.com"),
        Case("a NUL in a comment", " (\0) a@example.com", "example.com"),
        Case("a NUL in quotes", " \"\0\" <a@example.com>", "example.com"),
        Case("a bare CR", " a@example.com\r", "example.com"),
        Case("a line break without white space", " A\n<a@example.com>", "example.com"),
        Case("a line break at the end", " a@example.com\n", "example.com"),
        Case("a DEL", " a\u{7F}@example.com", "example.com"),
        Case(
            "octets that are no UTF-8",
            octets: Array(" a@legit.example".utf8) + [0xFF] + Array("evil.example".utf8),
            "legit.xn--exampleevil-0ib.example legit.example evil.example ?legit.exampleevil.example"
        ),
        Case("Latin-1 in the display name", octets: [0x20, 0xC4] + Array("lice <a@example.com>".utf8), "example.com"),
    ]

    @Test(arguments: clear + unclear)
    func `all that a reader may take for the author's domain is found`(_ given: Case) {
        let field = AuthorField(given.value)
        let domains = field.readings.map { ($0.isPatched ? "?" : "") + $0.domain.text }
        #expect((domains + (field.hasOtherAuthors ? ["and others"] : [])).joined(separator: " ") == given.expected)
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
        ("=?utf-8?q?x@example.com (?= <b@c.d>)", true), ("(=?utf-8?q?) a@example.com (?=)", false),
        (#"=?utf-8?q?"?= <b@c.d> " <a@example.com>"#, true), (#"=?utf-8?q?"\?= <b@c.d> " <a@example.com>"#, true),
        ("=?utf-8?q? <a@example.com> (?= <b@c.d>)", true),
        ("\u{202E}d.c@example.com", true), ("\u{202D}B\u{202C} <a@example.com>", true),
        ("\u{2068}Bob\u{2069}\u{200F} <a@example.com>", false), (#""b@c.d"@example.com"#, true),
        (#"<"b> "@example.com>"#, false), ("a (b@c.d) @example.com", true),
        ("a@ (<) example.com", false), ("<a@example.com (@c.d)>", true), ("<(b@c.d) a@example.com>", true),
        (#""b@c.d": a@example.com;"#, true), ("g (b@c.d): a@example.com;", true),
        ("a@x.example, \"@\"@x.example", true),
    ])
    func `another author for some readers is noticed`(_ value: String, _ isMisleading: Bool) {
        let field = AuthorField(Array(value.utf8))
        #expect((field.readings.map(\.domain.text) != ["example.com"] || field.hasOtherAuthors) == isMisleading)
    }

    @Test func `a hundred thousand parentheses are a comment`() {
        let open = [UInt8](repeating: UInt8(ascii: "("), count: 100_000)
        let closed = [UInt8](repeating: UInt8(ascii: ")"), count: 100_000)
        #expect(AuthorField(open + closed + Array("a@example.com".utf8)).readings.count == 1)
        #expect(AuthorField(open).readings.isEmpty)
    }

    @Test func `a long list is read in linear time`() {
        let list = Array(repeating: "\"x\" y. (z) <a@example.com>", count: 20_000).joined(separator: ",")
        #expect(AuthorField(Array(list.utf8)).readings.count == 1)
        for piece in ["@ (", "@(", "=?x?q?a", "@ x .", "a@b\\", "\"@", "(@\"", "a@b c"] {
            let unclear = String(repeating: piece, count: 30_000)
            #expect(AuthorField(Array(unclear.utf8)).readings.count <= 1 + AuthorDomains.limit)
        }
    }
}
