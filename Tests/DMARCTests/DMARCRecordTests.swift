import DMARC
import Testing

@Suite struct DMARCRecordTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let text: [UInt8]
        let expected: String?

        init(_ name: String, _ text: String, _ expected: String?) {
            self.init(name, Array(text.utf8), expected)
        }

        init(_ name: String, _ text: [UInt8], _ expected: String?) {
            testDescription = name
            self.text = text
            self.expected = expected
        }
    }

    /// What differs from a record of all defaults.
    private func summary(_ record: DMARCRecord) -> String {
        var words = [record.policy.rawValue]
        if let policy = record.subdomainPolicy { words.append("sp=\(policy)") }
        if let policy = record.nonexistentPolicy { words.append("np=\(policy)") }
        if record.isTesting { words.append("t") }
        if record.publicSuffix != .unknown { words.append("psd=\(record.publicSuffix.rawValue)") }
        if record.dkimAlignment == .strict { words.append("adkim=s") }
        if record.spfAlignment == .strict { words.append("aspf=s") }
        switch record.use {
        case .policy: break
        case .nothing: words.append("idle")
        case .invalid: words.append("invalid")
        }
        return words.joined(separator: " ")
    }

    @Test(arguments: [
        Case("the version alone", "v=DMARC1", "none idle"),
        Case("the version and a separator", "v=DMARC1;", "none idle"),
        Case("white space behind the version", "v=DMARC1 \t", "none idle"),
        Case("white space around the separators", "v=DMARC1 ;\tp=reject ; sp=none ;", "reject sp=none"),
        Case("no white space", "v=DMARC1;p=reject;sp=none", "reject sp=none"),
        Case("white space around the equals signs", "v = DMARC1; p\t=\treject", "reject"),
        Case("an upper-case V", "V=DMARC1; p=reject", "reject"),
        Case("the version in lower case", "v=dmarc1; p=reject", nil),
        Case("the version in mixed case", "v=DMarc1; p=reject", nil),
        Case("another version", "v=DMARC2; p=reject", nil),
        Case("a longer version", "v=DMARC12; p=reject", nil),
        Case("the version with a point", "v=DMARC1.0; p=reject", nil),
        Case("a version without its separator", "v=DMARC1 p=reject", nil),
        Case("a version glued to a tag", "v=DMARC1p=reject", nil),
        Case("a comma for a separator", "v=DMARC1,p=reject", nil),
        Case("white space before the version", " v=DMARC1; p=reject", nil),
        Case("a separator before the version", ";v=DMARC1; p=reject", nil),
        Case("the version second", "p=reject; v=DMARC1", nil),
        Case("no version", "p=reject", nil),
        Case("a version without value", "v=; p=reject", nil),
        Case("a version in quotes", "\"v=DMARC1\"; p=reject", nil),
        Case("the record of another protocol", "v=spf1 -all", nil),
        Case("nothing", "", nil),
        Case("only separators", ";;;", nil),
        Case("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("v=DMARC1; p=reject".utf8), nil),
        Case("a NUL in the version", Array("v=DMARC1\0; p=reject".utf8), nil),
    ])
    func `a record is known by its first tag`(_ given: Case) {
        #expect(DMARCRecord(given.text).map(summary) == given.expected)
    }

    @Test(arguments: [
        Case("p=none", "v=DMARC1; p=none", "none"),
        Case("p=quarantine", "v=DMARC1; p=quarantine", "quarantine"),
        Case("p=reject", "v=DMARC1; p=reject", "reject"),
        Case("a value in upper case", "v=DMARC1; p=REJECT", "reject"),
        Case("a name in upper case", "v=DMARC1; P=reject", "reject"),
        Case("p not second", "v=DMARC1; adkim=s; p=reject", "reject adkim=s"),
        Case("sp and np", "v=DMARC1; p=none; sp=quarantine; np=reject", "none sp=quarantine np=reject"),
        Case("no p, no rua", "v=DMARC1; sp=reject", "none idle"),
        Case("no p, with rua", "v=DMARC1; sp=reject; rua=mailto:a@example.com", "none"),
        Case("no p, with a rua that is no URI", "v=DMARC1; adkim=s; rua=postmaster", "none adkim=s idle"),
        Case("no p, a wrong np", "v=DMARC1; np=x", "none invalid"),
        Case("a wrong p, no rua", "v=DMARC1; p=rejekt; sp=reject", "none invalid"),
        Case("a wrong p, with rua", "v=DMARC1; p=rejekt; rua=mailto:a@example.com", "none"),
        Case("an empty p, no rua", "v=DMARC1; p=; sp=reject", "none invalid"),
        Case("an empty p, with rua", "v=DMARC1; p= ; rua=mailto:a@example.com", "none"),
        Case("a wrong sp, no rua", "v=DMARC1; p=reject; sp=all", "none invalid"),
        Case("a wrong sp, with rua", "v=DMARC1; p=reject; sp=all; rua=mailto:a@example.com", "none"),
        Case("a wrong np, no rua", "v=DMARC1; p=reject; np=yes", "none invalid"),
        Case("a wrong np, with rua", "v=DMARC1; p=reject; np=yes; rua=mailto:a@example.com", "none"),
        Case("a wrong p, with a rua that is no URI", "v=DMARC1; p=x; rua=postmaster", "none invalid"),
        Case("a wrong p, with one good URI of two", "v=DMARC1; p=x; rua=bad, mailto:a@example.com", "none"),
        Case("a wrong p, with a size limit", "v=DMARC1; p=x; rua=mailto:a@example.com!10m", "none"),
        Case("a wrong p, with a rua without address", "v=DMARC1; p=x; rua=mailto:", "none invalid"),
        Case("a wrong p, with an https rua", "v=DMARC1; p=x; rua=https://example.com/r?a=%20", "none"),
        Case("a wrong p, with a bad percent sign", "v=DMARC1; p=x; rua=mailto:a%2@example.com", "none invalid"),
        Case("a wrong p, with a space in the URI", "v=DMARC1; p=x; rua=mailto:a b@example.com", "none invalid"),
        Case("a wrong p, with only ruf", "v=DMARC1; p=x; ruf=mailto:a@example.com", "none invalid"),
        Case("a value that begins right", "v=DMARC1; p=reject now", "none invalid"),
        Case("a value in quotes", "v=DMARC1; p=\"reject\"", "none invalid"),
        Case("a missing separator", "v=DMARC1; p=reject sp=none", "none invalid"),
        Case("p twice", "v=DMARC1; p=none; p=reject", "none invalid"),
        Case("p twice, with rua", "v=DMARC1; p=reject; p=reject; rua=mailto:a@example.com", "none"),
        Case("p three times", "v=DMARC1; p=reject; p=reject; p=reject", "none invalid"),
        Case("adkim twice", "v=DMARC1; p=reject; adkim=s; adkim=s", "reject"),
        Case("a second version", "v=DMARC1; v=DMARC1; p=reject", "reject"),
        Case("t=y", "v=DMARC1; p=reject; t=y", "reject t"),
        Case("t=n", "v=DMARC1; p=reject; t=n", "reject"),
        Case("t=Y", "v=DMARC1; p=reject; t=Y", "reject t"),
        Case("a wrong t", "v=DMARC1; p=reject; t=yes", "reject"),
        Case("psd=y", "v=DMARC1; p=reject; psd=y", "reject psd=y"),
        Case("psd=n", "v=DMARC1; p=reject; psd=n", "reject psd=n"),
        Case("psd=u", "v=DMARC1; p=reject; psd=u", "reject"),
        Case("a wrong psd", "v=DMARC1; p=reject; psd=true", "reject"),
        Case("strict alignment", "v=DMARC1; p=reject; adkim=s; aspf=s", "reject adkim=s aspf=s"),
        Case("strict in upper case", "v=DMARC1; p=reject; adkim=S; aspf=R", "reject adkim=s"),
        Case("wrong alignments", "v=DMARC1; p=reject; adkim=strict; aspf=x", "reject"),
        Case("tags that are history", "v=DMARC1; p=reject; pct=0; rf=afrf; ri=3600", "reject"),
        Case("unknown tags", "v=DMARC1; x=1; p=reject; future=a=b", "reject"),
        Case("a tag without equals sign", "v=DMARC1; p; p=reject", "reject"),
        Case("a tag name with a digit", "v=DMARC1; p1=none; p=reject", "reject"),
        Case("a tag name with white space inside", "v=DMARC1; s p=none; p=reject", "reject"),
        Case("empty tags", "v=DMARC1;; ;p=reject;;", "reject"),
        Case("an equals sign alone", "v=DMARC1; =; p=reject", "reject"),
        Case("8-bit octets in p", Array("v=DMARC1; p=reject".utf8) + [0xC3, 0xA9], "none invalid"),
        Case(
            "8-bit octets in an unknown tag",
            Array("v=DMARC1; n=".utf8) + [0xFF] + Array("; p=reject".utf8),
            "reject"
        ),
        Case("a NUL in p", "v=DMARC1; p=reject\0", "none invalid"),
        Case("a line break in p", "v=DMARC1; p=reject\n", "none invalid"),
        Case("a backslash before the separator", #"v=DMARC1\; p=reject"#, nil),
    ])
    func `what follows the version is read or ignored`(_ given: Case) {
        #expect(DMARCRecord(given.text).map(summary) == given.expected)
    }
}
