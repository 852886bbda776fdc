import DNS
import Mail
import MailAddresses
import TestSupport
import Testing

@Suite struct SenderReadingTests {
    /// `LOCAL-PART|HOST`, or the word.
    static func summary(_ argument: [UInt8]) -> String {
        switch SenderReading(argument) {
        case .null: return "null"
        case .withoutDomain: return "without domain"
        case .malformedDomain: return "malformed"
        case .ambiguous: return "ambiguous"
        case .mailbox(let mailbox):
            let host =
                switch mailbox.host {
                case .domain(let domain): domain.text
                case .addressLiteral(let literal): "[\(literal)]"
                }
            return String(decoding: mailbox.localPart, as: UTF8.self) + "|" + host
        }
    }

    static let cases: [(argument: String, reading: String)] = [
        ("<>", "null"), ("", "null"), ("< >", "null"), (" <\t> ", "null"),
        // Reverse-paths are what they are by the grammar.
        ("<\"a@b.example\"@c.example>", "a@b.example|c.example"), ("<a%b.example@c.example>", "a%b.example|c.example"),
        ("<b.example!a@c.example>", "b.example!a|c.example"), ("<@r.example:a@b.example>", "a|b.example"),
        ("<u@[192.0.2.1]>", "u|[192.0.2.1]"), ("<u@bücher.example>", "u|xn--bcher-kva.example"),
        // Any local-part.
        ("<a..b@c.example>", "a..b|c.example"), ("<.@c.example>", ".|c.example"), ("<@c.example>", "|c.example"),
        ("<a b@c.example>", "a b|c.example"), ("<a,b@c.example>", "a,b|c.example"),
        ("<a:b@c.example>", "a:b|c.example"),
        ("<a;b@c.example>", "a;b|c.example"), ("<a]b@c.example>", "a]b|c.example"),
        ("<a[b@c.example>", "a[b|c.example"),
        ("<a)b@c.example>", "a)b|c.example"), ("<a\\b@c.example>", "a\\b|c.example"),
        ("<\"a\"b@c.example>", "\"a\"b|c.example"), ("<\"a\".b@c.example>", "\"a\".b|c.example"),
        ("<a.\"b@x.example\"@c.example>", "a.\"b@x.example\"|c.example"), ("<a(x)@c.example>", "a(x)|c.example"),
        ("<\"a b\"@c.example.>", "a b|c.example"), ("<mailto:a@c.example>", "mailto:a|c.example"),
        // What stands around it.
        ("<a@c.example.>", "a|c.example"), ("<a@c_d.example>", "a|c_d.example"), ("<a@-c-.example>", "a|-c-.example"),
        ("<a@c.example", "a|c.example"), ("a@c.example>", "a|c.example"), ("<<a@c.example>>", "a|c.example"),
        ("Ann <a@c.example>", "a|c.example"), ("\"Ann\" <a@c.example>", "a|c.example"),
        ("< a @ c.example >", "a|c.example"), ("(x)<a@c.example>", "a|c.example"), ("<a@c.example>(x)", "a|c.example"),
        ("<a@(x)c.example(y)>", "a|c.example"), ("<a@c.example;>", "a|c.example"), ("<a@c.example>,", "a|c.example"),
        ("<g:a@c.example;>", "g:a|c.example"),
        ("<@r.example,@s.example:a..b@c.example>", "a..b|c.example"), ("<@r.example:@c.example>", "|c.example"),
        ("<a..b@[IPv6:2001:db8::1]>", "a..b|[IPv6:2001:db8::1]"),
        ("<a@c.example@C.example>", "a@c.example|c.example"), ("<a.@example>", "a.|example"),
        // No domain.
        ("root", "without domain"), ("<root>", "without domain"), ("<", "without domain"), (">", "without domain"),
        ("<a%b.example>", "without domain"), ("<b.example!a>", "without domain"), ("<\"a b\">", "without domain"),
        ("<\"a>", "without domain"), ("<(a>", "without domain"), ("<MAILER-DAEMON>", "without domain"),
        // One that the DNS cannot have.
        ("<a@>", "malformed"), ("@", "malformed"), ("<a@.c.example>", "malformed"), ("<a@c..example>", "malformed"),
        ("<a@c.example..>", "malformed"), ("<a@[192.0.2]>", "malformed"), ("<a@[c.example]>", "malformed"),
        ("<a@\u{200b}>", "malformed"), ("<a@\(String(repeating: "c", count: 64)).example>", "malformed"),
        ("<a@\(String(repeating: "c.", count: 200))example>", "malformed"),
        ("<a@\(String(repeating: "ü", count: 30_000)).example>", "malformed"),
        // Readers part.
        ("<any@good.example(.evil.example>", "ambiguous"), ("<any@good.example().evil.example>", "ambiguous"),
        ("<any@good.example(x.evil.example)>", "ambiguous"), ("<any@good.example).evil.example>", "ambiguous"),
        ("<(any@good.example>", "ambiguous"), ("<(any@good.example)b@evil.example>", "ambiguous"),
        ("<a(b@c.example>", "ambiguous"), ("<a(b\\)@c.example>", "ambiguous"), ("<a@b@c.example>", "ambiguous"),
        ("<any@good.example'@evil.example>", "ambiguous"), ("<any@good.example@evil.example>", "ambiguous"),
        ("<any\\@good.example@evil.example>", "ambiguous"), ("<any\\@good.example>", "ambiguous"),
        ("<\"any@good.example>", "ambiguous"), ("<\"any@good.example\">", "ambiguous"),
        ("<\"any@good.example\" @evil.example>", "ambiguous"), ("\"any@good.example\" <a@evil.example>", "ambiguous"),
        ("any@good.example <a@evil.example>", "ambiguous"), ("<x\"any@good.example\"@evil.example>", "ambiguous"),
        ("<any>@good.example>", "ambiguous"), ("<any@good.example>.evil.example", "ambiguous"),
        ("<any@good.example><a@evil.example>", "ambiguous"), ("<any@good.example,a@evil.example>", "ambiguous"),
        ("<any@good.example;a@evil.example>", "ambiguous"), ("<any@good.example .evil.example>", "ambiguous"),
        ("<any@good.example:25>", "ambiguous"), ("<any@good.example/evil.example>", "ambiguous"),
        ("<any@good.example\\.evil.example>", "ambiguous"), ("<any@\"good.example\">", "ambiguous"),
        ("<any@good.example'>", "ambiguous"), ("<any@good.example*>", "ambiguous"),
        ("<@good.example(.evil.example:u@d.example>", "ambiguous"), ("<@good.example u@d.example>", "ambiguous"),
        ("<@good.example:a>", "ambiguous"), ("<@good.example;:a@b.example>", "ambiguous"),
        ("<a@c.example\0>", "ambiguous"), ("<a\0b@c.example>", "ambiguous"),
        ("<a@c.example\r\n.evil.example>", "ambiguous"),
        ("<a\n@c.example>", "ambiguous"), ("(", "without domain"), ("\\", "without domain"), ("<a@(", "ambiguous"),
        ("<a@c.example(\\", "ambiguous"), ("<a@\"", "ambiguous"), ("<a@[", "ambiguous"),
    ]

