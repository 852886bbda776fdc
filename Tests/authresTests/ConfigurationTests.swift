import ArgumentParser
import Authentication
import DNS
import Foundation
import Testing

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
            flags: try SettingOptions.parse(flags).entries
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
            checks: {spf: maybe, sfp: true}
            limits:
              deadline: 20
            trusted-relays: [192.0.2.0/33]
            socket: [a, b]
            """
        let found = try Self.mistakes(file, environment: ["AUTHRES_NOPE": "1"], flags: ["--socket-mode", "999"])
        #expect(found.count == 8)
        #expect(found.contains { $0.hasPrefix("authres.yaml:1:1: authserv_id: no such key") })
        #expect(found.contains { $0 == "authres.yaml:2:15: checks.spf: \"maybe\" is not true or false" })
        #expect(found.contains { $0.hasPrefix("authres.yaml:2:22: checks.sfp: no such key; known here: spf") })
        #expect(found.contains { $0.hasPrefix("authres.yaml:4:13: limits.deadline: \"20\" is not a duration") })
        #expect(found.contains { $0.hasPrefix("authres.yaml:5:18: trusted-relays: \"192.0.2.0/33\" is not a network") })
        #expect(found.contains { $0.hasPrefix("authres.yaml:6:9: socket: takes one value, not a list") })
        #expect(found.contains { $0.hasPrefix("AUTHRES_NOPE: no such setting") })
        #expect(found.contains { $0.hasPrefix("--socket-mode: socket-mode: \"999\" is not permission bits") })
    }

    @Test(arguments: [
        ("checks: {spf: true, spf: false}", "given more than once"),
        ("a: [", "not YAML"),
        ("- a\n- b", "must be a list of"),
        ("dns: 127.0.0.1", "dns: takes keys below it"),
        ("seal: {domain: example.org}", "all three or none"),
        ("own-ids: [[a]]", "an element must be a plain value"),
        ("dns: {servers: [localhost]}", "is not an address"),
        ("also-remove: [ARC-Seal]", "\"ARC-Seal\" is not the name of a header field, and not one of ARC"),
        ("authserv-id: \"\"", "authserv-id: \"\" is not text"),
        ("authserv-id: \"mx\\nX: y\"", "\"mx\\nX: y\" is not text without control characters"),
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
        "reports.email": "dmarc@example.org",
    ]

    @Test func `every key has a flag and a variable`() throws {
        for setting in Setting.all {
            let shown = setting.show(ServiceConfiguration()).first ?? Self.without[setting.key] ?? "mx.example.org"
            let mistakes = try Self.mistakes("", environment: [setting.environmentName: shown])
            // A seal takes three keys together.
            let isOfSeal = setting.key.contains("seal.") && setting.key != "arc-seal.when"
            #expect(mistakes.count == (isOfSeal ? 1 : 0), "\(mistakes)")
            let entries = try SettingOptions.parse([setting.flag, shown]).entries
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
            ("example.org", "/nowhere/key.pem", "cannot be read"), ("a b", key, "is not a domain name"),
            ("example.org", samples.appending(path: "authres.yaml").path(), "not a PEM file"),
        ]
        for (domain, file, expected) in wrong {
            let mistakes = try Self.mistakes("", flags: flags(domain, file))
            #expect(mistakes.count == 1)
            #expect(mistakes.first?.contains(expected) == true, "\(mistakes)")
        }
    }
}
