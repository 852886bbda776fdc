import Configuration
import MailPolicy
import StatusCodes
import Testing

@testable import authres

/// `policy:` in the configuration file.
@Suite struct PolicyConfigurationTests {
    static let file = """
        policy:
          dry-run: false
          help: https://example.org/rejected
          rules:
            - {name: lists, when: {arc: pass, arc-sealer: [lists.example.org]}, action: accept}
            - {name: dmarc,  when: {dmarc: fail, dmarc-policy: reject}, action: reject, except: {from: [partner.example], clients: [198.51.100.0/24]}}
            - {name: dmarc-quarantine, when: {dmarc: fail, dmarc-policy: quarantine}, action: quarantine}
            - {name: dns,    when: {spf: temperror, dkim: [none, temperror]}, action: tempfail}
            - name: reverse
              when:
                iprev: [fail, permerror]
                from: ["*.example.org"]
              action: reject
              dry-run: true
              code: 550
              enhanced-code: 5.7.1
              text: "No reverse DNS: see us"
              spf-explanation: true

        """

    @Test func `a policy is read`() throws {
        let rules = try ConfigurationTests.effective(Self.file).configuration.rules
        #expect(rules.rules.map(\.name) == ["lists", "dmarc", "dmarc-quarantine", "dns", "reverse"])
        #expect(rules.rules.map(\.action) == [.accept, .reject, .quarantine, .tempfail, .reject])
        #expect(rules.rules[0].when.map(\.values) == [["pass"], ["lists.example.org"]])
        #expect(rules.rules[1].except.map(\.values) == [["partner.example"], ["198.51.100.0/24"]])
        #expect(rules.rules[3].when.map(\.key) == ["spf", "dkim"])
        let last = rules.rules[4]
        #expect(last.isDryRun && last.tellsExplanation)
        #expect(last.code == 550)
        #expect(last.enhancedCode?.description == "5.7.1")
        #expect(last.text == "No reverse DNS: see us")
        #expect(rules.help == "https://example.org/rejected")
        #expect(rules.mayQuarantine)
        #expect(!rules.isDryRun)
    }

    @Test func `three lines turn DMARC on`() throws {
        let rules = try ConfigurationTests.effective(
            "policy:\n  rules:\n    - {name: dmarc, when: {dmarc: fail, dmarc-policy: reject}, action: reject}\n"
        )
        .configuration.rules
        #expect(rules.rules.count == 1)
    }

    @Test(arguments: ["", "policy:", "policy: {rules: }", "policy: {rules: []}", "policy: {dry-run: true}"])
    func `without rules there is no policy`(_ file: String) throws {
        #expect(try ConfigurationTests.effective(file).configuration.rules.isEmpty)
    }

    @Test func `what config prints is read back as the same policy, in a table`() throws {
        let effective = try ConfigurationTests.effective(Self.file)
        let again = try ConfigurationTests.effective(effective.yaml)
        #expect(again.configuration.rules == effective.configuration.rules)
        let rows = effective.yaml.split(separator: "\n").filter { $0.hasPrefix("    - {") }
        #expect(rows.count == 5)
        #expect(Set(rows.map { $0.firstRange(of: "action:")?.lowerBound.utf16Offset(in: $0) }).count == 1)
        #expect(rows.first?.hasSuffix("}  # authres.yaml:5:7") == true, "\(rows)")
        #expect(rows[1].hasSuffix("}  # authres.yaml:6:7, 550 5.7.26") == true, "\(rows)")
        #expect(rows[3].hasSuffix("}  # authres.yaml:8:7, 451 4.4.3, 451 4.7.24") == true, "\(rows)")
        #expect(try ConfigurationTests.effective("").yaml.contains("  rules: []  # default"))
    }

    @Test func `a variable and a flag say whether it is only tried`() throws {
        let effective = try ConfigurationTests.effective(
            Self.file,
            environment: ["AUTHRES_POLICY_HELP": "https://other.example"],
            flags: ["--policy-dry-run", "true"]
        )
        #expect(effective.configuration.rules.isDryRun)
        #expect(effective.configuration.rules.help == "https://other.example")
        #expect(!effective.configuration.rules.mayQuarantine)
    }

