import ArgumentParser
import Authentication
import DNS
import Foundation
import Testing

@testable import CommandOptions
@testable import Configuration
@testable import authres

@Suite struct ConfigurationTests {
    static func effective(
        _ file: String = "",
        environment: [String: String] = [:],
        flags: [String] = []
    ) throws -> EffectiveConfiguration {
        try EffectiveConfiguration(
            file: ConfigurationFile(name: "authres.yaml", text: file),
            environment: environment,
            flags: try SettingOptions<FilterScope>.parse(flags).entries
        )
    }

    static func mistakes(
        _ file: String,
        environment: [String: String] = [:],
        flags: [String] = []
    ) throws -> [String] {
        do {
            _ = try effective(file, environment: environment, flags: flags)
            return []
        } catch let error as ConfigurationError {
            return error.mistakes.map(\.description)
        }
    }

    @Test func `the file of the design is read`() throws {
        let configuration = try Self.effective(
            """
            authserv-id: mx.example.org      # a comment
            own-ids: ["*.example.org"]
            own-hosts: [mx.example.org]
            trusted-relays: [192.0.2.0/24]
            local-networks: [127.0.0.0/8, "::1"]
            socket: unix:/run/authres/milter.sock
            socket-mode: "0660"
            dns: {servers: [127.0.0.1], timeout: 5s}
            checks: {spf: true, dkim: true, dmarc: false, arc: true, iprev: true, auth: true}
            limits: {deadline: 20s, header: 256KiB, signatures: 10, connections: 2000}
            """
        ).configuration
        #expect(configuration.policy.authservID == "mx.example.org")
        #expect(configuration.policy.ownIDs == ["*.example.org"])
        #expect(configuration.ownHosts == ["mx.example.org"])
        #expect(configuration.policy.trustedRelays == [try #require(IPNetwork("192.0.2.0/24"))])
        #expect(configuration.policy.localNetworks.map(\.description) == ["127.0.0.0/8", "::1/128"])
        #expect(configuration.socketMode == 0o660)
        #expect(configuration.nameServers == ["127.0.0.1"])
        #expect(configuration.policy.checks == [.spf, .dkim, .arc, .iprev, .auth])
        #expect(configuration.policy.limits.deadline == .seconds(20))
        #expect(configuration.policy.limits.headerOctets == 256 * 1024)
    }

    @Test func `a flag goes before a variable, a variable before the file`() throws {
        let file = "limits: {deadline: 1s, signatures: 1, connections: 1}\n"
        let environment = ["AUTHRES_LIMITS_DEADLINE": "2s", "AUTHRES_LIMITS_SIGNATURES": "2"]
        let effective = try Self.effective(file, environment: environment, flags: ["--limits-deadline", "3s"])
        #expect(effective.configuration.policy.limits.deadline == .seconds(3))
        #expect(effective.configuration.policy.limits.signatures == 2)
        #expect(effective.configuration.connections == 1)
        #expect(effective.origins["limits.deadline"] == .flag("--limits-deadline"))
        #expect(effective.origins["limits.signatures"] == .environment("AUTHRES_LIMITS_SIGNATURES"))
        #expect(effective.origins["limits.connections"] == .file("authres.yaml", line: 1, column: 52))
    }

    @Test func `every mistake is reported at once, with its place`() throws {
        let file = """
            authserv_id: mx.example.org
            zzz: 1
            checks: {spf: maybe, sfp: true}
            limits:
              deadline: 20
            trusted-relays: [192.0.2.0/33]
            socket: [a, b]
            """
        let found = try Self.mistakes(file, environment: ["AUTHRES_NOPE": "1"], flags: ["--socket-mode", "999"])
        #expect(found.count == 9)
        #expect(found.contains("authres.yaml:1:1: authserv_id: no such key; did you mean authserv-id?"))
        #expect(found.contains { $0.hasPrefix("authres.yaml:2:1: zzz: no such key; known here: dry-run, authserv-id") })
        #expect(found.contains { $0 == "authres.yaml:3:15: checks.spf: \"maybe\" is not true or false" })
        #expect(found.contains { $0 == "authres.yaml:3:22: checks.sfp: no such key; did you mean spf?" })
        #expect(found.contains { $0.hasPrefix("authres.yaml:5:13: limits.deadline: \"20\" is not a duration") })
        #expect(found.contains { $0.hasPrefix("authres.yaml:6:18: trusted-relays: \"192.0.2.0/33\" is not a network") })
        #expect(found.contains { $0.hasPrefix("authres.yaml:7:9: socket: expected one value, found a list") })
        #expect(found.contains { $0.hasPrefix("AUTHRES_NOPE: no such setting; see") })
        #expect(found.contains { $0.hasPrefix("--socket-mode: \"999\" is not permission bits") })
    }

