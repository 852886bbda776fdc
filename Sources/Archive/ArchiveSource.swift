internal import Files
internal import Mail
internal import Mailboxes
internal import StoredMail

/// One archive that is being read, from its beginning or from where an earlier run stopped.
struct ArchiveSource {
    let input: InputFile
    let detection: MboxDetection
    private(set) var cutter: MessageCutter

    /// Octets at the beginning of an mbox that show its variant.
    private static let detectionLength = 1 << 20

    private var bombGuard = BombGuard()

    /// Examines the beginning of a file.
    /// - Parameters:
    ///   - known: the result of an earlier examination.
    ///   - isStopped: ends the wait for a pipe that has nothing to read; the result may then be wrong.
    init(
        _ input: InputFile,
        _ task: ArchiveTask,
        base: Int,
        known: MboxDetection? = nil,
        until isStopped: () -> Bool
    ) throws {
        self.input = input
        detection = try known ?? Self.detect(input, task, until: isStopped)
        let start = base > 0 ? base : Self.start(input, task, detection)
        guard try input.skip(start) else { throw ArchiveFailure.shorter(input.name) }
        cutter = MessageCutter(
            input.name,
            detection,
            needsEmptyLine: task.needsEmptyLine,
            range: task.range,
            base: start
        )
    }

    /// Octets that are searched at a time for a place to begin.
    private static let searchLength = 64 * 1024

    /// The beginning of a message before a range, from which it is known where the others begin: the last line that
    /// separates messages whatever is above it. A file that is read by its counts is read from its beginning.
    private static func start(_ input: InputFile, _ task: ArchiveTask, _ detection: MboxDetection) -> Int {
        guard let size = input.status?.size, let form = detection.form, !detection.believesCounts else { return 0 }
        var end = min(task.range.octets.lowerBound, size)
        while end > 0 {
            let beginning = max(0, end - searchLength)
            let window = max(0, beginning - MboxRange.margin)
            guard let octets = input.lookAhead(at: window, count: end - window + MboxRange.margin) else { return 0 }
            let place = MboxRange.anchor(
                in: octets,
                at: (beginning - window)..<(end - window),
                form: form,
                needsEmptyLine: task.needsEmptyLine
            )
            if let place { return window + place }
            end = beginning
        }
        return 0
    }

    private static func detect(
        _ input: InputFile,
        _ task: ArchiveTask,
        until isStopped: () -> Bool
    ) throws -> MboxDetection {
        let beginning = try input.beginning(detectionLength, until: isStopped)
        var detection = MboxDetection(beginning: beginning, variant: task.variant)
        if detection.mayBelieveCounts, try isProven(input, beginning) { detection.believeCounts() }
        return detection
    }

    /// Whether an mbox must be read by its counts. A file is read once more for this; a pipe cannot be, unless all of
    /// it has arrived.
    private static func isProven(_ input: InputFile, _ beginning: [UInt8]) throws -> Bool {
        var proof = MboxCountProof()
        if input.status?.size == nil {
            guard input.hasEnded else { return false }
            proof.take(beginning) { beginning.dropFirst($0).prefix(MboxReader.lookAheadLength) }
            return proof.end()
        }
        let file = try InputFile(input.name)
        while proof.isPossible, case let piece = try file.next(), !piece.isEmpty {
            proof.take(piece) { file.lookAhead(at: $0, count: MboxReader.lookAheadLength) }
        }
        return proof.end()
    }

    /// True if there is nothing more to read.
    var isDone: Bool { input.isDone || cutter.isPastRange }

    /// Cuts messages from the next input, which may take its time.
    mutating func next() throws -> [CutMessage] {
        let octets = try input.next()
        let input = input
        let messages = try named { cutter throws in
            try cutter.take(octets) { input.lookAhead(at: $0, count: MboxReader.lookAheadLength) }
        }
        try bombGuard.check(input, messageLength: cutter.partialLength)
        return messages
    }

    /// Cuts messages from the rest at the end.
    mutating func end() throws -> [CutMessage] {
        try named { cutter throws in try cutter.end() }
    }

    private mutating func named(_ cut: (inout MessageCutter) throws -> [CutMessage]) throws -> [CutMessage] {
        do {
            return try cut(&cutter)
        } catch is MessageCutter.NoMbox {
            throw ArchiveFailure.noMbox(input.name)
        }
    }

    /// Determines from its beginning alone whether a file is an mbox, so that a run does not fail at its last file
    /// after hours.
    static func check(_ name: String, _ task: ArchiveTask) throws -> MboxDetection {
        var source = try ArchiveSource(try InputFile(name), task, base: 0) { false }
        _ = try source.named { [input = source.input] cutter throws in
            let messages = try cutter.take(try input.beginning(detectionLength))
            return cutter.hasMessages ? messages : try cutter.end()
        }
        return source.detection
    }
}
