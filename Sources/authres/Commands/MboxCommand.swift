import Archive
import ArgumentParser
import CommandOptions
import Configuration
import DNS
import Files
import Foundation
import Mail
import Mailboxes
import ReportStore
import StoredMail
import Summaries
import SummaryHTML

/// The format of a report.
enum ReportForm: String, CaseIterable, ExpressibleByArgument {
    /// JSON Lines.
    case json
}

struct MboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mbox",
        abstract: "Examines the messages of archives; writes them with new fields, a report or a summary.",
        discussion: """
            An archive is an mbox, or a directory: a Maildir, MH folders, files that are messages or mboxes; its \
            subdirectories are read too. Either may be packed or compressed (gz, xz, zst, bz2, tar, zip, 7z); it is unpacked \
            as it is read, never to disk. Files in it that are not mail are reported and skipped.

            Nothing is changed in place: --output gets its name when it is complete. An interrupted run (SIGINT, SIGTERM, \
            or a crash) is continued by --resume with the same arguments, and the result is the same as if it had not been \
            interrupted. Without --output and --report, a summary is printed.

            What cannot be read in an archive is reported with its place, and counted in the summary. Exits 65 if a file \
            is not an mbox, if something packed is damaged (what is before the damage, and in other files, is examined), \
            or with --strict if something in an archive could not be read, 66 if a file cannot be read (in a folder, what \
            follows it is), 73 if the output cannot be written, 75 if the run was interrupted.
            """,
        aliases: ["archive"]
    )

    @Argument(help: "Archives to examine; - is standard input.") var files: [String]
    @Option(
        help: "mboxo, mboxrd, mboxcl or mboxcl2 (default: detected in each file, and reported).",
        transform: Self.variant
    ) var variant: MboxVariant?
    @Flag(help: "A From_ line begins a message anywhere, as in qmail, not only after an empty line.")
    var loose = false
    @Option(
        help: """
            A-B: examine only the messages of one plain mbox whose From_ line begins at an octet from A up to, but not \
            including, B (A-: from A to the end).
            """,
        transform: Self.range
    ) var range: MboxRange?
    @Flag(help: "Exit 65 if anything in an archive could not be read as what it was probably meant to be (odd lines).")
    var strict = false
    @Flag(help: "Take the sender and the date from the From_ line where the header does not have them.")
    var fromLine = false
    @Option(
        name: .shortAndLong,
        help: """
            Write an mbox of the same variant with the edited headers, or, if the name ends in /, a Maildir; - for \
            standard output.
            """
    )
    var output: String?
    @Option(help: "json: one object per message and line, on standard output or in --report-file.")
    var report: ReportForm?
    @Option(help: "Where the report goes; it gets its name when it is complete.") var reportFile: String?
    @Flag(name: .customLong("report-dns"), help: "Include the DNS answers that were used in the report.")
    var reportDNS = false
    @Flag(help: "Print a summary at the end (on standard error, if standard output has data).") var summary = false
    @Option(name: .customLong("summary-json"), help: "Write the summary to this file, as JSON.") var summaryJSON:
        String?
    @Option(name: .customLong("summary-html"), help: "Write the summary to this file, as a page to look at.")
    var summaryHTML: String?
    @Option(name: .customLong("record-dns"), help: "Write every answer used to this file, for --zone.")
    var recordDNS: String?
    @Option(help: "Count the messages for DMARC aggregate reports, in this database.") var reports: String?
    @Flag(help: "Continue an interrupted run.") var resume = false
    @Option(help: "Number of messages examined at the same time (default: one per processor).") var jobs: Int?
    @OptionGroup(title: "Envelope") var envelope: EnvelopeOptions
    @OptionGroup(title: "Servers to trust") var trusted: TrustedServers
    @OptionGroup var zoneOptions: ZoneOptions
    @OptionGroup var options: ConfigurationOptions<StoredMailScope>

    var reportName: String? { reportFile ?? report.map { _ in "-" } }

    private static func variant(_ text: String) throws -> MboxVariant {
        guard let variant = MboxVariant(rawValue: text) else {
            let known = MboxVariant.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\"\(text)\" is not a variant; the variants are \(known)")
        }
        return variant
    }

    private static func range(_ text: String) throws -> MboxRange {
        guard let range = MboxRange(text) else {
            throw ValidationError("\"\(text)\" is not a range of octets such as 0-1048576")
        }
        return range
    }

    func validate() throws {
        guard jobs ?? 1 > 0 else { throw ValidationError("--jobs must be 1 or more") }
        guard range == nil || (files.count == 1 && files != ["-"]) else {
            throw ValidationError("--range takes exactly one file")
        }
        guard output != "-" || reportName != "-" else {
            throw ValidationError("mbox and report cannot both go to standard output: give --report-file")
        }
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read only once")
        }
        let places = targets.filter { !OutputFile.isStream($0) }.map(OutputFile.place)
        guard Set(places).count == places.count else { throw ValidationError("two outputs name the same file") }
    }

    /// Everything that is written to.
    var targets: [String] { [output, reportName, recordDNS, summaryJSON, summaryHTML].compactMap(\.self) }

    func run() async throws {
        let state = try ServiceState.forStoredMail(options, zoneOptions, countsForReports: reports != nil)
        let trustedIDs = try await trusted.ids({ state }, isOffline: !zoneOptions.zone.isEmpty)
        let task = try makeTask(trustedIDs)
        let interruption = await Interruption.trap(exitCode: Sysexit.temporary.rawValue)
        let now = Int64(Date().timeIntervalSince1970)
        let checkpoint = try earlierRun(task) ?? Checkpoint(task: task.identity, now: now)
        do {
            let record = try makeRecord(state, checkpoint)
            var examiner = try MessageExaminer.make(
                state,
                resolver: record ?? state.resolver,
                given: envelope,
                usesFromLine: fromLine,
                now: checkpoint.now,
                slots: jobs.map(WorkSlots.init)
            )
            if !trusted.servers.isEmpty { examiner.readFields(of: trustedIDs) }
            let run = try await ArchiveRun(
                task,
                examiner: examiner,
                record: record,
                reports: try openReports(state),
                checkpoint: checkpoint,
                interruption: interruption
            )
            try await finish(run, task)
        } catch let failure as FileFailure {
            StandardError.write("authres: \(failure)")
            let isOver = failure.isLocked || failure.damage != nil
            if !isOver, let name = task.checkpointName, LibCFiles.status(ofPath: name) != nil {
                StandardError.write("authres: \(name): the run can be continued with the same arguments and --resume")
            }
            if failure.damage != nil { throw Sysexit.data }
            throw isInput(failure.name) ? Sysexit.noInput : Sysexit.cannotCreate
        } catch let damage as LibArchive.Damage {
            StandardError.write("authres: \(damage)")
            throw Sysexit.data
        } catch let failure as StoredExamination.NoJudgement {
            StandardError.write("authres: \(failure)")
            throw Sysexit.software
        }
    }

    // MARK: The task

    private func makeTask(_ trustedIDs: [String]) throws -> ArchiveTask {
        let zones = zoneOptions.zone
        let versions = try (files + zones).map(inputVersion)
        let identity =
            zip(files + zones, versions).map { "\($0) \($1)" }
            + [
                "variant \(variant?.rawValue ?? "-") loose \(loose) from-line \(fromLine)",
                "range \(range?.octets.description ?? "-")",
                "output \(output ?? "-") report \(reportName ?? "-") dns \(reportDNS) record \(recordDNS ?? "-")",
                "envelope \(envelope) trusted \(trustedIDs.sorted()) reports \(reports ?? "-")",
                try options.load().yaml,
            ]
        return ArchiveTask(
            files: files,
            variant: variant,
            needsEmptyLine: !loose,
            range: range ?? .all,
            output: output,
            report: reportName,
            reportsAnswers: reportDNS,
            recordName: recordDNS,
            identity: identity
        )
    }

    private func openReports(_ state: ServiceState) throws -> ReportDatabase? {
        guard let reports else { return nil }
        do {
            return try ReportDatabase(path: reports, limits: state.configuration.reports.storeLimits)
        } catch {
            StandardError.write("authres: \(reports): \(error)")
            throw Sysexit.cannotCreate
        }
    }

    // MARK: The result

    private func finish(_ run: ArchiveRun, _ task: ArchiveTask) async throws {
        let end: ArchiveRun.End
        do {
            end = try await run.run()
        } catch let failure as ArchiveFailure {
            if !failure.keepsWhatIsDone { await run.discard() }
            StandardError.write("authres: \(failure)")
            throw failure.exitCode
        }
        switch end {
        case .interrupted:
            await tellInterruption(run, task)
            throw Sysexit.temporary
        case .complete:
            let report = await SummaryReport(summary: run.summary)
            try write(report, task)
            if await run.isUnreadable { throw Sysexit.noInput }
            let isDamaged = await run.isDamaged
            if isDamaged || (strict && report.summary.warnings > 0) { throw Sysexit.data }
        }
    }

    private func write(_ report: SummaryReport, _ task: ArchiveTask) throws {
        if let summaryJSON {
            try OutputFile.write(try report.json(), as: summaryJSON)
        }
        if let summaryHTML { try OutputFile.write(try SummaryPage(report.summary).html(), as: summaryHTML) }
        let hasOtherOutput =
            task.output != nil || task.report != nil || summaryJSON != nil || summaryHTML != nil
        guard summary || !hasOtherOutput else { return }
        if task.output == "-" || task.report == "-" {
            StandardError.write(report.table)
        } else {
            try StandardOutput.write(report.table)
        }
    }

    private func tellInterruption(_ run: ArchiveRun, _ task: ArchiveTask) async {
        let (file, offset) = await run.position
        let place = file < files.count ? "octet \(offset.grouped) of \(files[file])" : "the end"
        let how =
            task.checkpointName == nil
            ? "what is on standard output ends with a whole message and cannot be continued"
            : "continue with the same arguments and --resume"
        let count = await run.summary.messages.grouped
        StandardError.write("authres: interrupted after \(count) messages, at \(place); \(how)")
    }
}

extension ArchiveFailure {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .noMbox, .shorter, .notMail, .noMail, .bomb: Sysexit.data
        case .mixedVariants, .mixedForms: Sysexit.usage
        case .reports: Sysexit.cannotCreate
        }
    }
}
