import MailPolicy
import Testing

@Suite struct ConditionTests {
    @Test(arguments: [
        ("spf", ["fail", "softfail"]), ("dkim", ["none"]), ("iprev", ["permerror"]), ("arc", ["pass"]),
        ("auth", ["pass"]),
        ("dmarc", ["temperror"]), ("dmarc-policy", ["quarantine", "reject"]), ("from", ["a.example", "*.b.example"]),
        ("mail-from", ["a.example"]), ("helo", ["*.a.example"]), ("arc-sealer", ["xn--bcher-kva.example"]),
        ("clients", ["192.0.2.0/24", "2001:db8::/32"]), ("peer", ["local", "trusted-relay"]), ("tls", ["true"]),
        ("forged-fields", ["false"]), ("null-sender", ["true"]),
    ])
    func `a condition is read as it is written`(_ key: String, _ values: [String]) {
        let (condition, mistakes) = Condition.read(key, values)
        #expect(mistakes.isEmpty)
        #expect(condition?.key == key)
        #expect(condition?.values == values)
    }

    @Test func `every key can be read`() {
        #expect(Condition.keys.count == 16)
        for key in Condition.keys {
            let texts = Condition.read(key, ["?"]).mistakes.map(\.text)
            #expect(texts.count == 1 && texts.allSatisfy { !$0.contains("no such condition") }, "\(key)")
        }
    }

    @Test(arguments: [
        ("sfp", "fail", "no such condition; known here: auth, iprev, spf"),
        ("dkim-atps", "fail", "the method is not checked by this program"),
        ("spf", "failed", "\"failed\" is not a result of spf; one of: fail, neutral, none"),
        ("spf", "hardfail", "hardfail is deprecated and never given"),
        ("iprev", "none", "\"none\" is not a result of iprev; one of: fail, pass, permerror, temperror"),
        ("arc", "temperror", "\"temperror\" is not a result of arc"),
        ("dmarc", "reject", "\"reject\" is not a result of dmarc"),
        ("dmarc-policy", "fail", "\"fail\" is not a DMARC policy"),
        ("from", "ann@a.example", "is not a name"), ("from", "a..example", "is not a name"),
        ("from", "*", "is not a name"),
        ("from", "a.*.example", "is not a name"), ("helo", "", "is not a name"),
        ("clients", "192.0.2.0/33", "is not a network"),
        ("clients", "host.example", "is not a network"), ("peer", "friend", "is not a kind of peer"),
        ("tls", "maybe", "is not true or false"),
    ])
    func `a mistake is named, with what to write`(_ key: String, _ value: String, _ expected: String) {
        let (condition, mistakes) = Condition.read(key, [value])
        #expect(condition == nil)
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.text.contains(expected) == true, "\(mistakes)")
    }

    @Test func `each wrong value is told, by its place`() {
        let mistakes = Condition.read("spf", ["fail", "x", "pass", "y"]).mistakes
        #expect(mistakes.map(\.index) == [1, 3])
        #expect(Condition.read("spf", []).mistakes.count == 1)
    }
}
