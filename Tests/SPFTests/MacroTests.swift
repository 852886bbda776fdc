import DNS
import Testing

@testable import SPF

@Suite struct MacroTests {
    struct Case: CustomTestStringConvertible {
        let macro: String
        let expected: String?
        var testDescription: String { macro }
        init(_ macro: String, _ expected: String?) {
            self.macro = macro
            self.expected = expected
        }
    }

    static let domain = Domain("email.example.com")!

    static func context(_ ip: String, localPart: String = "strong-bad", helo: String = "mail.example.org")
        -> MacroContext
    {
        MacroContext(
            client: IPAddress(ip)!,
            localPart: Array(localPart.utf8),
            senderDomain: Array("email.example.com".utf8),
            helo: Array(helo.utf8),
            receiver: Array("mx.own.example".utf8),
            time: 1_700_000_000
        )
    }

    /// As in the text of an explanation, where all macros are allowed.
    static func expand(_ text: String, _ context: MacroContext) -> String? {
        var parser = MacroStringParser(Array(text.utf8)[...], .explanation)
        guard let string = try? parser.macroString() else { return nil }
        return context.explanation(string, domain: domain, validatedName: Array("mx.example.org".utf8))
    }

    /// RFC 7208, 7.4: the sender is strong-bad@email.example.com, the client 192.0.2.3.
    @Test(arguments: [
        Case("%{s}", "strong-bad@email.example.com"),
        Case("%{o}", "email.example.com"),
        Case("%{d}", "email.example.com"),
        Case("%{d4}", "email.example.com"),
        Case("%{d3}", "email.example.com"),
        Case("%{d2}", "example.com"),
        Case("%{d1}", "com"),
        Case("%{dr}", "com.example.email"),
        Case("%{d2r}", "example.email"),
        Case("%{l}", "strong-bad"),
        Case("%{l-}", "strong.bad"),
        Case("%{lr}", "strong-bad"),
        Case("%{lr-}", "bad.strong"),
        Case("%{l1r-}", "strong"),
        Case("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        Case("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        Case("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
        Case("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        Case("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
    ])
    func `the examples of the standard`(_ given: Case) {
        #expect(Self.expand(given.macro, Self.context("192.0.2.3")) == given.expected)
    }

    /// The standard prints it in lower case, the suites ask for upper case; to the DNS it is the same.
    @Test func `an IPv6 client is thirty-two nibbles`() {
        let text = Self.expand("%{ir}.%{v}._spf.%{d2}", Self.context("2001:db8::cb01"))
        #expect(
            text?.lowercased()
                == "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"
        )
    }

    @Test(arguments: [
        Case("%{h} %{p} %{c} %{r} %{t}", "mail.example.org mx.example.org 192.0.2.3 mx.own.example 1700000000"),
        Case("a%_b%%c%-d", "a b%c%20d"),
        Case("%{S}", "strong-bad%40email.example.com"),
        Case("%{L1R-}", "strong"),
        Case("%{d128}", "email.example.com"),
        Case("%{d99999999999999999999999}", "email.example.com"),
        Case("%{d4294967298}", "email.example.com"),
        Case("%{d0}", nil),
        Case("%{d00}", nil),
        Case("%{d02}", "example.com"),
        Case("%{d2.-+,/_=}", "example.com"),
        Case("%{l,}", "strong-bad"),
        Case("%{l/}", "strong-bad"),
        Case("%{l|}", nil),
        Case("%{x}", nil),
        Case("%{}", nil),
        Case("%{d", nil),
        Case("%{d2", nil),
        Case("%{dr2}", nil),
        Case("%{drr}", nil),
        Case("%(d)", nil),
        Case("%", nil),
        Case("100% sure", nil),
        Case("caf\u{e9}", nil),
        Case("a\tb", nil),
        Case("", nil),
    ])
    func `every letter, number, delimiter and escape`(_ given: Case) {
        #expect(Self.expand(given.macro, Self.context("192.0.2.3")) == given.expected)
    }

    @Test func `a name that is too long loses labels on the left`() throws {
        let context = Self.context("192.0.2.3", localPart: String(repeating: "a.", count: 200) + "b")
        var parser = MacroStringParser(Array("%{l}.%{l}.example.com".utf8)[...], .domainSpec)
        let name = try #require(context.name(of: try parser.macroString(), domain: Self.domain, validatedName: []))
        #expect(name.text.utf8.count == 253)
        #expect(name.text.hasPrefix("a.a.a.") && name.text.hasSuffix("a.b.example.com"))
        let longLabel = Self.context("192.0.2.3", localPart: String(repeating: "a", count: 300))
        var whole = MacroStringParser(Array("%{l}".utf8)[...], .domainSpec)
        #expect(longLabel.name(of: try whole.macroString(), domain: Self.domain, validatedName: []) == nil)
    }

    /// Split whole for each macro, this sender's name would keep the check busy for a minute.
    @Test func `macros that keep nothing of a long value cost nothing`() throws {
        let context = Self.context("192.0.2.3", localPart: String(repeating: "-a", count: 10_000) + "-")
        for macro in ["%{l1-}", "%{l1r-}"] {
            var parser = MacroStringParser(
                Array((String(repeating: macro, count: 8_000) + "x.y").utf8)[...],
                .domainSpec
            )
            let name = context.name(of: try parser.macroString(), domain: Self.domain, validatedName: [])
            #expect(name?.text == "x.y")
        }
    }

    @Test(arguments: [
        ("%{l-}", ".a..b."), ("%{l1-}", ""), ("%{l2-}", "b."), ("%{l3-}", ".b."), ("%{l9-}", ".a..b."),
        ("%{lr-}", ".b..a."), ("%{l1r-}", ""), ("%{l2r-}", "a."), ("%{l4r-}", "b..a."), ("%{l}", "-a--b-"),
    ])
    func `empty parts count`(_ macro: String, expected: String) {
        #expect(Self.expand("<\(macro)>", Self.context("192.0.2.3", localPart: "-a--b-")) == "<\(expected)>")
    }

    @Test func `an explanation has its bounds`() {
        let context = Self.context("192.0.2.3", helo: String(repeating: "h", count: 600))
        #expect(Self.expand("%{h}", context)?.count == 600)
        #expect(Self.expand("%{h}%{h}", context) == nil)
        #expect(Self.expand("%{h}", Self.context("192.0.2.3", helo: "h\r\nInjected: yes")) == nil)
    }
}
