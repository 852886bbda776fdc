internal import Files
internal import Mail
internal import Mailboxes

/// One archive that is being read, from its beginning or from where an earlier run has come to.
struct ArchiveSource {
    let input: InputFile
    let variant: MboxVariant
    /// What has told the variant; nil if it was said.
    let evidence: MboxDetection.Evidence?
    var cutter: MessageCutter

    /// Octets at the beginning of an mbox in which its variant shows.
    private static let detectionLength = 1 << 20

    /// Opens a file, and looks at its beginning if its variant is not known.
    /// - Parameter isStopped: ends the wait for a pipe that has nothing to read; what is known then may be wrong.
    init(_ name: String, _ task: ArchiveTask, base: Int, until isStopped: () -> Bool) throws {
        input = try InputFile(name)
        if let known = task.variant {
            (variant, evidence) = (known, nil)
        } else {
            let detection = try MboxDetection(beginning: input.beginning(Self.detectionLength, until: isStopped))
            (variant, evidence) = (detection.variant, detection.evidence)
        }
        guard try input.skip(base) else { throw ArchiveFailure.shorter(name) }
        cutter = MessageCutter(variant: variant, needsEmptyLine: task.needsEmptyLine, base: base)
    }

    /// Sees from its beginning alone whether a file is an mbox, so that a run does not end at its last file after
    /// hours.
    static func check(_ name: String, _ task: ArchiveTask) throws -> MboxVariant {
        var source = try ArchiveSource(name, task, base: 0) { false }
        do {
            _ = try source.cutter.take(source.input.beginning(Self.detectionLength))
            if !source.cutter.hasMessages { _ = try source.cutter.end() }
        } catch is MessageCutter.NoMbox {
            throw ArchiveFailure.noMbox(name)
        }
        return source.variant
    }
}
