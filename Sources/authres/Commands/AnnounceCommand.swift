import ArgumentParser
import AuthServ
import Authentication
import CommandOptions
import Configuration
import DNS
import Discovery
import Files
import ServerQuery

struct AnnounceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "announce",
        abstract: "Prints the configuration with which a real server announces our authserv-id (keyword AUTHSERV).",
        discussion: """
            Without --for, the servers of announced-by are asked, and the exit code is 1 if one does not announce exactly \
            the authserv-id.

            dovecot: IMAP, before and after login. nginx: submission, and IMAP and POP3 before login. haproxy: submission, and \
            POP3 before and after login, with samples/haproxy/authserv.lua. Exits 78 if the authserv-id is not a domain name.
            """
    )

    @Option(name: .customLong("for"), help: "dovecot, nginx or haproxy.") var server: ServerFragment.Server?
    @Option(help: "The id to announce (default: authserv-id).") var id: String?
    @Option(help: "Port to listen on and port of the server behind it (nginx 587:11587, haproxy 465:10465).")
    var smtp: ServerFragment.Ports?
    @Option(help: "The same for IMAP (nginx 143:10143).") var imap: ServerFragment.Ports?
    @Option(help: "The same for POP3 (nginx 110:10110, haproxy 995:10995).") var pop3: ServerFragment.Ports?
    @Option(help: "The port on which nginx asks itself where to send a client.") var routePort: UInt16 = 10080
    @Option(help: "File with the certificate; for haproxy, with its key as well.") var certificate: String?
    @Option(help: "File with the key of the certificate, for nginx.") var key: String?
    @Option(help: "Where samples/haproxy/authserv.lua is, for haproxy.") var script: String?
    @OptionGroup(title: "Asking, without --for") var inquiry: InquiryOptions
    @OptionGroup var options: ConfigurationOptions<FieldScope>

    func validate() throws {
        for path in [certificate, key, script].compactMap(\.self) where !path.utf8.allSatisfy(Self.isPathOctet) {
            throw ValidationError("\(path): cannot be quoted in all configurations; put it in by hand")
        }
    }

    /// An octet that none of the three configuration languages interprets.
    private static func isPathOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    func run() async throws {
        guard let text = try id ?? options.load().configuration.policy.authservID else {
            StandardError.write("authres: no authserv-id to announce: set authserv-id, or give --id")
            throw Sysexit.configuration
        }
        guard let name = Domain(internationalized: Array(text.utf8)), let id = Domain(announced: name.text) else {
            StandardError.write("authres: \(text.debugDescription) is not a domain name, so it cannot be announced")
            throw Sysexit.configuration
        }
        guard let server else {
            try await compare(id)
            return
        }
        var fragment = ServerFragment(id: id)
        (fragment.smtp, fragment.imap, fragment.pop3) = (smtp, imap, pop3)
        (fragment.certificate, fragment.key, fragment.routePort) = (certificate, key, routePort)
        if let script { fragment.script = script }
        try StandardOutput.write(fragment.text(for: server))
    }

    private func compare(_ id: Domain) async throws {
        let state = try ServiceState.forStoredMail(options, ZoneOptions.parse([]))
        let servers = state.configuration.announcedBy
        guard !servers.isEmpty else {
            StandardError.write("authres: give --for to print a configuration, or set announced-by to ask servers")
            throw Sysexit.usage
        }
        let reports = try await inquiry.inquiry(state.resolver, isOffline: false).ask(servers)
        var worst = ExitCode.success
        for report in reports {
            let shown = DiscoveryReport(name: report.url.description, report: report, includesTranscript: false)
            try StandardOutput.write(shown.text)
            let code = report.exitCode(expecting: [id])
            if code.rawValue > worst.rawValue { worst = code }
        }
        if worst != .success { throw worst }
    }
}

extension ServerFragment.Server: ExpressibleByArgument {}

extension ServerFragment.Ports: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}