    @Test(arguments: [
        ("checks: {spf: true, spf: false}", "given more than once"),
        ("a: [", "not YAML"),
        ("- a\n- b", "expected lines of"),
        ("dns: 127.0.0.1", "dns: expected a mapping"),
        ("seal: {domain: example.org}", "all three or none"),
        ("own-ids: [[a]]", "an element must be a plain value"),
        ("dns: {servers: [localhost]}", "is not an address"),
        ("also-remove: [ARC-Seal]", "\"ARC-Seal\" is not a header field that may be removed"),
        ("also-remove: [from]", "\"from\" is not a header field that may be removed"),
        ("also-remove: [Received]", "\"Received\" is not a header field that may be removed"),
        ("also-remove: [Resent-From]", "\"Resent-From\" is not a header field that may be removed"),
        ("also-remove: [DKIM-Signature]", "\"DKIM-Signature\" is not a header field that may be removed"),
        ("also-remove: [Content-Type]", "\"Content-Type\" is not a header field that may be removed"),
        ("also-remove: ['a b']", "\"a b\" is not a header field that may be removed"),
        ("authserv-id: \"\"", "authserv-id: \"\" is not a name"),
        ("authserv-id: \"mx\\nX: y\"", "\"mx\\nX: y\" is not a name"),
        ("authserv-id: mx example.org", "\"mx example.org\" is not a name such as mx.example.org"),
        ("authserv-id: $myhostname", "\"$myhostname\" is not a name such as mx.example.org"),
        ("authserv-id: '{{ hostname }}'", "is not a name such as mx.example.org"),
        ("authserv-id: HOSTNAME", "\"HOSTNAME\" is not a name such as mx.example.org"),
        ("authserv-id: \(String(repeating: "a", count: 300))", "is not a name such as mx.example.org"),
        ("own-ids: [$mydomain]", "\"$mydomain\" is not a name"),
        ("trusted-relays: [0.0.0.0/0]", "\"0.0.0.0/0\" is not a network"),
        ("trusted-relays: ['::/0']", "and not the whole Internet"),
        ("local-networks: [10.1.2.3/0]", "and not the whole Internet"),
        ("local-networks: ['2000::/3']", "and not the whole Internet"),
        ("foreign: keep\nlog-level: info\nforeign: remove", "authres.yaml:3:1: given more than once: foreign"),
        ("dns:\n  timeout: 5s\n  timeout: 6s", "authres.yaml:3:3: given more than once: timeout"),
        ("deadline: 5s", "deadline: no such key; did you mean limits.deadline?"),
        ("dns-timeout: 5s", "dns-timeout: no such key; did you mean dns.timeout?"),
        ("Foreign: keep", "Foreign: no such key; did you mean foreign?"),
        ("authserv-id:", "authserv-id: has no value"),
        ("socket-group: ~", "socket-group: has no value"),
        ("own-ids: [null]", "an element must be a plain value"),
        ("socket-group: \"\"", "socket-group: \"\" is not text"),
    ])
    func `a wrong file is named as what it is`(_ file: String, _ expected: String) throws {
        let found = try Self.mistakes(file)
        #expect(found.count == 1)
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test func `every element of a list that is wrong is reported where it stands`() throws {
        let found = try Self.mistakes("trusted-relays:\n  - 192.0.2.0/33\n  - 192.0.2.0/24\n  - relay.example\n")
        #expect(
            found.map { $0.prefix { $0 != "\"" } } == [
                "authres.yaml:2:5: trusted-relays: ", "authres.yaml:4:5: trusted-relays: ",
            ]
        )
    }

    @Test(arguments: ["", "null", "~", "[]"])
    func `a list of nothing is empty`(_ value: String) throws {
        #expect(try Self.effective("local-networks: \(value)").configuration.policy.localNetworks == [])
    }

    @Test func `what config prints is read back as the same configuration`() throws {
        let flags = ["--authserv-id", "mx.example.org", "--own-ids", "*.example.org", "--foreign", "remove"]
        let effective = try Self.effective(flags: flags)
        let again = try Self.effective(effective.yaml)
        for setting in Setting.all {
            #expect(setting.show(again.configuration) == setting.show(effective.configuration), "\(setting.key)")
        }
    }

    /// Keys that have no value by default, and one that they take.
    static let without = [
        "trusted-relays": "192.0.2.0/24", "dns.servers": "192.0.2.1", "policy.help": "https://example.org/why",
        "ask.hosts": "mx.example.org=smtp://mx.example.org:587", "ask.networks": "192.0.2.0/24",
        "announced-by": "smtp://127.0.0.1:587",
        "reports.email": "dmarc@example.org", "metrics": "inet:9791@127.0.0.1",
    ]

