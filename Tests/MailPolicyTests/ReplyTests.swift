import Authentication
import DNS
import MailPolicy
import StatusCodes
import Testing

@Suite struct PolicyReplyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let when: String
        let facts: MessageFacts
        var action = Action.reject
        let reply: String
        var testDescription: String { "\(when) \(reply.prefix(10))" }
    }

    static let cases = [
        Case(
            when: "spf=fail",
            facts: .stranger("spf=fail"),
            reply:
                "550 5.7.23 SPF fail: 192.0.2.66 may not send for sender.example; send through its servers, or list the address in its SPF record"
        ),
        Case(
            when: "spf=softfail",
            facts: .stranger("spf=softfail"),
            reply:
                "550 5.7.23 SPF softfail: 192.0.2.66 may not send for sender.example; send through its servers, or list the address in its SPF record"
        ),
        Case(
            when: "spf=permerror",
            facts: .stranger("spf=permerror"),
            reply: "550 5.7.24 SPF permerror: the SPF record of sender.example has a mistake; correct it"
        ),
        Case(
            when: "spf=temperror",
            facts: .stranger("spf=temperror"),
            action: .tempfail,
            reply: "451 4.7.24 SPF temperror: the DNS gave no answer for sender.example; try again later"
        ),
        Case(
            when: "spf=temperror dkim=none,temperror",
            facts: .stranger("spf=temperror dkim=none"),
            action: .tempfail,
            reply: "451 4.7.24 SPF temperror: the DNS gave no answer for sender.example; try again later"
        ),
        Case(
            when: "spf=temperror dkim=none,temperror",
            facts: .stranger("spf=temperror dkim=temperror", dkim: "d.example"),
            action: .tempfail,
            reply:
                "451 4.4.3 Authentication failed: SPF temperror for sender.example, DKIM temperror for d.example; try again later"
        ),
        Case(
            when: "dkim=temperror",
            facts: .stranger("dkim=temperror", dkim: "d.example"),
            action: .tempfail,
            reply: "451 4.7.5 DKIM temperror: the DNS gave no answer for d.example; try again later"
        ),
        Case(
            when: "dmarc=temperror",
            facts: .stranger("dmarc=temperror"),
            action: .tempfail,
            reply: "451 4.4.3 DMARC temperror: the DNS gave no answer for bank.example; try again later"
        ),
        Case(
            when: "iprev=temperror",
            facts: .stranger("iprev=temperror"),
            action: .tempfail,
            reply: "451 4.4.3 iprev temperror: the DNS gave no answer for 192.0.2.66; try again later"
        ),
        Case(
            when: "spf=fail",
            facts: .stranger("spf=fail"),
            action: .tempfail,
            reply:
                "451 4.7.1 SPF fail: 192.0.2.66 may not send for sender.example; send through its servers, or list the address in its SPF record; try again later"
        ),
        Case(
            when: "dkim=none",
            facts: .stranger("dkim=none"),
            reply: "550 5.7.20 DKIM none: the message is not signed; sign it with a key of bank.example"
        ),
        Case(
            when: "dkim=fail",
            facts: .stranger("dkim=fail", dkim: "d.example"),
            reply:
                "550 5.7.20 DKIM fail: no signature verifies, nor that of d.example; send the message as it was signed"
        ),
        Case(
            when: "dkim=policy",
            facts: .stranger("dkim=policy", dkim: "d.example"),
            reply:
                "550 5.7.21 DKIM policy: the signature of d.example is not acceptable; sign the whole message with a strong key"
        ),
        Case(
            when: "dkim=pass dmarc=fail",
            facts: .stranger("dkim=pass dmarc=fail", dmarcPolicy: "none"),
            reply:
                "550 5.7.22 DMARC fail: neither SPF nor DKIM authenticates bank.example, whose policy is none; send through its servers, or sign with its DKIM key"
        ),
        Case(
            when: "iprev=fail,permerror",
            facts: .stranger("iprev=fail"),
            reply:
                "550 5.7.25 iprev fail: no name of 192.0.2.66 points back to it; give it a PTR record with a name that has this address"
        ),
        Case(
            when: "iprev=fail,permerror",
            facts: .stranger("iprev=permerror"),
            reply:
                "550 5.7.25 iprev permerror: 192.0.2.66 has no name; give it a PTR record with a name that has this address"
        ),
        Case(
            when: "dmarc=fail dmarc-policy=reject",
            facts: .stranger("dmarc=fail spf=pass dkim=pass", dmarcPolicy: "reject"),
            reply:
                "550 5.7.26 DMARC fail: neither SPF nor DKIM authenticates bank.example, whose policy is reject; send through its servers, or sign with its DKIM key"
        ),
        Case(
            when: "spf=fail dkim=none",
            facts: .stranger("spf=fail dkim=none"),
            reply:
                "550 5.7.26 Authentication failed: SPF fail for sender.example, DKIM none; send through the servers of the author's domain, or sign with its DKIM key"
        ),
        Case(
            when: "arc=fail",
            facts: .stranger("arc=fail"),
            reply: "550 5.7.29 ARC fail: the chain of seals does not verify; forward the message as it came"
        ),
        Case(
            when: "arc=fail dmarc=fail",
            facts: .stranger("arc=fail dmarc=fail"),
            reply:
                "550 5.7.26 Authentication failed: ARC fail, DMARC fail for bank.example; send through the servers of the author's domain, or sign with its DKIM key"
        ),
        Case(
            when: "arc=none dmarc=fail",
            facts: .stranger("arc=none dmarc=fail"),
            reply:
                "550 5.7.26 DMARC fail: neither SPF nor DKIM authenticates bank.example; send through its servers, or sign with its DKIM key"
        ),
        Case(
            when: "dmarc=permerror",
            facts: .stranger("dmarc=permerror", author: nil),
            reply:
                "550 5.7.1 DMARC permerror: the author or the DMARC record of the author's domain cannot be read; write one author, and correct the record"
        ),
        Case(
            when: "clients=192.0.2.0/24",
            facts: .stranger("spf=fail"),
            reply: "550 5.7.1 Refused by the policy of this site"
        ),
        Case(
            when: "tls=true",
            facts: .stranger(),
            action: .tempfail,
            reply: "451 4.7.1 Refused by the policy of this site; try again later"
        ),
    ]

    @Test(arguments: cases)
    func `the reply says what was decided on, by the code that is registered for it`(_ one: Case) throws {
        let rules = PolicyRules([.rule("r", one.when, one.action)])
        let reply = try #require(rules.decide(one.facts)?.match.reply)
        #expect(reply.description == one.reply)
    }

    /// Every result of every check alone and every two of them, for both actions: about two thousand replies.
    @Test func `every code that a reply can have is registered, with its basic code`() {
        let results: [(Policy.Check, [String])] = [
            (.iprev, ["pass", "fail", "temperror", "permerror"]),
            (.spf, ["pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror"]),
            (.dkim, ["pass", "fail", "neutral", "none", "policy", "temperror", "permerror"]),
            (.arc, ["pass", "fail", "none"]), (.dmarc, ["pass", "fail", "none", "temperror", "permerror"]),
        ]
        let words = results.flatMap { check, values in values.map { "\(check.rawValue)=\($0)" } }
        var seen: Set<String> = []
        for first in words {
            for second in words {
                for action in [Action.reject, .tempfail] {
                    let when = first.prefix { $0 != "=" } == second.prefix { $0 != "=" } ? first : "\(first) \(second)"
                    let facts = MessageFacts.stranger(when, dmarcPolicy: "reject")
                    guard let reply = PolicyRules([.rule("r", when, action)]).decide(facts)?.match.reply else {
                        Issue.record("no reply for \(when)")
                        continue
                    }
                    let registered = StatusCodeRegistry.code(reply.enhancedCode)
                    #expect(registered?.goes(with: reply.code, in: reply.enhancedCode.statusClass) == true, "\(reply)")
                    #expect(reply.description.utf8.count <= 510)
                    seen.insert("\(reply.code) \(reply.enhancedCode)")
                }
            }
        }
        #expect(
            seen.sorted() == [
                "451 4.4.3", "451 4.7.1", "451 4.7.24", "451 4.7.5", "550 5.4.3", "550 5.7.1", "550 5.7.20",
                "550 5.7.21",
                "550 5.7.22", "550 5.7.23", "550 5.7.24", "550 5.7.25", "550 5.7.26", "550 5.7.29",
            ]
        )
    }

    @Test func `codes and text that the rule gives go before ours, and help comes last`() {
        var rule = Rule.rule("r", "spf=fail")
        rule.enhancedCode = EnhancedCode("5.7.1")
        rule.text = "100% refused"
        var rules = PolicyRules([rule])
        rules.help = "https://example.org/why?a=%20"
        #expect(
            rules.decide(.stranger("spf=fail"))?.match.reply?.description
                == "550 5.7.1 100% refused; see https://example.org/why?a=%20"
        )
    }

    @Test func `the domain's own words are told only when asked for, marked, and cut to the room`() throws {
        var facts = MessageFacts.stranger("spf=fail")
        facts.spfExplanation = "Go away, " + String(repeating: "x", count: 600)
        var rule = Rule.rule("r", "spf=fail")
        #expect(try #require(PolicyRules([rule]).decide(facts)?.match.reply?.text).contains("Go away") == false)
        rule.tellsExplanation = true
        var rules = PolicyRules([rule])
        rules.help = "https://example.org/why"
        let text = try #require(rules.decide(facts)?.match.reply?.description)
        #expect(text.contains("; sender.example explains: Go away, xxx"))
        #expect(text.hasSuffix("x; see https://example.org/why"))
        #expect(text.utf8.count == 510)
        facts.spfExplanation = "ä\r\n250 ok"
        #expect(try #require(rules.decide(facts)?.match.reply?.text).contains("explains") == false)
    }

    @Test(arguments: [
        "a;b.example", "a%0d.example", "a(b.example", "\"a\".example", "a=b.example", "a,b.example", "<a>.example",
        String(repeating: "a.", count: 100) + "example",
    ])
    func `a name that no host has is not repeated`(_ name: String) throws {
        let facts = MessageFacts.stranger("spf=fail dkim=fail dmarc=fail", author: name, mailFrom: name, dkim: name)
        #expect(facts.authorDomains.count == 1)
        for when in ["spf=fail", "dkim=fail", "dmarc=fail", "spf=fail dkim=fail dmarc=fail"] {
            let reply = try #require(PolicyRules([.rule("r", when)]).decide(facts)?.match.reply)
            #expect(!reply.text.contains(name))
            #expect(reply.description.utf8.count <= 510)
        }
    }

    @Test func `three long names fit with text and help at their limits`() throws {
        let name = "a." + String(repeating: "b", count: 60) + "." + String(repeating: "c", count: 49) + ".example"
        let facts = MessageFacts.stranger(
            "spf=permerror dkim=permerror dmarc=permerror iprev=permerror arc=fail",
            author: name,
            mailFrom: name,
            dkim: name
        )
        let when = "spf=permerror dkim=permerror dmarc=permerror iprev=permerror arc=fail"
        var rule = Rule.rule("r", when)
        var rules = PolicyRules([rule])
        rules.help = "https://example.org/" + String(repeating: "h", count: PolicyReply.helpLimit - 20)
        #expect(try #require(rules.decide(facts)?.match.reply?.description).utf8.count <= 510)
        for one in when.split(separator: " ") {
            rules.rules = [.rule("r", String(one))]
            #expect(try #require(rules.decide(facts)?.match.reply?.description).utf8.count <= 510)
        }
        rule.text = String(repeating: "t", count: PolicyReply.textLimit)
        rules.rules = [rule]
        #expect(try #require(rules.decide(facts)?.match.reply?.description).utf8.count <= 510)
    }

    @Test(arguments: [
        ("https://example.org/a", true), ("http://example.org", true), ("example.org", false), ("https://a b", false),
        ("https://ä.example", false), ("javascript:1", false), ("", false), ("https://a\"", false),
    ])
    func `help is a URL that a reply can have`(_ text: String, _ isHelp: Bool) {
        #expect(PolicyReply.isHelp(text) == isHelp)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var action = Action.reject
        var code: Int?
        var enhanced: String?
        let mistake: String?
        var testDescription: String { "\(action) \(code ?? 0) \(enhanced ?? "")" }
    }

    @Test(arguments: [
        Mistake(code: 550, mistake: nil), Mistake(enhanced: "5.7.1", mistake: nil),
        Mistake(code: 551, enhanced: "5.7.1", mistake: nil), Mistake(code: 554, enhanced: "5.3.4", mistake: nil),
        Mistake(action: .tempfail, code: 451, mistake: nil),
        Mistake(action: .tempfail, code: 450, enhanced: "4.7.0", mistake: nil),
        Mistake(code: 554, mistake: "554: takes an enhanced-code that it is registered with; see `authres codes`"),
        Mistake(code: 451, mistake: "451: action reject takes a code from 500 to 599"),
        Mistake(enhanced: "4.7.1", mistake: "4.7.1: this action takes a code that begins with 5"),
        Mistake(enhanced: "5.7.99", mistake: "5.7.99 is not registered; see `authres codes`"),
        Mistake(
            code: 554,
            enhanced: "5.7.26",
            mistake: "5.7.26: X.7.26 (Multiple authentication checks failed) goes with 550, not 554"
        ),
        Mistake(
            action: .tempfail,
            enhanced: "4.7.26",
            mistake: "4.7.26: X.7.26 (Multiple authentication checks failed) goes with 550"
        ),
        Mistake(action: .accept, code: 550, mistake: "action accept has no reply; only reject and tempfail have one"),
    ])
    func `codes are held against the registry`(_ one: Mistake) {
        var rule = Rule(name: "r", action: one.action)
        rule.code = one.code
        rule.enhancedCode = one.enhanced.flatMap { EnhancedCode($0) }
        #expect(rule.replyMistakes.map(\.text) == (one.mistake.map { [$0] } ?? []))
    }
}
