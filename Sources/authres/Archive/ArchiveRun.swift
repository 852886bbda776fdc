import Foundation
import Mail

/// One pass over archives: reads, cuts, has messages examined on all cores, and writes the results in their order.
///
/// It lives on the main thread, which may wait for the disk and for pipes; the examinations have the others.
@MainActor
final class ArchiveRun {
    private let task: ArchiveTask
    private let examiner: MessageExaminer
    private let record: AnswerRecord?
    private let recordFile: OutputFile?
    private let interruption: Interruption
    private var checkpoint: Checkpoint
    private let mbox: OutputFile?
    private let report: OutputFile?
    private var writer = MboxWriter()
    private var progress: ProgressLine
    private var variantWritten: MboxVariant?

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

    enum End { case complete, interrupted }

    /// Why a run cannot go on.
    enum Failure: Error {
        case noMbox(String)
        case mixedVariants(String, MboxVariant, MboxVariant)
        case shorter(String)
    }

    /// - Parameters:
    ///   - checkpoint: of the run that is continued, or a new one.
    ///   - record: keeps the answers that are used, if they are wanted.
    init(
        _ task: ArchiveTask,
        examiner: MessageExaminer,
        record: AnswerRecord?,
        checkpoint: Checkpoint,
        interruption: Interruption
    ) throws(FileFailure) {
        self.task = task
        self.examiner = examiner
        self.record = record
        self.checkpoint = checkpoint
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

    var summary: Summary { checkpoint.summary }
    /// Where the run has come to.
    var position: (file: Int, offset: Int) { (checkpoint.file, checkpoint.offset) }

    /// Goes through the files.
    func run() async throws -> End {
        defer { progress.clear() }
        do {
            for index in checkpoint.file..<task.files.count {
                guard try await read(task.files[index]) else {
                    try save()
                    if task.checkpointName == nil { recordFile?.discard() }
                    return .interrupted
                }
                checkpoint.file = index + 1
                checkpoint.offset = 0
            }
        } catch {
            for batch in window { batch.work?.cancel() }
            // What is done already, for whoever reads the other end of a pipe.
            try mbox?.flush()
            try report?.flush()
            throw error
        }
        checkpoint.summary.seconds = seconds
        try mbox?.finish()
        try report?.finish()
        if let name = task.recordName, let record {
            // Sorted, in place of the lines in the order in which they came.
            let file = try OutputFile(name)
            try file.write(Array(record.text.utf8))
            try file.finish()
        }
        if let name = task.checkpointName { LibCFiles.remove(name) }
        return .complete
    }

    /// What an incomplete run leaves behind is taken away.
    func discard() {
        mbox?.discard()
        report?.discard()
        recordFile?.discard()
        if let name = task.checkpointName { LibCFiles.remove(name) }
    }

    // MARK: Reading

    /// A file that is being read.
    private struct Source {
        let input: InputFile
        var cutter: MessageCutter
        let worker: ArchiveWorker
        /// True until what stands above the first message has been written.
        var hasPreamble = true
    }

    /// Reads one file to its end, or until the run is interrupted; then it returns false.
    private func read(_ name: String) async throws -> Bool {
        var source = try open(name)
        while !source.input.isDone {
            if interruption.isRequested {
                try await drain(source.worker)
                return false
            }
            if !source.input.isReady(within: 0) {
                // Nothing to read for now, so that what is there need not wait for company.
                try await drain(source.worker)
                guard source.input.isReady(within: Self.patience) else { continue }
            }
            try await cut(&source, try source.input.next())
        }
        try await cut(&source, nil)
        try await drain(source.worker)
        checkpoint.summary.warnings += source.cutter.warnings
        return true
    }

    /// Cuts messages out of what was read, or, if that is nil, out of what is left at the end.
    private func cut(_ source: inout Source, _ octets: [UInt8]?) async throws {
        let messages: [CutMessage]
        do {
            messages = try octets.map { try source.cutter.take($0) } ?? source.cutter.end()
        } catch is MessageCutter.NoMbox {
            throw Failure.noMbox(source.input.name)
        }
        try writePreamble(&source)
        for message in messages { try await add(message, source.worker) }
    }

    private func open(_ name: String) throws -> Source {
        let input = try InputFile(name)
        let detection = try MboxDetection(beginning: input.beginning(Self.detectionLength))
        let variant = task.variant ?? detection.variant
        try announce(variant, task.variant == nil ? detection : nil, of: name)
        let base = checkpoint.offset
        guard try input.skip(base) else { throw Failure.shorter(name) }
        if base == 0 { try mbox?.write { writer.beginFile(to: &$0) } }
        let worker = ArchiveWorker(
            examiner: examiner,
            record: record,
            file: name,
            variant: variant,
            isVariantGuessed: task.variant == nil && detection.evidence == .none,
            report: report == nil ? .none : task.reportsAnswers ? .withAnswers : .plain
        )
        let cutter = MessageCutter(variant: variant, needsEmptyLine: task.needsEmptyLine, base: base)
        return Source(input: input, cutter: cutter, worker: worker)
    }

    /// Octets at the beginning of an mbox in which its variant shows.
    private static let detectionLength = 1 << 20
    /// Milliseconds between two looks at whether the run is to end, while a pipe has nothing to read.
    private static let patience: Int32 = 100

    private func announce(_ variant: MboxVariant, _ detection: MboxDetection?, of name: String) throws {
        if mbox != nil {
            let written = variantWritten ?? variant
            guard written == variant else { throw Failure.mixedVariants(name, written, variant) }
            variantWritten = written
        }
        guard let detection else { return }
        progress.clear()
        StandardError.write("authres: \(name): \(variant.rawValue) (\(detection.evidence.rawValue))")
    }

    /// Writes what stands above the first message, once that is there.
    private func writePreamble(_ source: inout Source) throws {
        guard source.hasPreamble, source.cutter.hasMessages else { return }
        source.hasPreamble = false
        let octets = source.cutter.preamble
        if !octets.isEmpty { try mbox?.write { writer.write(.preamble(octets[...]), to: &$0) } }
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
        checkpoint.offset = message.end
    }

    private var seconds: Double { secondsBefore + start.duration(to: .now) / .seconds(1) }

    /// Keeps how far the run has come, so that it can be continued from here.
    private func save() throws {
        try mbox?.synchronize()
        try report?.synchronize()
        nextCheckpoint = ContinuousClock.now.advanced(by: Self.interval)
        guard let name = task.checkpointName else { return }
        if let record, let recordFile {
            try recordFile.write(Array(record.newText().utf8))
            try recordFile.synchronize()
        }
        checkpoint.summary.seconds = seconds
        checkpoint.mboxLength = mbox?.length ?? 0
        checkpoint.reportLength = report?.length ?? 0
        checkpoint.recordLength = recordFile?.length ?? 0
        try checkpoint.write(to: name)
    }
}
