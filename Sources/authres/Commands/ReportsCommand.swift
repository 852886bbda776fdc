import AggregateReports
import ArgumentParser
import CommandOptions
import Configuration
import DNS
import Files
import Foundation
import ReportDelivery
import ReportStore

struct ReportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reports",
        abstract: "DMARC aggregate reports (RFC 9990): makes and sends them, and shows what the filter has counted.",
        discussion: "The filter counts if reports.database is set; mbox --reports does the same for archives.",
        subcommands: [
            ReportsMakeCommand.self, ReportsSendCommand.self, ReportsShowCommand.self, ReportsForgetCommand.self,
        ]
    )
}

extension Sysexit {
    /// Does work with a file or database; an error that has no exit code of its own is reported with its name, and ends
    /// the process with ``unavailable``.
    fileprivate static func reportingErrors(in name: String, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error where !(error is ExitCode) {
            StandardError.write("authres: \(name): \(error)")
            throw unavailable
        }
    }
}

/// What `make` and `send` have in common.
struct ReportRunOptions: ParsableArguments {
    @Option(
        help:
            "Report all mail until now or TIME (such as 2026-11-28T06:00Z, or seconds since 1970), also of days not yet over."
    )
    var until: String?
    @Option(name: .customLong("dry-run"), help: "Write the mails to this folder; nothing is sent, nothing is changed.")
    var dryRun: String?
    @OptionGroup var zoneOptions: ZoneOptions
    @OptionGroup var options: ConfigurationOptions<ReportScope>

    /// The end of the period to report, in seconds since 1970; nil for all days that are over.
    func end(now: Int64) throws -> Int64? {
        guard let until else { return nil }
        if until == "now" { return now }
        if let seconds = Int64(until), seconds >= 0 { return seconds }
        for form in ["yyyy-MM-dd'T'HH:mm:ssXXX", "yyyy-MM-dd'T'HH:mmXXX", "yyyy-MM-dd"] {
            let reader = DateFormatter()
            reader.locale = Locale(identifier: "en_US_POSIX")
            reader.timeZone = TimeZone(secondsFromGMT: 0)
            reader.dateFormat = form
            if let date = reader.date(from: until) { return Int64(date.timeIntervalSince1970) }
        }
        StandardError.write("authres: --until \(until): not a time; write now, 2026-11-28T06:00Z or seconds since 1970")
        throw Sysexit.usage
    }

    func run(sends: Bool) async throws {
        let now = Int64(Date().timeIntervalSince1970)
        let end = try end(now: now)
        let job = try ReportJob(options, zoneOptions)
        try await Sysexit.reportingErrors(in: job.path) {
            if let dryRun {
                try await job.preview(into: dryRun, until: end ?? now, isForced: end != nil, at: now)
            } else {
                try job.make(until: end ?? now, isForced: end != nil, at: now)
                if sends { try await job.send(at: now) }
            }
        }
    }
}

struct ReportsMakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Makes the reports of the days that are over, and keeps them for sending.",
        discussion: "Days are in UTC. Prints one line for each report."
    )

    @OptionGroup var options: ReportRunOptions

    func run() async throws {
        try await options.run(sends: false)
    }
}

struct ReportsSendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Makes the reports of the days that are over, and sends them.",
        discussion: """
            Exits 75 if some could not be sent yet: later runs try them again, for three days, after a pause of half an \
            hour at first, which doubles each time. A report is never sent twice, not even if a run crashes.
            """
    )

    @OptionGroup var options: ReportRunOptions

    func run() async throws {
        try await options.run(sends: true)
    }
}

struct ReportsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what has been counted, which reports were made, and what became of them."
    )

    @Flag(help: "A JSON object on one line for each policy, report and refusal.") var json = false
    @OptionGroup var options: ConfigurationOptions<ReportScope>

    func run() async throws {
        let path = try ReportJob.path(options)
        try await Sysexit.reportingErrors(in: path) {
            let shown = try ReportListing(try ReportJob.database(path, options))
            try StandardOutput.write(json ? shown.json() : shown.text)
        }
    }
}

struct ReportsForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Deletes what is kept about domains, or stops reports to an address or host.",
        discussion: "Exits 1 if nothing was kept about a domain, or an address to be allowed was not refused."
    )

    @Argument(help: "Policy domains about which everything is deleted.") var domains: [String] = []
    @Option(parsing: .singleValue, help: "An address or a host that gets no more reports; repeatable.")
    var refuse: [String] = []
    @Option(help: "The reason that reports show displays.") var reason = "opted out"
    @Option(parsing: .singleValue, help: "An address or a host that gets reports again; repeatable.")
    var allow: [String] = []
    @OptionGroup var options: ConfigurationOptions<ReportScope>

    func validate() throws {
        guard !domains.isEmpty || !refuse.isEmpty || !allow.isEmpty else {
            throw ValidationError("name a domain, or give --refuse or --allow")
        }
    }

    func run() async throws {
        let path = try ReportJob.path(options)
        var isKnown = true
        try await Sysexit.reportingErrors(in: path) {
            let database = try ReportJob.database(path, options)
            for domain in domains {
                let name = Domain(internationalized: Array(domain.utf8))?.text ?? domain
                guard try database.forget(domain: name) else {
                    StandardError.write("authres: \(name): nothing is kept about it")
                    isKnown = false
                    continue
                }
            }
            let now = Int64(Date().timeIntervalSince1970)
            for target in refuse { try database.refuse(target, reason: reason, at: now) }
            for target in allow where try !database.accept(target) {
                StandardError.write("authres: \(target): was not refused")
                isKnown = false
            }
        }
        if !isKnown { throw Sysexit.findings }
    }
}
