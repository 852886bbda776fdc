import Authentication
import DNS
import MailPolicy
import Testing

@Suite struct RuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let when: String
        var except = ""
        let facts: MessageFacts
        let matches: Bool
        var testDescription: String { name }
    }

    static func stranger(_ change: (inout MessageFacts) -> Void) -> MessageFacts {
        var facts = MessageFacts.stranger("spf=pass dkim=none dmarc=fail arc=none iprev=pass", dmarcPolicy: "reject")
        change(&facts)
        return facts
    }

    @Test(arguments: [
        Case(name: "a rule without conditions", when: "", facts: .stranger(), matches: true),
        Case(
            name: "one of several results",
            when: "spf=fail,softfail",
            facts: .stranger("spf=softfail"),
            matches: true
        ),
        Case(name: "another result", when: "spf=fail", facts: .stranger("spf=softfail"), matches: false),
        Case(name: "a check that did not run", when: "spf=none", facts: .stranger(), matches: false),
        Case(name: "all conditions", when: "spf=fail dkim=none", facts: .stranger("spf=fail dkim=none"), matches: true),
        Case(name: "not all conditions", when: "spf=fail dkim=none", facts: .stranger("spf=fail"), matches: false),
        Case(
            name: "the policy that applies",
            when: "dmarc=fail dmarc-policy=reject",
            facts: .stranger("dmarc=fail", dmarcPolicy: "reject"),
            matches: true
        ),
        Case(
            name: "another policy",
            when: "dmarc=fail dmarc-policy=reject",
            facts: .stranger("dmarc=fail", dmarcPolicy: "quarantine"),
            matches: false
        ),
        Case(name: "an author", when: "from=bank.example", facts: .stranger(), matches: true),
        Case(name: "an author below", when: "from=*.example", facts: .stranger(), matches: true),
        Case(name: "not the name itself", when: "from=*.bank.example", facts: .stranger(), matches: false),
        Case(name: "a name that only ends alike", when: "from=*.nk.example", facts: .stranger(), matches: false),
        Case(
            name: "an author in U-labels",
            when: "from=bücher.example",
            facts: .stranger(author: "xn--bcher-kva.example"),
            matches: true
        ),
        Case(
            name: "two authors, both named",
            when: "from=*.example",
            facts: .stranger(author: "a.example b.example"),
            matches: true
        ),
        Case(
            name: "two authors, one of them named",
            when: "from=a.example",
            facts: .stranger(author: "a.example b.example"),
            matches: false
        ),
        Case(name: "no author", when: "from=*.example", facts: .stranger(author: nil), matches: false),
        Case(name: "a sender", when: "mail-from=sender.example", facts: .stranger(), matches: true),
        Case(name: "HELO", when: "helo=*.sender.example", facts: .stranger(), matches: true),
        Case(name: "a network", when: "clients=198.51.100.0/24,192.0.2.64/30", facts: .stranger(), matches: true),
        Case(name: "another network", when: "clients=2001:db8::/32", facts: .stranger(), matches: false),
        Case(name: "TLS", when: "tls=true", facts: .stranger(), matches: true),
        Case(name: "no TLS", when: "tls=false", facts: .stranger(), matches: false),
        Case(name: "nobody knows of TLS", when: "tls=false", facts: stranger { $0.isEncrypted = nil }, matches: false),
        Case(
            name: "forged fields",
            when: "forged-fields=true",
            facts: stranger { $0.hasForgedFields = true },
            matches: true
        ),
        Case(name: "no forged fields", when: "forged-fields=true", facts: .stranger(), matches: false),
        Case(name: "a null sender", when: "null-sender=true", facts: .stranger(mailFrom: nil), matches: true),
        Case(
            name: "a sender that is not known",
            when: "null-sender=true",
            facts: stranger { $0.isNullSender = nil },
            matches: false
        ),

        Case(
            name: "a sealer",
            when: "arc=pass arc-sealer=list.example",
            facts: .stranger("arc=pass", sealers: ["list.example"]),
            matches: true
        ),
        Case(
            name: "the last sealer",
            when: "arc-sealer=list.example",
            facts: .stranger("arc=pass", sealers: ["other.example", "list.example"]),
            matches: true
        ),
        Case(
            name: "a sealer above whom another has sealed",
            when: "arc-sealer=list.example",
            facts: .stranger("arc=pass", sealers: ["list.example", "evil.example"]),
            matches: false
        ),
        Case(
            name: "a sealer of a chain that fails",
            when: "arc-sealer=list.example",
            facts: .stranger("arc=fail", sealers: ["list.example"]),
            matches: false
        ),
        Case(name: "no sealer", when: "arc-sealer=list.example", facts: .stranger("arc=pass"), matches: false),

        Case(name: "an authenticated client", when: "", facts: stranger { $0.peer = .authenticated }, matches: false),
        Case(name: "a local client", when: "", facts: stranger { $0.peer = .local }, matches: false),
        Case(name: "a trusted relay", when: "", facts: stranger { $0.peer = .trustedRelay }, matches: false),
        Case(
            name: "nobody knows who",
            when: "peer=stranger,authenticated,local,trusted-relay",
            facts: stranger { $0.peer = nil },
            matches: false
        ),
        Case(
            name: "a rule about local clients",
            when: "peer=local",
            facts: stranger { $0.peer = .local },
            matches: true
        ),
        Case(name: "a rule about local clients, of a stranger", when: "peer=local", facts: .stranger(), matches: false),
        Case(
            name: "a rule about auth",
            when: "auth=pass",
            facts: stranger {
                $0.peer = .authenticated
                $0.results[.auth] = "pass"
            },
            matches: true
        ),
        Case(name: "a rule about auth, of a stranger", when: "auth=none", facts: .stranger(), matches: true),

        Case(
            name: "excepted",
            when: "dmarc=fail",
            except: "from=bank.example clients=192.0.2.0/24",
            facts: .stranger("dmarc=fail"),
            matches: false
        ),
        Case(
            name: "excepted in part only: a stranger says he is a partner",
            when: "dmarc=fail",
            except: "from=bank.example clients=198.51.100.0/24",
            facts: .stranger("dmarc=fail"),
            matches: true
        ),
    ])
    func `a rule matches what fulfils all its conditions and is not excepted`(_ one: Case) {
        let rule = Rule.rule(one.name, one.when, except: one.except)
        #expect(rule.when.count == one.when.split(separator: " ").count)
        #expect(rule.matches(one.facts) == one.matches, "\(rule.explanation(one.facts))")
        #expect(rule.explanation(one.facts).hasPrefix("matches") == one.matches)
    }

    @Test(arguments: [
        ("", false), ("dmarc", false), ("dmarc-quarantine.2", false), ("a b", true), ("a=b", true), ("ü", true),
        (String(repeating: "a", count: 65), true), ("a\n", true), ("\"", true),
    ])
    func `a name can stand in a log`(_ name: String, _ isWrong: Bool) {
        #expect(Rule.isName(name) == !(isWrong || name.isEmpty))
    }

    @Test func `an explanation says what each condition found`() {
        let facts = MessageFacts.stranger("dmarc=pass", dmarcPolicy: "reject")
        #expect(
            Rule.rule("r", "dmarc=fail,permerror dmarc-policy=reject").explanation(facts)
                == "does not match: dmarc is pass, not fail or permerror"
        )
        #expect(
            Rule.rule("r", "spf=fail dmarc=pass").explanation(facts)
                == "does not match: spf is not known, or was not checked"
        )
        #expect(
            Rule.rule("r", "dmarc=pass clients=192.0.2.0/24").explanation(facts)
                == "matches: dmarc is pass; clients is 192.0.2.66"
        )
        #expect(
            Rule.rule("r", "dmarc=pass", except: "from=bank.example").explanation(facts)
                == "does not match: excepted, for from is bank.example"
        )
    }
}

