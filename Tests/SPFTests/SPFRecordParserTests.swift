import DNS
import Testing

@testable import SPF

@Suite struct SPFRecordParserTests {
    static func parse(_ text: String) throws(SPFRecordParser.SyntaxError) -> SPFRecord {
        var parser = SPFRecordParser(Array(text.utf8))
        return try parser.parse()
    }

    @Test(arguments: [
        "v=spf1", "V=SPF1 ", "v=spf1    -all   ", "v=spf1 all -all", "v=spf1 a A mX Ptr",
        "v=spf1 a:example.com/24//64 mx/0 a//0 mx:%{d}/32//128", "v=spf1 a:example.com. a:e-x.xn--p1ai a:.com",
        "v=spf1 ip4:192.0.2.0/24 ip4:0.0.0.0/0 ip6:::/0 ip6:2001:db8::1 ip6:::ffff:192.0.2.1/128",
        "v=spf1 include:_spf.%{d2} exists:%{ir}.%{v}.%{l1r-.+,/_=}.example.com ?include:a/b.example",
        "v=spf1 redirect=example.com exp=%{d} a.b_c-d=%{c}%{r}%{t} default=", "v=spf1 a:foo%% a:foo%_ a:foo%-",
        "v=spf1 a:example.com/24.example.com", "v=spf1 a:1.2.3.4x", "v=spf1 a:a.1-2",
    ])
    func `a well-formed record is read`(_ text: String) {
        #expect(throws: Never.self) { try Self.parse(text) }
    }

    struct Defect: CustomTestStringConvertible {
        let record: String
        let term: String
        let offset: Int
        var testDescription: String { record }
        init(_ record: String, term: String, at offset: Int) {
            self.record = record
            self.term = term
            self.offset = offset
        }
    }

    @Test(arguments: [
        Defect("v=spf1 foo", term: "foo", at: 7),
        Defect("v=spf1 all.", term: "all.", at: 7),
        Defect("v=spf1 all:x", term: "all:x", at: 10),
        Defect("v=spf1 -all/8 mx", term: "-all/8", at: 11),
        Defect("v=spf1 mx\t-all", term: "mx\t-all", at: 9),
        Defect("v=spf1 a:", term: "a:", at: 9),
        Defect("v=spf1 a/", term: "a/", at: 8),
        Defect("v=spf1 a/33", term: "a/33", at: 9),
        Defect("v=spf1 a/024", term: "a/024", at: 9),
        Defect("v=spf1 a/4294967320", term: "a/4294967320", at: 9),
        Defect("v=spf1 a//129", term: "a//129", at: 10),
        Defect("v=spf1 a/24/64", term: "a/24/64", at: 12),
        Defect("v=spf1 a:example.com/24/64", term: "a:example.com/24/64", at: 24),
        Defect("v=spf1 a:example", term: "a:example", at: 9),
        Defect("v=spf1 a:192.0.2.3", term: "a:192.0.2.3", at: 9),
        Defect("v=spf1 a:example.-com", term: "a:example.-com", at: 9),
        Defect("v=spf1 a:%{d}com", term: "a:%{d}com", at: 13),
        Defect("v=spf1 a:%{d}.", term: "a:%{d}.", at: 13),
        Defect("v=spf1 include", term: "include", at: 14),
        Defect("v=spf1 include:%{c}.example.com", term: "include:%{c}.example.com", at: 17),
        Defect("v=spf1 exists:a.%abc", term: "exists:a.%abc", at: 17),
        Defect("v=spf1 ptr/0", term: "ptr/0", at: 10),
        Defect("v=spf1 ip4:192.0.2", term: "ip4:192.0.2", at: 11),
        Defect("v=spf1 ip4:192.0.2.3.4", term: "ip4:192.0.2.3.4", at: 11),
        Defect("v=spf1 ip4:192.0.2.03", term: "ip4:192.0.2.03", at: 11),
        Defect("v=spf1 ip4:192.0.2.3:25", term: "ip4:192.0.2.3:25", at: 11),
        Defect("v=spf1 ip4:2001:db8::1", term: "ip4:2001:db8::1", at: 11),
        Defect("v=spf1 ip6:192.0.2.3", term: "ip6:192.0.2.3", at: 11),
        Defect("v=spf1 ip6:2001:db8::1%eth0", term: "ip6:2001:db8::1%eth0", at: 11),
        Defect("v=spf1 redirect:example.com", term: "redirect:example.com", at: 7),
        Defect("v=spf1 -redirect=example.com", term: "-redirect=example.com", at: 8),
        Defect("v=spf1 redirect=a.example redirect=a.example", term: "redirect=a.example", at: 26),
        Defect("v=spf1 exp=a.example EXP=b.example", term: "EXP=b.example", at: 21),
        Defect("v=spf1 exp= -all", term: "exp=", at: 11),
        Defect("v=spf1 =x", term: "=x", at: 7),
        Defect("v=spf1 1up=x", term: "1up=x", at: 7),
        Defect("v=spf1 ?", term: "?", at: 8),
        Defect("v=spf1 +-all", term: "+-all", at: 8),
        Defect("v=spf1 a:b\0c.example", term: "a:b\0c.example", at: 10),
        Defect("v=spf1 moo=caf\u{e9}", term: "moo=caf\u{e9}", at: 14),
        Defect("v=spf1 moo=%{x}", term: "moo=%{x}", at: 13),
    ])
    func `an error says which term and where`(_ given: Defect) {
        do throws(SPFRecordParser.SyntaxError) {
            _ = try Self.parse(given.record)
            Issue.record("read without an error")
        } catch {
            #expect(String(decoding: error.term, as: UTF8.self) == given.term)
            #expect(error.offset == given.offset)
        }
    }

    @Test(arguments: ["v=spf10", "v=spf1\t", "v=spf1\0 -all", " v=spf1", "v=spf", "v=spf\u{11}", "", "V=SPF2 "])
    func `what is no SPF record is not taken for one`(_ text: String) {
        #expect(!SPFRecordParser.isRecord(Array(text.utf8)))
    }

    @Test func `terms are typed`() throws {
        let record = try Self.parse("v=spf1 ~a/24//64 ip4:192.0.2.0/24 redirect=_spf.example.com exp=why.example.com")
        #expect(record.directives.count == 2)
        #expect(record.directives.first?.qualifier == .softfail)
        #expect(record.directives.first?.mechanism == .a(nil, Directive.PrefixLengths(ip4: 24, ip6: 64)))
        let network = try #require(IPNetwork("192.0.2.0/24"))
        #expect(record.directives.last?.mechanism == .ip4(network))
        #expect(record.redirect != nil && record.explanation != nil)
    }

    /// The longest record that a DNS message can hold, in the shapes that would hurt a slow reader.
    @Test(arguments: ["a ", "%{d}", "%", ".", "ip4:192.0.2.3 ", "a/1", " ", "-"])
    func `sixty kilobytes are read in linear time`(_ piece: String) {
        let text = "v=spf1 " + String(repeating: piece, count: 65_000 / piece.utf8.count)
        let clock = ContinuousClock()
        let time = clock.measure { _ = try? Self.parse(text) }
        #expect(time < .seconds(2))
    }
}
