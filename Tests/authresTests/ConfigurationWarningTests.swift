import Foundation
import Testing

@testable import Configuration
@testable import authres

@Suite struct ConfigurationWarningTests {
    static let key = Sample.root.deletingLastPathComponent().appending(path: "keys/rsa2048.pem").path()

    @Test(arguments: [
        (
            "authserv-id: mx.example.org",
            "authres.yaml:1:14: authserv-id: mx.example.org is a name for documentation"
        ),
        ("own-ids: [\"*.example.org\"]", "own-ids: *.example.org is a name for documentation"),
        ("own-hosts: [a.example, mx.example.com]", "own-hosts: mx.example.com is a name for documentation"),
        ("trusted-relays: [128.0.0.0/1]", "trusted-relays: 128.0.0.0/1 is a large part of the Internet"),
        ("local-networks: ['2000::/4']", "local-networks: 2000::/4 is a large part of the Internet"),
        ("also-remove: [authentication-results]", "also-remove: Authentication-Results has no effect here"),
        ("socket: inet:8891@0.0.0.0", "socket: 0.0.0.0 can be reached from outside"),
        ("socket: 'inet6:8891@::'", "socket: :: can be reached from outside"),
        ("metrics: inet:9791@0.0.0.0", "metrics: 0.0.0.0 can be reached from outside, and HTTP here has no login"),
        ("arc-seal: {domain: example.org, selector: s, key-file: \(key)}", "arc-seal.domain: example.org is a name"),
        ("socket: inet:8891@192.0.2.1", "socket: 192.0.2.1 can be reached from outside"),
        (
            "authserv-id: mx.one.example\nseal: {domain: two.example, selector: s, key-file: \(key)}",
            "authres.yaml:2:16: seal.domain: a seal of two.example proves nothing about fields of mx.one.example"
        ),
        (
            "authserv-id: one.example\nseal: {domain: mx.one.example, selector: s, key-file: \(key)}",
            "seal.domain: a seal of mx.one.example proves nothing about fields of one.example"
        ),
    ])
    func `what is hardly meant is said with its place`(_ file: String, _ expected: String) throws {
        let warnings = try ConfigurationTests.effective(file).warnings.map(\.description)
        #expect(warnings.count { $0.contains(expected) } == 1, "\(warnings)")
    }

    @Test(arguments: [
        "", "authserv-id: mx.one.example", "own-ids: ['*.one.example']", "trusted-relays: [10.0.0.0/8, 192.0.2.0/24]",
        "local-networks: [127.0.0.0/8, '::1', 'fe80::/10', 'fc00::/7']", "also-remove: [Received-SPF]",
        "socket: inet:8891@127.0.0.1", "socket: inet6:8891@::1", "socket: inet:8891@10.0.0.1",
        "socket: inet:8891@localhost", "socket: fd:3",
        "metrics: inet:9791@127.0.0.1", "metrics: unix:/run/authres/metrics",
    ])
    func `nothing is said of what is meant`(_ file: String) throws {
        #expect(try ConfigurationTests.effective(file).warnings == [])
    }

    @Test func `names of the documentation may be given by hand`() throws {
        let flags = ["--authserv-id", "mx.example.org", "--own-ids", "*.example.org"]
        #expect(try ConfigurationTests.effective(flags: flags).warnings == [])
    }

    @Test(arguments: [
        (0o600, nil), (0o640, nil), (0o400, nil), (0o644, "can be read by every user of this host"),
        (0o660, "can be changed by users other"), (0o666, "can be changed by users other"),
    ])
    func `a key that others can read or change is warned of`(_ mode: Int, _ expected: String?) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "authres-key-\(UUID()).pem")
        try FileManager.default.copyItem(atPath: Self.key, toPath: file.path())
        defer { try? FileManager.default.removeItem(at: file) }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path())
        let seal = "seal: {domain: one.example, selector: s, key-file: \(file.path())}"
        let warnings = try ConfigurationTests.effective("authserv-id: mx.one.example\n" + seal).warnings
        #expect(warnings.count == (expected == nil ? 0 : 1), "\(warnings)")
        if let expected { #expect(warnings.first?.description.contains(expected) == true) }
    }
}

@Suite struct SampleConfigurationTests {
    static let text: String = {
        let file = Sample.root.deletingLastPathComponent().appending(path: "authres.yaml")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    @Test func `the sample sets nothing`() throws {
        #expect(!Self.text.isEmpty)
        let effective = try ConfigurationTests.effective(Self.text)
        for setting in Setting.all {
            #expect(setting.show(effective.configuration) == setting.builtIn, "\(setting.key)")
        }
        #expect(effective.warnings == [])
    }

    /// Keys that have no default: what is shown is an example.
    static let examples: Set = [
        "authserv-id", "own-ids", "own-hosts", "socket-group", "seal.domain", "seal.selector", "seal.key-file",
        "policy.help", "arc-seal.domain", "arc-seal.selector", "arc-seal.key-file", "reports.database", "reports.email",
        "reports.org-name", "metrics", "reports.submitter", "reports.extra-contact-info",
    ]

    @Test func `what it has commented out is every key with its default`() throws {
        let lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isProse = line.hasPrefix("# ") && !line.hasPrefix("#  ")
            return isProse ? "" : String(line.hasPrefix("#") ? line.dropFirst() : line)
        }
        let key = ConfigurationWarningTests.key
        let text = lines.joined(separator: "\n")
            .replacing("/etc/authres/seal.pem", with: key).replacing("/etc/authres/arc.pem", with: key)
        for setting in Setting.all {
            let word = setting.key.split(separator: ".").last ?? ""
            #expect(text.contains("\(word):"), "\(setting.key) is missing")
        }
        let configuration = try ConfigurationTests.effective(text).configuration
        for setting in Setting.all where !Self.examples.contains(setting.key) {
            #expect(setting.show(configuration) == setting.builtIn, "\(setting.key)")
        }
    }
}