@Suite struct PolicyRulesTests {
    @Test func `the first rule that matches decides`() {
        let rules = PolicyRules([
            .rule("lists", "arc=pass arc-sealer=list.example", .accept), .rule("dmarc", "dmarc=fail", .reject),
            .rule("spf", "spf=fail", .tempfail),
        ])
        let list = MessageFacts.stranger("arc=pass dmarc=fail spf=fail", sealers: ["list.example"])
        #expect(rules.decide(list)?.match.rule == "lists")
        #expect(rules.decide(list)?.action == .accept)
        #expect(rules.decide(list)?.match.reply == nil)
        let forged = MessageFacts.stranger("arc=pass dmarc=fail spf=fail", sealers: ["evil.example"])
        #expect(rules.decide(forged)?.match.rule == "dmarc")
        #expect(rules.decide(.stranger("spf=fail"))?.action == .tempfail)
        #expect(rules.decide(.stranger("spf=pass")) == nil)
    }

    @Test func `nothing is done in a dry run, and what would have been done is told`() {
        var rules = PolicyRules([.rule("a", "spf=fail"), .rule("b", "dmarc=fail")])
        rules.isDryRun = true
        let decision = rules.decide(.stranger("spf=fail dmarc=fail"))
        #expect(decision?.match.rule == "a")
        #expect(decision?.isDryRun == true)
        #expect(decision?.action == nil)
        #expect(decision?.tried == nil)
        #expect(decision?.match.reply?.description.hasPrefix("550 5.7.23 ") == true)
    }

