import Archive
import CommandOptions
import Configuration
import DNS
import Files
import Foundation
import StoredMail

/// An interrupted run, and what it has left.
extension MboxCommand {
    /// How far the earlier run got that is to be continued.
    func earlierRun(_ task: ArchiveTask) throws -> Checkpoint? {
        guard resume else { return nil }
        guard let name = task.checkpointName else {
            StandardError.write(
                "authres: --resume needs --output or --report-file, and no output on standard output, which cannot be continued"
            )
            throw Sysexit.usage
        }
        guard let checkpoint = Checkpoint(readFrom: name), checkpoint.file <= files.count else {
            let isThere = LibCFiles.status(ofPath: name) != nil
            StandardError.write(
                "authres: \(name): \(isThere ? "is not a valid state file" : "there is no interrupted run"); this one starts from the beginning"
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
            (output.flatMap { MaildirOutput.isMeant(by: $0) ? nil : $0 }, checkpoint.mboxLength),
            (reportName, checkpoint.reportLength),
            (recordDNS, checkpoint.recordLength),
        ] {
            guard let target, !OutputFile.isStream(target) else { continue }
            let partial = OutputFile.partialName(of: target)
            guard LibCFiles.status(ofPath: partial)?.size ?? -1 < length else { continue }
            StandardError.write(
                "authres: \(partial): is not what the interrupted run left; this one starts from the beginning"
            )
            return nil
        }
        return checkpoint
    }

    /// The record of answers, beginning with those of the run that is continued.
    func makeRecord(_ state: ServiceState, _ checkpoint: Checkpoint) throws -> AnswerJournal? {
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
}
