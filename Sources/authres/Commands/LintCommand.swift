import ArgumentParser
import AuthResults
import AuthResultsLint
import Authentication
import CommandOptions
import Configuration
import FileLint
import Files
import Mail
import Mailboxes
import StoredMail
import Trace

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Checks Authentication-Results fields against RFC 8601 and the IANA registry.",
        discussion: """
            Reads messages, mboxes, and plain lists of fields (one per line, folded or not, with or without the name). In \
            messages, it also reports a field below the Received field with which our own hosts accepted the message \
            (RFC 8601, 7.1), if own-hosts or authserv-id is configured. Lines and columns begin at 1; columns are octets. \
            Exits 1 if there is an error, 65 if a file is none of these, 66 if one cannot be read.
            """
    )

    @Argument(help: "Files to read; - is standard input.") var files: [String]
    @Option(help: "What the files are: message, mbox or list (default: detected from the beginning of each file).")
    var format: LintFormat?
    @Option(help: "How findings are written: text, or json with one object per line.") var output = LintOutput.text
    @Flag(help: "For producers of fields: a violated SHOULD is an error.")
    var strict = false
    @OptionGroup(title: "Servers to trust") var trusted: TrustedServers
    @OptionGroup var options: ConfigurationOptions<FieldScope>

    func run() async throws {
        var configuration = try options.load().configuration
        let announced = try await trusted.ids(
            { try ServiceState.forStoredMail(options, ZoneOptions.parse([])) },
            isOffline: false
        )
        configuration.policy.ownIDs += announced
        if configuration.ownHosts == nil, !announced.isEmpty {
            configuration.ownHosts = (configuration.policy.authservID.map { [$0] } ?? []) + announced
        }
        let rules = LintRules(lint: Lint(isStrict: strict), position: PositionCheck(configuration))
        var report = LintReport(output: output)
        var failure: ExitCode?
        for name in files {
            do {
                try examine(try InputFile(name), rules, &report)
            } catch let error as NotMail {
                StandardError.write("authres: \(name): \(error)")
                failure = failure ?? Sysexit.data
            } catch let error as FileFailure {
                StandardError.write("authres: \(error)")
                failure = failure ?? Sysexit.noInput
            }
        }
        if let failure { throw failure }
        if report.hasErrors { throw Sysexit.findings }
    }

    /// Octets that are examined to detect what a file is.
    private static let beginningLength = 1024 * 1024

    private func examine(_ file: InputFile, _ rules: LintRules, _ report: inout LintReport) throws {
        guard file.status?.isDirectory != true else { throw NotMail.directory }
        let beginning = try file.beginning(Self.beginningLength)
        if let format = ForeignFormat(beginning: beginning) { throw NotMail(format) }
        switch format ?? LintFormat(beginning: beginning) {
        case .message:
            var linter = MessageLinter(rules: rules, firstLine: 1)
            while case let octets = try file.next(), !octets.isEmpty, !linter.isDone { linter.take(octets[...]) }
            try StandardOutput.write(report.lines(for: linter.end(), of: file.name))
        case .mbox:
            var linter = MboxLinter(rules: rules, variant: MboxDetection(beginning: beginning).variant)
            while case let octets = try file.next(), !octets.isEmpty {
                try StandardOutput.write(report.lines(for: linter.take(octets), of: file.name))
            }
            try StandardOutput.write(report.lines(for: linter.end(), of: file.name))
            if linter.hasPreamble {
                StandardError.write("authres: \(file.name): the text above the first From_ line is not a message")
            }
        case .list:
            var linter = ListLinter(rules: rules)
            while case let octets = try file.next(), !octets.isEmpty {
                try StandardOutput.write(report.lines(for: linter.take(octets), of: file.name))
            }
            try StandardOutput.write(report.lines(for: linter.end(), of: file.name))
        }
    }
}

extension LintFormat: ExpressibleByArgument {}
extension LintOutput: ExpressibleByArgument {}