    @Test func `a rule that is only tried leaves the message to the next`() {
        let rules = PolicyRules([
            .rule("try", "arc=pass", .accept, dryRun: true), .rule("try-too", "spf=fail", dryRun: true),
            .rule("dmarc", "dmarc=fail"),
        ])
        let decided = rules.decide(.stranger("arc=pass spf=fail dmarc=fail"))
        #expect(decided?.action == .reject)
        #expect(decided?.match.rule == "dmarc")
        #expect(decided?.tried?.rule == "try")
        let tried = rules.decide(.stranger("spf=fail"))
        #expect(tried?.match.rule == "try-too")
        #expect(tried?.isDryRun == true)
    }

    @Test func `messages are held only by a rule that is in force`() {
        #expect(!PolicyRules([.rule("a", "spf=fail", .reject)]).mayQuarantine)
        #expect(!PolicyRules([.rule("a", "spf=fail", .quarantine, dryRun: true)]).mayQuarantine)
        var rules = PolicyRules([.rule("a", "spf=fail", .quarantine)])
        #expect(rules.mayQuarantine)
        rules.isDryRun = true
        #expect(!rules.mayQuarantine)
    }

    struct Reach: Sendable, CustomTestStringConvertible {
        let name: String
        let rules: [Rule]
        /// Rules that can never match.
        let unreachable: [Int]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Reach(name: "the same again", rules: [.rule("a", "spf=fail"), .rule("b", "spf=fail")], unreachable: [1]),
        Reach(
            name: "fewer results",
            rules: [.rule("a", "spf=fail,softfail"), .rule("b", "spf=fail")],
            unreachable: [1]
        ),
        Reach(name: "more results", rules: [.rule("a", "spf=fail"), .rule("b", "spf=fail,softfail")], unreachable: []),
        Reach(
            name: "more conditions",
            rules: [.rule("a", "dmarc=fail"), .rule("b", "dmarc=fail spf=fail")],
            unreachable: [1]
        ),
        Reach(
            name: "fewer conditions",
            rules: [.rule("a", "dmarc=fail spf=fail"), .rule("b", "dmarc=fail")],
            unreachable: []
        ),
        Reach(
            name: "after all",
            rules: [.rule("a", ""), .rule("b", "spf=fail"), .rule("c", "dkim=none")],
            unreachable: [1, 2]
        ),
        Reach(name: "of other peers", rules: [.rule("a", ""), .rule("b", "peer=local")], unreachable: []),
        Reach(
            name: "of fewer peers",
            rules: [.rule("a", "peer=local,stranger"), .rule("b", "spf=fail")],
            unreachable: [1]
        ),
        Reach(
            name: "a name below",
            rules: [.rule("a", "from=*.a.example"), .rule("b", "from=x.a.example")],
            unreachable: [1]
        ),
        Reach(
            name: "names below",
            rules: [.rule("a", "from=*.example"), .rule("b", "from=*.a.example")],
            unreachable: [1]
        ),
        Reach(
            name: "the name above",
            rules: [.rule("a", "from=*.a.example"), .rule("b", "from=a.example")],
            unreachable: []
        ),
        Reach(
            name: "another name",
            rules: [.rule("a", "from=a.example"), .rule("b", "mail-from=a.example")],
            unreachable: []
        ),
        Reach(
            name: "a network within",
            rules: [.rule("a", "clients=192.0.2.0/24"), .rule("b", "clients=192.0.2.64/26")],
            unreachable: [1]
        ),
        Reach(
            name: "a network around",
            rules: [.rule("a", "clients=192.0.2.64/26"), .rule("b", "clients=192.0.2.0/24")],
            unreachable: []
        ),
        Reach(
            name: "a sealer, after every chain that passes",
            rules: [.rule("a", "arc=pass"), .rule("b", "arc-sealer=a.example")],
            unreachable: [1]
        ),
        Reach(
            name: "an exception of the first",
            rules: [
                .rule("a", "spf=fail", except: "from=a.example"),
                .rule("b", "spf=fail"),
            ],
            unreachable: []
        ),
        Reach(
            name: "the same exception",
            rules: [
                .rule("a", "spf=fail", except: "from=a.example"),
                .rule("b", "spf=fail", except: "from=a.example,b.example"),
            ],
            unreachable: [1]
        ),
        Reach(
            name: "an exception that is another case",
            rules: [
                .rule("a", "spf=fail", except: "dmarc=pass"),
                .rule("b", "spf=fail dmarc=fail"),
            ],
            unreachable: [1]
        ),
        Reach(
            name: "an exception of the second",
            rules: [
                .rule("a", "spf=fail"),
                .rule("b", "spf=fail", except: "from=a.example"),
            ],
            unreachable: [1]
        ),
        Reach(
            name: "a rule that is only tried",
            rules: [.rule("a", "spf=fail", dryRun: true), .rule("b", "spf=fail")],
            unreachable: []
        ),
        Reach(
            name: "tried after one in force",
            rules: [.rule("a", "spf=fail"), .rule("b", "spf=fail", dryRun: true)],
            unreachable: [1]
        ),
        Reach(
            name: "excepted altogether",
            rules: [.rule("a", "spf=fail", except: "spf=fail,softfail")],
            unreachable: [0]
        ),
        Reach(
            name: "a sealer of no chain that passes",
            rules: [.rule("a", "arc=fail arc-sealer=a.example")],
            unreachable: [0]
        ),
        Reach(
            name: "the null sender's domain",
            rules: [.rule("a", "null-sender=true mail-from=a.example")],
            unreachable: [0]
        ),
        Reach(name: "the policy of none", rules: [.rule("a", "dmarc=none dmarc-policy=reject")], unreachable: [0]),
        Reach(
            name: "the issue's rules",
            rules: [
                .rule("lists", "arc=pass arc-sealer=lists.example.org", .accept),
                .rule(
                    "dmarc",
                    "dmarc=fail dmarc-policy=reject",
                    except: "from=partner.example clients=198.51.100.0/24"
                ),
                .rule("dmarc-quarantine", "dmarc=fail dmarc-policy=quarantine", .quarantine),
                .rule("dns", "spf=temperror dkim=none,temperror", .tempfail),
                .rule("reverse", "iprev=fail,permerror", dryRun: true),
            ],
            unreachable: []
        ),
    ])
    func `a rule that can never match is found`(_ one: Reach) {
        let found = PolicyRules(one.rules).unreachable
        #expect(found.map(\.index) == one.unreachable, "\(found)")
    }

    /// Whatever a rule that is said to be out of reach matches, a rule above it matches: tried with every message that
    /// a few values make.
    @Test func `a rule out of reach matches no message that reaches it`() {
        let whens = [
            "", "spf=fail", "spf=fail,pass", "dmarc=fail", "spf=pass dmarc=fail", "from=a.example", "tls=true",
            "from=*.example", "peer=local", "peer=local,stranger", "arc=pass", "arc-sealer=a.example",
        ]
        let excepts = ["", "spf=fail", "from=a.example", "spf=fail from=a.example"]
        let rules = whens.flatMap { when in excepts.map { Rule.rule("r", when, except: $0) } }
        var messages: [MessageFacts] = []
        for spf in ["pass", "fail"] {
            for dmarc in ["pass", "fail"] {
                for author in ["a.example", "b.example", "c.net"] {
                    for sealers in [[], ["a.example"], ["a.example", "b.example"]] {
                        for peer in [Peer.stranger, .local] {
                            var facts = MessageFacts.stranger(
                                "spf=\(spf) dmarc=\(dmarc) arc=\(sealers.isEmpty ? "none" : "pass")",
                                author: author,
                                sealers: sealers
                            )
                            facts.peer = peer
                            facts.isEncrypted = spf == "pass"
                            messages.append(facts)
                        }
                    }
                }
            }
        }
        for first in rules {
            for second in rules where PolicyRules([first, second]).unreachable.contains(where: { $0.index == 1 }) {
                for facts in messages where second.matches(facts) {
                    #expect(first.matches(facts), "\(first) \(second) \(facts)")
                }
            }
        }
    }
}
