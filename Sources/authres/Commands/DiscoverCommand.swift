import ArgumentParser
import AuthServ
import CommandOptions
import Configuration
import DNS
import Discovery
import Files
import ServerQuery

struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Asks mail servers which authserv-ids their site uses (keyword AUTHSERV).",
        discussion: """
            A URL is smtp[s]://[user@]host[:port], imap[s]:// or pop3[s]://; the default ports are 25 and 465, 143 and 993, \
            110 and 995. Without s, STARTTLS is required, except for a server on a loopback address. IMAP and POP3 servers \
            name ids only after login; without a user they say only whether forged fields are removed. An id that must not \
            be trusted is a finding.

            Exits 0 if every server conforms and names an id where it may, 1 if one does not or --expect differs, 69 if one \
            cannot be reached or has no valid certificate, 75 if one takes too long, 77 if one refuses the login; if several \
            of these apply, the highest code.
            """
    )

    @Argument(help: "Servers to ask; they are asked concurrently.") var servers: [String]
    @Option(help: "An id that every server must announce, and no others; repeatable.") var expect: [String] = []
    @Option(help: "text, or json with one object per line.") var output = DiscoveryOutput.text
    @Flag(help: "Show each dialogue: of our commands only the verb, and nothing of a login.") var transcript = false
    @Flag(name: .customLong("config-snippet"), help: "Print the ids as a line of authres.yaml, and nothing else.")
    var configSnippet = false
    @OptionGroup(title: "Asking") var inquiry: InquiryOptions
    @OptionGroup var zoneOptions: ZoneOptions
    @OptionGroup var options: ConfigurationOptions<FieldScope>

    private var expected: [Domain]? {
        let names = expect.map { Domain(internationalized: Array($0.utf8)) }
        return names.contains(nil) ? nil : names.compactMap(\.self)
    }

    func validate() throws {
        guard expected != nil else { throw ValidationError("--expect takes domain names") }
        guard !configSnippet || output == .text else {
            throw ValidationError("give only one of --config-snippet and --output json")
        }
    }

    func run() async throws {
        let urls = try inquiry.urls(servers)
        let state = try ServiceState.forStoredMail(options, zoneOptions)
        let inquiry = try inquiry.inquiry(state.resolver, isOffline: !zoneOptions.zone.isEmpty)
        let reports = await inquiry.ask(urls)
        for (name, report) in zip(servers, reports) {
            let shown = DiscoveryReport(name: name, report: report, includesTranscript: transcript)
            if configSnippet {
                if case .failure(let failure) = report.answer { StandardError.write("authres: \(name): \(failure)") }
            } else {
                try StandardOutput.write(output == .json ? try shown.json() : shown.text)
            }
        }
        if configSnippet { try StandardOutput.write(Self.snippet(reports)) }
        let worst = reports.map { $0.exitCode(expecting: expect.isEmpty ? nil : expected).rawValue }.max() ?? 0
        if worst != 0 { throw ExitCode(worst) }
    }

    /// `own-ids: [mx1.example.org, mx2.example.org]`
    private static func snippet(_ reports: [ServerReport]) -> String {
        var ids: [Domain] = []
        for id in reports.flatMap({ (try? $0.answer.get())?.ids ?? [] }) where !ids.contains(id) { ids.append(id) }
        return "own-ids: [\(ids.map(\.text).joined(separator: ", "))]\n"
    }
}

enum DiscoveryOutput: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

extension ServerReport {
    /// Success if the server announces what it should; if ids are expected, exactly those.
    func exitCode(expecting ids: [Domain]?) -> ExitCode {
        switch answer {
        case .success(let announcement):
            let isExpected = ids.map { Set(announcement.ids) == Set($0) } ?? true
            return announcement.isComplete && isExpected ? ExitCode.success : Sysexit.findings
        case .failure(let failure):
            switch failure.kind {
            case .unavailable: return Sysexit.unavailable
            case .loginDenied: return Sysexit.noPermission
            case .timeout: return Sysexit.temporary
            }
        }
    }
}
