import DNS
import Testing

@Suite struct DomainTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let input: String
        let expected: String?
        init(_ name: String, _ input: String, _ expected: String?) {
            testDescription = name
            self.input = input
            self.expected = expected
        }
    }

    @Test(arguments: [
        Case("lower case", "Mail.Example.ORG", "mail.example.org"),
        Case("one trailing dot", "example.org.", "example.org"),
        Case("two trailing dots", "example.org..", nil),
        Case("a leading dot", ".example.org", nil),
        Case("an empty label", "a..b", nil),
        Case("the root", ".", nil),
        Case("nothing", "", nil),
        Case("an underscore", "_dmarc.example.org", "_dmarc.example.org"),
        Case("a NUL", "a\0.example.org", nil),
        Case("a space", "a b.example.org", nil),
        Case("a backslash", #"a\.example.org"#, nil),
        Case("a label of 63", String(repeating: "a", count: 63) + ".org", String(repeating: "a", count: 63) + ".org"),
        Case("a label of 64", String(repeating: "a", count: 64) + ".org", nil),
        Case("8-bit octets", "bücher.example", nil),
    ])
    func `a name is read as ASCII or not at all`(_ given: Case) {
        #expect(Domain(given.input)?.text == given.expected)
    }

    @Test func `spaces are read only where they are allowed`() {
        #expect(Domain("a b.example.org") == nil)
        #expect(Domain(allowingSpaces: "a b.Example.org".utf8)?.text == "a b.example.org")
        #expect(Domain(allowingSpaces: "a\tb.example.org".utf8) == nil)
    }

    @Test(arguments: [
        Case("a U-label", "bücher.example", "xn--bcher-kva.example"),
        Case("an upper-case U-label", "BÜCHER.example", "xn--bcher-kva.example"),
        Case("a decomposed U-label", "bu\u{308}cher.example", "xn--bcher-kva.example"),
        Case("a full-width dot", "bücher\u{3002}example", "xn--bcher-kva.example"),
        Case("plain ASCII", "Example.org", "example.org"),
        Case("a NUL behind a U-label", "bücher.example\0.evil.example", nil),
    ])
    func `U-labels become A-labels`(_ given: Case) {
        #expect(Domain(internationalized: Array(given.input.utf8))?.text == given.expected)
    }

    @Test func `a name knows its ancestors`() throws {
        let name = try #require(Domain("a.b.example.org"))
        let parent = try #require(Domain("b.example.org"))
        let lookalike = try #require(Domain("ab.example.org"))
        #expect(name.parent == parent)
        #expect(name.isEqualOrBelow(parent))
        #expect(!lookalike.isEqualOrBelow(parent))
        #expect(name.suffix(labels: 2).text == "example.org")
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", "1.2.0.192.in-addr.arpa"),
        (
            "2001:DB8::1", "2001:db8::1",
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        ),
    ])
    func `an address has a text and a reverse name`(_ text: String, _ canonical: String, _ reverse: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(address.reverseName.text == reverse)
    }

    @Test func `a network contains what its leading bits say`() throws {
        let network = try #require(IPNetwork("192.0.2.0/25"))
        #expect(network.contains(try #require(IPAddress("192.0.2.127"))))
        #expect(!network.contains(try #require(IPAddress("192.0.2.128"))))
        let all = try #require(IPNetwork("::/0"))
        #expect(all.contains(try #require(IPAddress("2001:db8::1"))))
        #expect(IPNetwork("192.0.2.0/33") == nil)
        #expect(IPNetwork("192.0.2.0/") == nil)
        let mapped = try #require(IPAddress("::ffff:192.0.2.1"))
        #expect(mapped.unmapped == IPAddress("192.0.2.1"))
    }

    @Test(arguments: [
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"), ("::ffff:c000:207", "192.0.2.7/32"), ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::ffff:127.0.0.0/104", "127.0.0.0/8"), ("::fffe:0:0/95", "::fffe:0:0/95"), ("::/0", "::/0"),
    ])
    func `a network of IPv4 is one, however it is written`(_ text: String, _ network: String) {
        #expect(IPNetwork(text)?.description == network)
    }
}
