import Archive
import ArgumentParser
import Configuration
import DNS
import Files
import Foundation
import Glibc
import Mail
import Mailboxes
import StoredMail

/// The form of a report.
enum ReportForm: String, CaseIterable, ExpressibleByArgument {
    /// JSON Lines.
    case json
}

struct MboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mbox",
        abstract: "Examines the messages of mbox archives; writes them with new fields, a report, a summary.",
        discussion: """
            Nothing is changed in place: --output gets its name when it is complete. An interrupted run (SIGINT, SIGTERM, \
            or worse) is continued by --resume with the same arguments, and the result is the same as if it had not been \
            interrupted. Without --output and --report, a summary is printed.

            Exits 65 if a file is no mbox, 66 if one cannot be read, 73 if the output cannot be written, 75 if the run \
            was interrupted.
            """
    )

    @Argument(help: "Archives to examine; - is standard input.") var files: [String]
    @Option(
        help: "mboxo, mboxrd, mboxcl or mboxcl2 (default: detected in each file, and told).",
        transform: Self.variant
    ) var variant: MboxVariant?
    @Flag(help: "A From_ line begins a message wherever it stands, as qmail has it, not only below an empty line.")
    var loose = false
    @Flag(help: "Take the sender and the date of the From_ line where the header does not tell them.")
    var fromLine = false
    @Option(
        name: .shortAndLong,
        help: "Write an mbox of the same variant with the edited headers; - for standard output."
    )
    var output: String?
    @Option(help: "json: an object of each message, a line each, on standard output or in --report-file.")
    var report: ReportForm?
    @Option(help: "Where the report goes; it gets its name when it is complete.") var reportFile: String?
    @Flag(name: .customLong("report-dns"), help: "Put the answers of the DNS that were used into the report.")
    var reportDNS = false
    @Flag(help: "Print a summary at the end (on standard error, if standard output has data).") var summary = false
    @Option(name: .customLong("summary-json"), help: "Write the summary to this file, as JSON.") var summaryJSON:
        String?
    @Option(name: .customLong("record-dns"), help: "Write every answer used to this file, for --zone.")
    var recordDNS: String?
    @Flag(help: "Continue an interrupted run.") var resume = false
    @OptionGroup(title: "Envelope") var envelope: EnvelopeOptions
    @OptionGroup var zoneOptions: ZoneOptions
    @OptionGroup var options: ConfigurationOptions

    private var reportName: String? { reportFile ?? report.map { _ in "-" } }

    private static func variant(_ text: String) throws -> MboxVariant {
        guard let variant = MboxVariant(rawValue: text) else {
            let known = MboxVariant.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\"\(text)\" is no variant; there are \(known)")
        }
        return variant
    }

    func validate() throws {
        guard output != "-" || reportName != "-" else {
            throw ValidationError("mbox and report cannot both go to standard output: give --report-file")
        }
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read once")
        }
        let places = targets.filter { !OutputFile.isStream($0) }.map(OutputFile.place)
        guard Set(places).count == places.count else { throw ValidationError("each output needs a file of its own") }
    }

    /// Everything that is written to.
    private var targets: [String] { [output, reportName, recordDNS, summaryJSON].compactMap(\.self) }

    func run() async throws {
        let task = try makeTask()
        let state = try ServiceState.forStoredMail(options, zoneOptions)
        let interruption = await Interruption.trap(exitCode: Sysexit.temporary.rawValue)
        let now = Int64(Date().timeIntervalSince1970)
        let checkpoint = try earlierRun(task) ?? Checkpoint(task: task.identity, now: now)
        do {
            let record = try makeRecord(state, checkpoint)
            let examiner = try MessageExaminer.make(
                state,
                resolver: record ?? state.resolver,
                given: envelope,
                usesFromLine: fromLine,
                now: checkpoint.now
            )
            let run = try await ArchiveRun(
                task,
                examiner: examiner,
                record: record,
                checkpoint: checkpoint,
                interruption: interruption
            )
            try await finish(run, task)
        } catch let failure as FileFailure {
            StandardError.write("authres: \(failure)")
            if !failure.isLocked, let name = task.checkpointName, LibCFiles.status(ofPath: name) != nil {
                StandardError.write("authres: \(name): the run can be continued with the same arguments and --resume")
            }
            let isInput = files.contains(failure.name) || failure.name == InputFile.standardInputName
            throw isInput ? Sysexit.noInput : Sysexit.cannotCreate
        } catch let failure as StoredExamination.NoJudgement {
            StandardError.write("authres: \(failure)")
            throw Sysexit.software
        }
    }

    // MARK: What is to be done

    private func makeTask() throws -> ArchiveTask {
        let zones = zoneOptions.zone
        let versions = try (files + zones).map(inputVersion)
        let identity =
            zip(files + zones, versions).map { "\($0) \($1)" }
            + [
                "variant \(variant?.rawValue ?? "-") loose \(loose) from-line \(fromLine)",
                "output \(output ?? "-") report \(reportName ?? "-") dns \(reportDNS) record \(recordDNS ?? "-")",
                "envelope \(envelope)", try options.load().yaml,
            ]
        return ArchiveTask(
            files: files,
            variant: variant,
            needsEmptyLine: !loose,
            output: output,
            report: reportName,
            reportsAnswers: reportDNS,
            recordName: recordDNS,
            identity: identity
        )
    }

    /// What tells an input from a later one of the same name. A file that is missing ends the run before it has begun.
    /// A FIFO is not opened: whoever writes to it would see it closed again.
    private func inputVersion(_ name: String) throws -> String {
        let status: LibCFiles.Status?
        do {
            status = name == "-" ? LibCFiles.status(of: STDIN_FILENO) : LibCFiles.status(ofPath: name)
            if status == nil || status?.size != nil { _ = try InputFile(name) }
            if status?.isDirectory == true { throw FileFailure(name, code: EISDIR) }
        } catch {
            StandardError.write("authres: \(error)")
            throw Sysexit.noInput
        }
        if let status { try refuseToReplace(status) }
        return name == "-" ? "-" : status?.version ?? "-"
    }

    /// Ends the run before it has begun if an output, or what is kept beside it, is this input.
    private func refuseToReplace(_ input: LibCFiles.Status) throws {
        for target in targets where OutputFile.replaces(target, input) {
            let name = target == "-" ? "standard output" : target
            StandardError.write("authres: \(name): is an input; nothing is changed in place")
            throw Sysexit.usage
        }
    }

    /// How far an earlier run has come that is to be continued.
    private func earlierRun(_ task: ArchiveTask) throws -> Checkpoint? {
        guard resume else { return nil }
        guard let name = task.checkpointName else {
            StandardError.write(
                "authres: --resume needs --output or --report-file, and nothing on standard output: what went there is gone"
            )
            throw Sysexit.usage
        }
        guard let checkpoint = Checkpoint(readFrom: name), checkpoint.file <= files.count else {
            let isThere = LibCFiles.status(ofPath: name) != nil
            StandardError.write(
                "authres: \(name): \(isThere ? "cannot be made out" : "there is no interrupted run"); this one begins at the beginning"
            )
            return nil
        }
        guard checkpoint.task == task.identity else {
            StandardError.write(
                "authres: \(name): the interrupted run had other arguments, files or settings; without --resume, a new one begins"
            )
            throw Sysexit.usage
        }
        for (target, length) in [
            (output, checkpoint.mboxLength), (reportName, checkpoint.reportLength),
            (recordDNS, checkpoint.recordLength),
        ] {
            guard let target, !OutputFile.isStream(target) else { continue }
            let partial = OutputFile.partialName(of: target)
            guard LibCFiles.status(ofPath: partial)?.size ?? -1 < length else { continue }
            StandardError.write(
                "authres: \(partial): is not what the interrupted run has left; this one begins at the beginning"
            )
            return nil
        }
        return checkpoint
    }

    /// The record of answers, with those of the run that is continued.
    private func makeRecord(_ state: ServiceState, _ checkpoint: Checkpoint) throws -> AnswerJournal? {
        guard let recordDNS else { return nil }
        var zone = ZoneFile()
        let partial = OutputFile.partialName(of: recordDNS)
        do {
            let lines = FileManager.default.contents(atPath: partial)?.prefix(checkpoint.recordLength) ?? Data()
            try zone.read(Array(lines), file: partial)
        } catch {
            StandardError.write("authres: \(partial): cannot be read as a master file: \(error)")
            throw Sysexit.data
        }
        return AnswerJournal(state.resolver, known: zone.answers)
    }

    // MARK: What came of it

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
            try await write(SummaryReport(summary: run.summary), task)
        }
    }

    private func write(_ report: SummaryReport, _ task: ArchiveTask) throws {
        if let summaryJSON {
            try OutputFile.write(try report.json(), as: summaryJSON)
        }
        let hasOtherOutput = task.output != nil || task.report != nil || summaryJSON != nil
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
        case .noMbox, .shorter: Sysexit.data
        case .mixedVariants: Sysexit.usage
        }
    }
}
