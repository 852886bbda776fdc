import AuthResults
import FieldClaims
import Testing

@Suite struct ClaimedAuthservIDTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let value: [UInt8]
        let expected: ClaimedAuthservID
        init(_ name: String, _ value: String, _ expected: ClaimedAuthservID) {
            testDescription = name
            self.value = Array(value.utf8)
            self.expected = expected
        }
    }

    static let own = ClaimedAuthservID.claims(["mx.example.org"])

    @Test(arguments: [
        Case("plain", " mx.example.org; spf=pass", own),
        Case("upper case", " MX.Example.ORG; spf=pass", own),
        Case("quoted", #" "mx.example.org"; spf=pass"#, own),
        Case("quoted-pairs", #" "mx\.example\.org"; none"#, own),
        Case("quoted with space at the end", #" "mx.example.org "; none"#, own),
        Case("comments around", #" (c)(a(b)c\))mx.example.org(c) 1; none"#, own),
        Case("folded", "\r\n\tmx.example.org\n ; none", own),
        Case("no results", " mx.example.org", own),
        Case("a trailing dot", " mx.example.org.; none", .claims(["mx.example.org."])),
        Case("a suffix", " mx.example.org/abc; none", .claims(["mx.example.org/abc"])),
        Case("version 2", " mx.example.org 2; none", .otherVersion(id: "mx.example.org")),
        Case("a huge version", " a.example 99999999999999999999; none", .otherVersion(id: "a.example")),
        Case("version 0", " a.example 0; none", .otherVersion(id: "a.example")),
        Case("version 01", " mx.example.org 01; none", own),
        Case("a comment inside", " mx(c).example.org; none", .claims(["mx", "mx.example.org"])),
        Case("quoted in part", #" mx."example".org; none"#, .claims(["mx.", "mx.example.org"])),
        Case("a foreign id that mentions ours", " evil.example (mx.example.org); none", .claims(["evil.example"])),
        Case(
            "a foreign id with ours in a reason",
            " evil.example; x=y reason=\"mx.example.org\"",
            .claims(["evil.example"])
        ),
        Case("a foreign id with an open comment behind it", " evil.example (; none", .claims(["evil.example"])),
        Case("nothing", "", .unreadable("no authserv-id")),
        Case("only a comment", " (c)", .unreadable("no authserv-id")),
        Case("a result in place of the id", " spf=pass smtp.mailfrom=a.example", .unreadable("no authserv-id")),
        Case("a result with spaces in place of the id", " spf = pass", .unreadable("no authserv-id")),
        Case("a semicolon", " ; spf=pass", .unreadable("no authserv-id")),
        Case("an empty quoted-string", #" ""; none"#, .unreadable("empty authserv-id")),
        Case("an unterminated comment", " (mx.example.org; spf=pass", .unreadable("unterminated comment")),
        Case("an unterminated quote", #" "mx.example.org; spf=pass"#, .unreadable("unterminated quoted-string")),
        Case("a NUL", " mx.exam\0ple.org; none", .unreadable("control character in the authserv-id")),
        Case("an encoded-word", " =?utf-8?Q?mx.example.org?=; none", .unreadable("no authserv-id")),
        Case(
            "a quoted encoded-word",
            #" "=?utf-8?Q?mx.example.org?="; none"#,
            .unreadable("encoded-word in the authserv-id")
        ),
        Case(
            "a no-break space",
            " mx.example.org\u{A0}; none",
            .unreadable("character that an authserv-id cannot have")
        ),
        Case(
            "a zero-width space",
            " mx\u{200B}.example.org; none",
            .unreadable("character that an authserv-id cannot have")
        ),
    ])
    func `the id is read alone, as a careless reader would`(_ given: Case) {
        let claimed = ClaimedAuthservID(given.value)
        guard case .claims(let ids) = claimed, case .claims(let expected) = given.expected else {
            #expect(claimed == given.expected)
            return
        }
        #expect(ids.first == expected.first)
        #expect(ids.filter(expected.contains) == expected)
    }

    @Test func `octets that are not UTF-8 are not an id`() {
        #expect(ClaimedAuthservID([0x6D, 0xFF, 0x3B]) == .unreadable("not UTF-8"))
    }
}