    @Test(arguments: cases) func `readers come to one domain, or to none`(_ argument: String, _ reading: String) {
        #expect(Self.summary(Array(argument.utf8)) == reading)
    }

    /// A hostile argument of 60,000 octets, at which careless scanning would take minutes.
    @Test(arguments: [
        "@", "<", ">", "(", ")", "\"", "\\", "@a.example,", "<@a.example:", "@(", "a@a.example ", "()", "ü",
    ])
    func `long arguments are read in one go`(_ piece: String) {
        let octets = Array(String(repeating: piece, count: 60_000 / piece.utf8.count).utf8)
        for argument in [octets, octets + Array("a@c.example".utf8), Array("a@c.example".utf8) + octets] {
            _ = SenderReading(argument)
        }
    }

    /// What is read as one mailbox is the same with other white space around it, in any case and with a dot behind it,
    /// and names no domain that does not stand in the argument.
    @Test func `a domain that is read stands in the argument behind its last at sign`() {
        var random = SplitMix64(seed: 7208)
        let alphabet = Array("a.@<>()\"\\ :,;[]'%!_-\tbü".utf8)
        var read = 0
        func text(upTo limit: Int) -> [UInt8] { (0..<random.below(limit)).map { _ in random.pick(alphabet) } }
        for _ in 0..<15_000 {
            let argument = text(upTo: 8) + Array("@c.example".utf8) + text(upTo: 4)
            guard case .mailbox(let mailbox) = SenderReading(argument), case .domain(let domain) = mailbox.host else {
                continue
            }
            read += 1
            guard let at = argument.lastIndex(of: UInt8(ascii: "@")) else {
                Issue.record("no at sign in \(argument)")
                continue
            }
            let rest = argument[(at + 1)...]
            let name = Array(domain.text.utf8)
            let isThere =
                domain.text.hasPrefix("xn--") || domain.text.contains(".xn--")
                || rest.indices.contains { rest[$0...].starts(with: name) }
            #expect(isThere, "\(domain) in \(String(decoding: argument, as: UTF8.self))")
        }
        #expect(read > 300)
    }
}