    @Test func `every key has a flag and a variable`() throws {
        for setting in Setting.all {
            let shown = setting.show(ServiceConfiguration()).first ?? Self.without[setting.key] ?? "mx.example.org"
            let mistakes = try Self.mistakes("", environment: [setting.environmentName: shown])
            // A seal takes three keys together.
            let isOfSeal = setting.key.contains("seal.") && setting.key != "arc-seal.when"
            #expect(mistakes.count == (isOfSeal ? 1 : 0), "\(mistakes)")
            let entries = try SettingOptions<FilterScope>.parse([setting.flag, shown]).entries
            #expect(entries.map(\.setting.key) == [setting.key])
        }
    }

    @Test func `ARC Sets take an RSA key, the check of the chain, and own hosts on departure`() throws {
        let samples = Sample.root.deletingLastPathComponent()
        let key = samples.appending(path: "keys/rsa2048.pem").path()
        let flags = ["--arc-seal-domain", "example.org", "--arc-seal-selector", "arc", "--arc-seal-key-file", key]
        #expect(try Self.effective(flags: flags).configuration.policy.arcSealing != nil)
        let departing = flags + ["--arc-seal-when", "departure"]
        let hosts = ["--own-hosts", "mx.example.org"]
        #expect(try Self.effective(flags: departing + hosts).configuration.policy.arcSealing != nil)
        for (given, expected) in [
            (departing, "own-hosts"), (flags + ["--checks-arc", "false"], "checks.arc must be true"),
            (Array(flags.dropLast(2)), "arc-seal: needs domain, selector and key-file"),
            (flags + ["--arc-seal-when", "always"], "one of arrival, departure"),
        ] {
            let mistakes = try Self.mistakes("", flags: given)
            #expect(mistakes.count == 1)
            #expect(mistakes.first?.contains(expected) == true, "\(mistakes)")
        }
    }

    @Test func `a seal is read with its key, and what is wrong with it is said`() throws {
        let samples = Sample.root.deletingLastPathComponent()
        let key = samples.appending(path: "keys/rsa2048.pem").path()
        func flags(_ domain: String, _ file: String) -> [String] {
            ["--seal-domain", domain, "--seal-selector", "ar1", "--seal-key-file", file]
        }
        #expect(try Self.effective(flags: flags("example.org", key)).configuration.policy.seal != nil)
        let wrong = [
            ("example.org", "/nowhere/key.pem", "cannot be read: /nowhere/key.pem: No such file or directory"),
            ("example.org", "/", "cannot be read: /: Is a directory"), ("a b", key, "is not a domain name"),
            ("example.org", samples.appending(path: "authres.yaml").path(), "not a PEM file"),
        ]
        for (domain, file, expected) in wrong {
            let mistakes = try Self.mistakes("", flags: flags(domain, file))
            #expect(mistakes.count == 1)
            #expect(mistakes.first?.contains(expected) == true, "\(mistakes)")
        }
    }

    @Test(arguments: [
        "mx.example.org", "MX1", "mx_1.example.org", "b\u{FC}cher.example", "mx.example.org/1", "[192.0.2.1]",
    ])
    func `a name of one word is an authserv-id`(_ name: String) throws {
        #expect(try Self.effective(flags: ["--authserv-id", name]).configuration.policy.authservID == name)
    }

    @Test func `a variable that is misspelt is told what was meant`() throws {
        let found = try Self.mistakes("", environment: ["AUTHRES_SOCKT": "fd:3", "AUTHRES_OWNIDS": "x.example"])
        #expect(
            found == [
                "AUTHRES_OWNIDS: no such setting; did you mean AUTHRES_OWN_IDS?",
                "AUTHRES_SOCKT: no such setting; did you mean AUTHRES_SOCKET?",
            ]
        )
    }

    @Test func `every setting is explained in a sentence`() {
        for setting in Setting.all {
            #expect(setting.help.first?.isUppercase == true && setting.help.hasSuffix("."), "\(setting.key)")
            #expect(!setting.valueName.isEmpty && !setting.valueDescription.isEmpty, "\(setting.key)")
        }
    }

    @Test func `a command shows the settings that change what it does`() {
        let lint = LintCommand.helpMessage(columns: 120)
        #expect(lint.contains("--own-hosts <name>") && lint.contains("--config"))
        #expect(!lint.contains("--socket") && !lint.contains("--limits-header"))
        let check = CheckCommand.helpMessage(columns: 120)
        #expect(check.contains("--limits-header <size>") && !check.contains("--socket"))
        let milter = MilterCommand.helpMessage(columns: 120)
        for setting in Setting.all { #expect(milter.contains(setting.flag), "\(setting.key)") }
    }
}