    @Test func `every mistake is reported at once, with its place`() throws {
        let file = """
            policy:
              dry_run: true
              help: example.org
              rules:
                - {name: a b, when: {sfp: fail, spf: [fail, failed]}, action: reject}
                - {name: two, when: {iprev: none}, acton: reject, action: discard}
                - {name: three, when: {from: "@x", clients: [192.0.2.0/33]}, action: drop}
                - {when: {spf: fail}}
                - {name: four, when: {spf: fail}, action: reject, code: 554, enhanced-code: 5.7.23}
                - {name: four, when: {spf: softfail}, action: accept, text: no}
                - {name: five, when: {spf: fail, dkim: none}, action: tempfail}
                - {name: six, when: {dkim: none}, action: reject, code: 5xx, enhanced-code: "5.7", text: "a\\nb"}
                - x

            """
        let found = try ConfigurationTests.mistakes(file)
        for expected in [
            "authres.yaml:2:3: policy.dry_run: no such key; did you mean dry-run?",
            "authres.yaml:3:9: policy.help: \"example.org\" is not a URL",
            "authres.yaml:5:14: name: \"a b\" is not 1 to 64 letters",
            "authres.yaml:5:26: when.sfp: no such condition; known here: auth, iprev, spf",
            "authres.yaml:5:49: when.spf: \"failed\" is not a result of spf; one of: fail, neutral",
            "authres.yaml:6:33: when.iprev: \"none\" is not a result of iprev; one of: fail, pass",
            "authres.yaml:6:40: acton: no such key of a rule; known here: name, when",
            "authres.yaml:6:63: action: discard is not supported",
            "authres.yaml:7:34: when.from: \"@x\" is not a name",
            "authres.yaml:7:50: when.clients: \"192.0.2.0/33\" is not a network",
            "authres.yaml:7:74: action: \"drop\" is not one of accept, reject, tempfail, quarantine",
            "authres.yaml:8:7: a rule needs name", "authres.yaml:8:7: a rule needs action",
            "authres.yaml:9:81: enhanced-code: 5.7.23: X.7.23 (SPF validation failed) goes with 550, not 554",
            "authres.yaml:10:14: name: another rule is called four",
            "authres.yaml:11:7: rule five can never match: rule four above it matches everything that it does",
            "authres.yaml:12:61: code: \"5xx\" is not a code",
            "authres.yaml:12:81: enhanced-code: \"5.7\" is not a code such as 5.7.1",
            "authres.yaml:12:94: text: expected printable ASCII",
            "authres.yaml:13:7: policy.rules: a rule is a mapping",
        ] {
            #expect(found.contains { $0.hasPrefix(expected) }, "\(expected)")
        }
        #expect(found.count == 20, "\(found.joined(separator: "\n"))")
    }

    @Test(arguments: [
        ("{spf: fail}, action: accept, code: 550", "code: action accept has no reply"),
        ("{spf: fail}, action: quarantine, enhanced-code: 5.7.1", "enhanced-code: action quarantine has no reply"),
        ("{spf: fail}, action: reject, dry-run: perhaps", "dry-run: \"perhaps\" is not true or false"),
        ("{spf: fail, null-sender: }, action: reject", "when.null-sender: has no value"),
        ("{spf: []}, action: reject", "when.spf: has no value"),
        ("{spf: {a: b}}, action: reject", "when.spf: expected one value"),
        ("[spf], action: reject", "when: expected conditions"),
        ("{spf: fail}, except: {spf: fail}, action: reject", "rule r can never match: except takes out all"),
        ("{arc: fail, arc-sealer: a.example}, action: accept", "rule r can never match: arc"),
        ("{dkim-atps: pass}, action: accept", "when.dkim-atps: the method is not checked by this program"),
    ])
    func `a wrong rule is named as what it is`(_ rule: String, _ expected: String) throws {
        let found = try ConfigurationTests.mistakes("policy: {rules: [{name: r, when: \(rule)}]}")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test func `a rule on a check that is switched off is a mistake`() throws {
        let found = try ConfigurationTests.mistakes(
            "checks: {dmarc: false}\npolicy: {rules: [{name: r, when: {spf: fail}, except: {from: a.example}, action: reject}]}"
        )
        #expect(found == ["authres.yaml:2:18: rule r: from is never known, since checks.dmarc is false"])
    }
}
