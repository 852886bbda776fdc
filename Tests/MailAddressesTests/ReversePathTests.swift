import DNS
import Mail
import MailAddresses
import Testing

@Suite struct ReversePathTests {
    struct Case: CustomTestStringConvertible {
        let argument: String
        let localPart: String
        let host: String
        var testDescription: String { argument }
        init(_ argument: String, _ localPart: String, _ host: String) {
            self.argument = argument
            self.localPart = localPart
            self.host = host
        }
    }

    @Test(arguments: [
        Case("<a@x.example>", "a", "x.example"),
        Case("a@x.example", "a", "x.example"),
        Case("<john.doe+tag=1@X.Example>", "john.doe+tag=1", "x.example"),
        Case("<!#$%&'*+-/=?^_`{|}~@x.example>", "!#$%&'*+-/=?^_`{|}~", "x.example"),
        Case("<\"a b\"@x.example>", "a b", "x.example"),
        Case("<\"a@b\\\"\\\\\"@x.example>", "a@b\"\\", "x.example"),
        Case("<\"\"@x.example>", "", "x.example"),
        Case("<\"john\"@x.example>", "john", "x.example"),
        Case("<@a.example,@b.example:u@d.example>", "u", "d.example"),
        Case("<u@localhost>", "u", "localhost"),
        Case("<u@xn--bcher-kva.example>", "u", "xn--bcher-kva.example"),
        Case("<u@bücher.example>", "u", "xn--bcher-kva.example"),
        Case("<jörg@x.example>", "jörg", "x.example"),
        Case("<u@1.2.example>", "u", "1.2.example"),
    ])
    func `a valid path has a local-part and a domain`(_ given: Case) throws {
        let path = try #require(ReversePath(Array(given.argument.utf8)))
        #expect(path.mailbox?.localPart == Array(given.localPart.utf8))
        #expect(path.domain?.text == given.host)
    }

    @Test(arguments: ["192.0.2.1", "IPv6:2001:db8::1", "ipv6:::1"])
    func `a literal is no domain`(_ literal: String) throws {
        let path = try #require(ReversePath(Array("<u@[\(literal)]>".utf8)))
        #expect(path.mailbox?.host == .addressLiteral(literal))
        #expect(path.domain == nil)
    }

    @Test(arguments: ["<>", ""])
    func `the null path has no mailbox`(_ argument: String) throws {
        #expect(try #require(ReversePath(Array(argument.utf8))).mailbox == nil)
    }

    @Test(arguments: [
        "<", ">", "< >", "<@>", "@", "a", "<a>", "<a@>", "<@x.example>", "<a@x.example", "a@x.example>",
        "<<a@x.example>>",
        "<a@x.example> ", " <a@x.example>", "<a @x.example>", "<a@ x.example>", "<(c)a@x.example>", "<a@x.example(c)>",
        "<a@x.example.>", "<a@.x.example>", "<a@x..example>", "<a@-x.example>", "<a@x-.example>", "<a@x_y.example>",
        "<.a@x.example>", "<a.@x.example>", "<a..b@x.example>", "<a@b@x.example>", "<\"a@x.example>",
        "<\"a\"b@x.example>",
        "<a\"b\"@x.example>", "<\"a\\\"@x.example>", "<\"a\tb\"@x.example>", "<a\0@x.example>", "<a@x.example\0>",
        "<a@x\0.example>",
        "<a@x.example>\r\n", "<a@[192.0.2.1>", "<a@[192.0.2]>", "<a@[2001:db8::1]>", "<a@[IPv6:192.0.2.1]>",
        "<a@[tag:x]>",
        "<a@[]>", "<@a.example u@d.example>", "<@a.example:>", "<@a.example,u@d.example>", "<@a.example,:u@d.example>",
        "<@legitimate.com(.attack.com:u@d.example>", "<any@legitimate.com(.attack.com>",
        "<any@legitimate.com'@a.attack.com>",
        "<u@\u{2e80}\u{ff0e}>", "<u@\u{200b}>",
    ])
    func `anything else is no reverse-path`(_ argument: String) {
        #expect(ReversePath(Array(argument.utf8)) == nil)
    }

    @Test func `octets that are not UTF-8 are no reverse-path`() {
        for text in ["<a\u{1}@x.example>", "<\"a\u{1}\"@x.example>", "<a@x\u{1}.example>"] {
            let octets = text.utf8.map { $0 == 1 ? 0xFF : $0 }
            #expect(ReversePath(octets) == nil)
        }
    }

    @Test func `names beyond the limits are no reverse-path`() {
        let label = String(repeating: "a", count: 64)
        #expect(ReversePath(Array("<u@\(label).example>".utf8)) == nil)
        #expect(ReversePath(Array("<u@\(String(repeating: "a.", count: 127))example>".utf8)) == nil)
        #expect(ReversePath(Array("<\(String(repeating: "a", count: 60_000))@x.example>".utf8)) != nil)
    }

    @Test(arguments: [
        ("mail.example.org", HELOArgument.domain(Domain("mail.example.org")!)),
        ("localhost", .domain(Domain("localhost")!)),
        ("[192.0.2.1]", .addressLiteral("192.0.2.1")), ("[IPv6:2001:db8::1]", .addressLiteral("IPv6:2001:db8::1")),
        ("mail.example.org.", .domain(Domain("mail.example.org")!)),
        ("mail_1.example.org", .domain(Domain("mail_1.example.org")!)),
        ("-mail-.Example.ORG", .domain(Domain("-mail-.example.org")!)),
        ("", .invalid), (".", .invalid), ("mail.example.org..", .invalid), ("mail..example.org", .invalid),
        (".mail.example.org", .invalid), ("bücher.example", .invalid), ("a b", .invalid), (" a.example", .invalid),
        ("a.example ", .invalid), ("<a.example>", .invalid), ("a@a.example", .invalid), ("a.example\\", .invalid),
        ("a.example:25", .invalid), ("a.example,b.example", .invalid), ("a;spf=pass", .invalid), ("a(b", .invalid),
        ("[192.0.2.1", .invalid), ("192.0.2.1]", .invalid), ("[a.example]", .invalid), ("[192.0.2.1].", .invalid),
        ("mail.example.org\0", .invalid), ("mail\n.example.org", .invalid),
        ("\(String(repeating: "a", count: 64)).example", .invalid),
    ])
    func `a client is called by a domain or an address`(_ argument: String, expected: HELOArgument) {
        #expect(HELOArgument(Array(argument.utf8)) == expected)
    }
}
