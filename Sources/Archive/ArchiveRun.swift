package import Files
internal import Foundation
internal import Mail
internal import Mailboxes
package import StoredMail

/// One pass over archives: reads, cuts, has messages examined on all cores, and writes the results in their order.
///
/// It lives on the main thread, which may wait for the disk and for pipes; the examinations have the others.
@MainActor
package final class ArchiveRun {
    private let task: ArchiveTask
    private let examiner: MessageExaminer
    private let record: AnswerJournal?
    private let recordFile: OutputFile?
    private let interruption: Interruption
    private var checkpoint: Checkpoint
    private let checkpointName: String?
    private let mbox: OutputFile?
    private let report: OutputFile?
    private var writer = MboxWriter()
    private var progress: ProgressLine

    /// Messages under way, in their order.
    private var window: [Batch] = []
    private var batch = Batch()
    private let start = ContinuousClock.now
    private let secondsBefore: Double
    private var nextCheckpoint = ContinuousClock.now.advanced(by: interval)

    private static let interval = Duration.seconds(3)
    /// Messages under way: enough that some can wait for the DNS while others do not.
    private static let messageLimit = 1024
    /// Octets of messages under way.
    private static let costLimit = 32 << 20
    /// What one task examines: so much that handing it over costs nothing beside it.
    private static let batchMessages = 32
    private static let batchCost = 512 * 1024

    /// Messages that are examined together.
    private struct Batch {
        var messages: [CutMessage] = []
        var cost = 0
        var work: Task<[ArchiveWorker.Result], any Error>?
    }

    package enum End { case complete, interrupted }

    /// - Parameters:
    ///   - checkpoint: of the run that is continued, or a new one.
    ///   - record: keeps the answers that are used, if they are wanted.
    package init(
        _ task: ArchiveTask,
        examiner: MessageExaminer,
        record: AnswerJournal?,
        checkpoint: Checkpoint,
        interruption: Interruption
    ) throws(FileFailure) {
        self.task = task
        self.examiner = examiner
        self.record = record
        self.checkpoint = checkpoint
        checkpointName = task.checkpointName
        self.interruption = interruption
        mbox = try task.output.map { name throws(FileFailure) in
            try OutputFile(name, keeping: checkpoint.mboxLength)
        }
        report = try task.report.map { name throws(FileFailure) in
            try OutputFile(name, keeping: checkpoint.reportLength)
        }
        recordFile = try task.recordName.map { name throws(FileFailure) in
            try OutputFile(name, keeping: checkpoint.recordLength)
        }
        let sizes = task.files.map { $0 == "-" ? nil : LibCFiles.status(ofPath: $0)?.size }
        let total = sizes.contains(nil) ? nil : sizes.compactMap(\.self).reduce(0, +)
        let summary = checkpoint.summary
        progress = ProgressLine(total: total, before: (summary.octets, summary.messages))
        secondsBefore = summary.seconds
        if let tail = try mbox?.tail() {
            var nowhere: [UInt8] = []
            writer.write(.preamble(tail[...]), to: &nowhere)
        }
    }

    package var summary: Summary { checkpoint.summary }
    /// Where the run has come to.
    package var position: (file: Int, offset: Int) { (checkpoint.file, checkpoint.offset) }

    /// Goes through the files.
    package func run() async throws -> End {
        defer { progress.clear() }
        do {
            try checkFiles()
            // From here on the run can be continued, whatever ends it: a disk that is full has no room for this later.
            try save()
            for index in checkpoint.file..<task.files.count {
                guard try await read(task.files[index]) else {
                    try save()
                    if checkpointName == nil { discard() }
                    return .interrupted
                }
                checkpoint.file = index + 1
                checkpoint.offset = 0
            }
        } catch {
            for batch in window { batch.work?.cancel() }
            if position == (0, 0) || checkpointName == nil { discard() }
            // What is done already, for whoever reads the other end of a pipe.
            try mbox?.flush()
            try report?.flush()
            throw error
        }
        checkpoint.summary.seconds = seconds
        try mbox?.finish()
        try report?.finish()
        if let recordFile, let record {
            // Sorted, in place of the lines in the order in which they came.
            try recordFile.clear()
            try recordFile.write(Array(record.text.utf8))
            try recordFile.finish()
        }
        if let checkpointName { LibCFiles.remove(checkpointName) }
        return .complete
    }

    /// What an incomplete run leaves behind is taken away.
    package func discard() {
        mbox?.discard()
        report?.discard()
        recordFile?.discard()
        if let checkpointName { LibCFiles.remove(checkpointName) }
    }

    // MARK: Reading

    /// Ends the run before it has begun if it could not be completed. A pipe cannot be looked at before it is read.
    private func checkFiles() throws {
        for name in task.files[checkpoint.file...] where name != "-" && LibCFiles.status(ofPath: name)?.size != nil {
            try use(try ArchiveSource.check(name, task), of: name)
        }
    }

    /// Takes note of the variant of what is to be written; there is one to an mbox.
    private func use(_ variant: MboxVariant, of name: String) throws {
        guard mbox != nil else { return }
        let written = checkpoint.variant ?? variant.rawValue
        guard written == variant.rawValue else { throw ArchiveFailure.mixedVariants(name, written, variant) }
        checkpoint.variant = written
    }

    /// Reads one file to its end, or until the run is interrupted; then it returns false.
    private func read(_ name: String) async throws -> Bool {
        var source = try ArchiveSource(name, task, base: checkpoint.offset) { interruption.isRequested }
        guard !interruption.isRequested else { return false }
        let worker = try begin(source)
        while !source.input.isDone {
            if interruption.isRequested {
                try await drain(worker)
                return false
            }
            if !source.input.isReady(within: 0) {
                // Nothing to read for now, so that what is there need not wait for company.
                try await drain(worker)
                guard source.input.isReady(within: InputFile.patience) else { continue }
            }
            try await cut(&source, try source.input.next(), worker)
        }
        try await cut(&source, nil, worker)
        try await drain(worker)
        if let text = source.cutter.warningText { tell("\(name): \(text)") }
        return true
    }

    /// Cuts messages out of what was read, or, if that is nil, out of what is left at the end.
    private func cut(_ source: inout ArchiveSource, _ octets: [UInt8]?, _ worker: ArchiveWorker) async throws {
        let messages: [CutMessage]
        do {
            messages = try octets.map { try source.cutter.take($0) } ?? source.cutter.end()
        } catch is MessageCutter.NoMbox {
            throw ArchiveFailure.noMbox(source.input.name)
        }
        for message in messages { try await add(message, worker) }
    }

    private func begin(_ source: ArchiveSource) throws -> ArchiveWorker {
        let name = source.input.name
        try use(source.variant, of: name)
        if let evidence = source.evidence { tell("\(name): \(source.variant.rawValue) (\(evidence.rawValue))") }
        if checkpoint.offset == 0 { try mbox?.write { writer.beginFile(to: &$0) } }
        return ArchiveWorker(
            examiner: examiner,
            record: record,
            file: name,
            variant: source.variant,
            isVariantGuessed: source.evidence == MboxDetection.Evidence.none,
            report: report == nil ? .none : task.reportsAnswers ? .withAnswers : .plain
        )
    }

    private func tell(_ text: String) {
        progress.clear()
        StandardError.write("authres: \(text)")
    }

    // MARK: The window

    private func add(_ message: CutMessage, _ worker: ArchiveWorker) async throws {
        batch.messages.append(message)
        batch.cost += message.content.cost
        guard batch.messages.count >= Self.batchMessages || batch.cost >= Self.batchCost else { return }
        send(worker)
        try await write(upTo: Self.messageLimit)
    }

    private func send(_ worker: ArchiveWorker) {
        guard !batch.messages.isEmpty else { return }
        let messages = batch.messages
        batch.work = Task.detached { try await worker.examine(messages) }
        window.append(batch)
        batch = Batch()
    }

    private func drain(_ worker: ArchiveWorker) async throws {
        send(worker)
        try await write(upTo: 0)
    }

    /// Writes results until no more than `limit` messages are under way.
    private func write(upTo limit: Int) async throws {
        while !window.isEmpty,
            window.reduce(0, { $0 + $1.messages.count }) > limit || window.reduce(0, { $0 + $1.cost }) > Self.costLimit
        {
            let results = try await window.removeFirst().work?.value ?? []
            for result in results { try write(result) }
            progress.show(octets: checkpoint.summary.octets, messages: checkpoint.summary.messages)
            if ContinuousClock.now >= nextCheckpoint { try save() }
        }
    }

    // MARK: Writing

    private func write(_ result: ArchiveWorker.Result) throws(FileFailure) {
        let message = result.message
        if let mbox {
            if !message.preamble.isEmpty { try mbox.write { writer.write(.preamble(message.preamble[...]), to: &$0) } }
            try mbox.write { writer.write(.messageStart(message.fromLine, offset: 0), edits: result.edits, to: &$0) }
            var offset = 0
            while true {
                let piece = try message.content.piece(at: offset)
                if piece.isEmpty { break }
                offset += piece.count
                try mbox.write { writer.write(.octets(piece), to: &$0) }
            }
            try mbox.write { writer.write(.messageEnd(emptyLine: message.emptyLine[...]), to: &$0) }
        }
        try report?.write(result.line)
        checkpoint.summary.count(result.tally)
        checkpoint.summary.warnings += message.warnings
        checkpoint.offset = message.end
    }

    private var seconds: Double { secondsBefore + start.duration(to: .now) / .seconds(1) }

    /// Keeps how far the run has come, so that it can be continued from here.
    private func save() throws {
        try mbox?.synchronize()
        try report?.synchronize()
        nextCheckpoint = ContinuousClock.now.advanced(by: Self.interval)
        guard let checkpointName else { return }
        if let record, let recordFile {
            try recordFile.write(Array(record.newText().utf8))
            try recordFile.synchronize()
        }
        checkpoint.summary.seconds = seconds
        checkpoint.mboxLength = mbox?.length ?? 0
        checkpoint.reportLength = report?.length ?? 0
        checkpoint.recordLength = recordFile?.length ?? 0
        try checkpoint.write(to: checkpointName)
    }
}
