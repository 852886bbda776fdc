package import Files
internal import Foundation
internal import Mail
internal import Mailboxes
package import ReportStore
package import StoredMail
package import Summaries
internal import Synchronization

/// One pass over archives: reads, cuts, has messages examined on all cores, and writes the results in order.
///
/// It runs on the main thread, which may wait for the disk and for pipes; the examinations use the others.
@MainActor
package final class ArchiveRun {
    let task: ArchiveTask
    let examiner: MessageExaminer
    let record: AnswerJournal?
    private let recordFile: OutputFile?
    let interruption: Interruption
    var checkpoint: Checkpoint
    private let checkpointName: String?
    let output: MailOutput?
    let report: OutputFile?
    /// Where messages are counted for aggregate reports; nil if they are not.
    private var reports: ObservationCount?
    private var progress: ProgressLine

    /// What was found out about files before the run.
    var detections: [String: MboxDetection] = [:]
    /// Messages in progress, in their order.
    private var window: [Batch] = []
    private var batch = Batch()
    /// The worker that examines the current messages.
    var worker: ArchiveWorker?
    private let start = ContinuousClock.now
    private let secondsBefore: Double
    private var nextCheckpoint = ContinuousClock.now.advanced(by: interval)

    private static let interval = Duration.seconds(3)
    /// Messages in progress: enough that some can wait for the DNS while others do not.
    private static let messageLimit = 1024
    /// Octets of messages in progress: enough for every processor to have a batch, and others that wait.
    private static let costLimit = max(16, ProcessInfo.processInfo.activeProcessorCount) * batchCost
    /// How many messages one task examines: enough that handing them over costs nothing in comparison.
    private static let batchMessages = 32
    private static let batchCost = 384 * 1024
    /// Octets for what is known of a message, about, in addition to its own: it grows with a header, for each signature
    /// in it may lead to several questions.
    private static func knowledgeCost(_ message: CutMessage) -> Int {
        12 * 1024 + 4 * min(message.content.count, 16 * 1024)
    }

    /// Messages that are examined together.
    private struct Batch {
        /// Those that have not been handed over.
        var messages: [CutMessage] = []
        var count = 0
        var cost = 0
        var work: Task<[ArchiveWorker.Result], any Error>?
        let completion = Completion()

        /// Whether its results are there.
        final class Completion: Sendable {
            let isReached = Atomic(false)
        }
    }

    package enum End { case complete, interrupted }

    /// - Parameters:
    ///   - checkpoint: that of the run that is continued, or a new one.
    ///   - record: keeps the answers that are used, if wanted.
    ///   - reports: counts the messages for aggregate reports, if wanted.
    package init(
        _ task: ArchiveTask,
        examiner: MessageExaminer,
        record: AnswerJournal?,
        reports: ReportDatabase? = nil,
        checkpoint: Checkpoint,
        interruption: Interruption
    ) throws(FileFailure) {
        self.task = task
        self.examiner = examiner
        self.record = record
        self.reports = reports.map(ObservationCount.init)
        self.checkpoint = checkpoint
        checkpointName = task.checkpointName
        self.interruption = interruption
        output = try task.output.map { name throws(FileFailure) in try MailOutput(name, checkpoint) }
        report = try task.report.map { name throws(FileFailure) in
            try OutputFile(name, keeping: checkpoint.reportLength)
        }
        recordFile = try task.recordName.map { name throws(FileFailure) in
            try OutputFile(name, keeping: checkpoint.recordLength)
        }
        let sizes = task.files.map { ArchiveTask.isPlain($0) ? LibCFiles.status(ofPath: $0)?.size : nil }
        let total = sizes.contains(nil) ? nil : sizes.compactMap(\.self).reduce(0, +)
        let summary = checkpoint.summary
        progress = ProgressLine(total: total, before: (summary.octets, summary.messages))
        secondsBefore = summary.seconds
    }

    package var summary: Summary { checkpoint.summary }
    /// True if something that was packed could not be unpacked.
    package var isDamaged: Bool { checkpoint.isDamaged }
    /// True if a file in a folder could not be read.
    package var isUnreadable: Bool { checkpoint.isUnreadable }
    /// How far the run has come.
    package var position: (file: Int, offset: Int) { (checkpoint.file, checkpoint.offset) }

    /// Goes through the files.
    package func run() async throws -> End {
        defer { progress.clear() }
        LibCProgram.releaseCode()
        do {
            try checkFiles()
            // From here the run can be continued, whatever ends it: a full disk has no room for this later.
            try save()
            for index in checkpoint.file..<task.files.count {
                guard try await read(task.files[index]) else {
                    try save()
                    if checkpointName == nil { discard() }
                    return .interrupted
                }
                checkpoint.file = index + 1
                checkpoint.member = 0
                checkpoint.offset = 0
            }
        } catch {
            for batch in window { batch.work?.cancel() }
            if summary.messages == 0 || checkpointName == nil { discard() }
            // The finished part, for the reader at the other end of a pipe.
            try output?.flush()
            try report?.flush()
            throw error
        }
        try count()
        if let reports { tell(reports.description) }
        checkpoint.summary.seconds = seconds
        try output?.finish()
        try report?.finish()
        if let recordFile, let record {
            // Sorted, replacing the lines in the order in which they came.
            try recordFile.clear()
            try recordFile.write(Array(record.text.utf8))
            try recordFile.finish()
        }
        if let checkpointName { LibCFiles.remove(checkpointName) }
        return .complete
    }

    /// Removes the files that an incomplete run leaves.
    package func discard() {
        output?.discard()
        report?.discard()
        recordFile?.discard()
        if let checkpointName { LibCFiles.remove(checkpointName) }
    }

    func tell(_ text: String) {
        progress.clear()
        StandardError.write("authres: \(PathOctets.shown(text))")
    }

    // MARK: The window

    func add(_ message: CutMessage) async throws {
        batch.messages.append(message)
        batch.count += 1
        batch.cost += message.content.cost + Self.knowledgeCost(message)
        guard batch.count >= Self.batchMessages || batch.cost >= Self.batchCost else { return }
        send()
        try await write(upTo: Self.messageLimit)
    }

    private func send() {
        guard !batch.messages.isEmpty, let worker else { return }
        let (messages, completion) = (batch.messages, batch.completion)
        batch.messages = []
        batch.work = Task.detached {
            defer { completion.isReached.store(true, ordering: .releasing) }
            return try await worker.examine(messages)
        }
        window.append(batch)
        batch = Batch()
    }

    func drain() async throws {
        send()
        try await write(upTo: 0)
    }

    /// Writes the results that are there, and waits for more until at most `limit` messages are in progress.
    private func write(upTo limit: Int) async throws {
        while let first = window.first,
            first.completion.isReached.load(ordering: .acquiring) || window.reduce(0, { $0 + $1.count }) > limit
                || window.reduce(0, { $0 + $1.cost }) > Self.costLimit
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
        switch output {
        case .mbox(let mbox):
            try mbox.write(result, variant: checkpoint.variant.flatMap(MboxVariant.init) ?? .mboxrd)
        case .maildir(let maildir): try maildir.write(result, number: summary.messages + 1)
        case nil: break
        }
        try report?.write(result.line)
        checkpoint.summary.count(result.tally)
        (checkpoint.member, checkpoint.offset) = message.next
        reports?.take(result.observation)
    }

    /// Counts the observations since the last call. This comes after the checkpoint: a run that dies between the two
    /// and is continued counts too few messages, but none twice.
    private func count() throws {
        let dropped = try reports?.count() ?? 0
        if dropped > 0 { tell("reports: \(dropped) messages have no row: the database is full") }
    }

    private var seconds: Double { secondsBefore + start.duration(to: .now) / .seconds(1) }

    /// Saves how far the run has come, so that it can be continued from here.
    private func save() throws {
        try output?.synchronize()
        try report?.synchronize()
        nextCheckpoint = ContinuousClock.now.advanced(by: Self.interval)
        guard let checkpointName else { return try count() }
        if let record, let recordFile {
            try recordFile.write(Array(record.newText().utf8))
            try recordFile.synchronize()
        }
        checkpoint.summary.seconds = seconds
        checkpoint.mboxLength = output?.length ?? 0
        checkpoint.reportLength = report?.length ?? 0
        checkpoint.recordLength = recordFile?.length ?? 0
        try checkpoint.write(to: checkpointName)
        try count()
    }
}
