import FieldClaims
import Testing

@Suite struct OwnIdentifiersTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let patterns: [String]
        let id: String
        let isOwn: Bool
        init(_ name: String, _ patterns: [String], _ id: String, _ isOwn: Bool) {
            testDescription = name
            self.patterns = patterns
            self.id = id
            self.isOwn = isOwn
        }
    }

    static let mx = ["mx.example.org"]
    static let flat = ["example-auth", "Example Mail, Inc", "Bücher und mehr"]
    static let uLabel = ["mx.bücher.example"]

    @Test(arguments: [
        Case("itself", mx, "mx.example.org", true),
        Case("upper case", mx, "MX.Example.ORG", true),
        Case("configured in upper case", ["MX.EXAMPLE.ORG"], "mx.example.org", true),
        Case("one trailing dot", mx, "mx.example.org.", true),
        Case("configured with a trailing dot", ["mx.example.org."], "mx.example.org", true),
        Case("two trailing dots", mx, "mx.example.org..", false),
        Case("a suffix", mx, "mx.example.org/queue-id", true),
        Case("a suffix behind a dot", mx, "mx.example.org./queue-id", true),
        Case("a suffix that begins with a combining mark", mx, "mx.example.org/\u{301}a", true),
        Case("a full-width slash", mx, "mx.example.org\u{FF0F}a", true),
        Case("ours as a suffix of another", mx, "evil.example/mx.example.org", false),
        Case("a name below", mx, "sub.mx.example.org", false),
        Case("a name that ends in ours", mx, "xmx.example.org", false),
        Case("a name that begins with ours", mx, "mx.example.org.evil.example", false),
        Case("the parent", mx, "example.org", false),
        Case("ideographic full stops", mx, "mx\u{3002}example\u{3002}org", true),
        Case("full-width full stops", mx, "mx\u{FF0E}example\u{FF0E}org\u{FF0E}", true),
        Case("half-width full stops", mx, "mx\u{FF61}example.org", true),
        Case("full-width letters", mx, "\u{FF4D}\u{FF58}.example.org", true),
        Case("circled letters", mx, "\u{24DC}\u{24E7}.example.org", true),
        Case("a soft hyphen", mx, "mx.exam\u{AD}ple.org", true),
        Case("a variation selector", mx, "mx.example\u{FE0F}.org", true),
        Case("the Kelvin sign", ["mk.example.org"], "m\u{212A}.example.org", true),
        Case("a long s", ["ms.example.org"], "m\u{17F}.example.org", true),
        Case("a dotless i", ["mi.example.org"], "m\u{131}.example.org", false),
        Case("Cyrillic letters", mx, "m\u{445}.example.org", false),
        Case("an accent on top", mx, "mx.example.org\u{301}", false),
        Case("U-label for U-label", uLabel, "mx.bücher.example", true),
        Case("U-label in upper case", uLabel, "MX.BÜCHER.EXAMPLE", true),
        Case("U-label, decomposed", uLabel, "mx.bu\u{308}cher.example", true),
        Case("A-label for U-label", uLabel, "mx.xn--bcher-kva.example", true),
        Case("A-label in upper case", uLabel, "MX.XN--BCHER-KVA.example.", true),
        Case("U-label for A-label", ["mx.xn--bcher-kva.example"], "mx.bücher.example", true),
        Case("an A-label of capital letters", uLabel, "mx.xn--BCHER-2pa.example", true),
        Case("an A-label of another word", uLabel, "mx.xn--BCHER-8oa.example", false),
        Case("an A-label that cannot be decoded", uLabel, "mx.xn--\u{2}.example", false),
        Case("an A-label of nothing but ASCII", mx, "xn--mx-.example.org", false),
        Case("another U-label", uLabel, "mx.bucher.example", false),
        Case("sharp s is not ss", ["mx.fass.example"], "mx.faß.example", false),
        Case("an id that is one word", flat, "Example-Auth", true),
        Case("one word with a dot behind it", flat, "example-auth.", true),
        Case("one word with a suffix", flat, "example-auth/17", true),
        Case("an id with spaces", flat, "EXAMPLE mail, inc", true),
        Case("an id with spaces and a suffix", flat, "example mail, inc/17", true),
        Case("an id with spaces, decomposed", flat, "bu\u{308}cher und mehr", true),
        Case("another id with spaces", flat, "example mail, ltd", false),
        Case("below a wildcard", ["*.example.org"], "a.b.example.org", true),
        Case("below a wildcard, upper case and dot", ["*.Example.ORG"], "MX.EXAMPLE.org.", true),
        Case("the wildcard's own name", ["*.example.org"], "example.org", false),
        Case("not below a wildcard", ["*.example.org"], "mxexample.org", false),
        Case("beyond a wildcard", ["*.example.org"], "mx.example.org.evil.example", false),
        Case("below a wildcard of U-labels", ["*.bücher.example"], "mx.xn--bcher-kva.example", true),
        Case("below a wildcard, too long for a name", ["*.example.org"], longName + ".example.org", true),
        Case("below a wildcard, a label too long", ["*.example.org"], longLabel + ".Example.org.", true),
        Case("below a wildcard, an empty label", ["*.example.org"], "a..example.org", true),
        Case("a text that ends in a wildcard's name", ["*.example.org"], "evil.example; mx.example.org", false),
        Case("longer than any name", mx, longName, false),
        Case("a long id of ours", [longName], longName.uppercased(), true),
        Case("no ids", [], "mx.example.org", false),
    ])
    func `an id is ours by what it means, not by how it is written`(_ given: Case) {
        #expect(OwnIdentifiers(given.patterns).contains(given.id) == given.isOwn)
    }

    static let longLabel = String(repeating: "a", count: 70)
    static let longName = Array(repeating: "label", count: 60).joined(separator: ".")

    /// What it costs is counted by `test_valgrind.py`.
    @Test(.timeLimit(.minutes(1))) func `a megabyte of combining marks is not our name`() {
        let marks = String(repeating: "\u{301}\u{316}", count: 250_000)
        let own = OwnIdentifiers(Self.mx + Self.flat + ["*.example.org"])
        #expect(!own.contains("a" + marks))
    }
}
