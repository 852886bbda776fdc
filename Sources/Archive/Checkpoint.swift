internal import Files
internal import Foundation
internal import Mail
package import StoredMail

/// How far a run over archives has come: enough to continue it, whatever ended it, with the same result as if it had
/// never ended.
package struct Checkpoint: Codable {
    /// What the run was asked to do, in words that differ if anything differs that its result depends on.
    package let task: [String]
    /// The time that the run takes for now, in seconds since 1970.
    package let now: Int64
    /// Files that are done.
    package var file = 0
    /// Mailboxes and messages that are done in the file, or directory, that follows them.
    var member = 0
    /// Where the next message begins in the mailbox that follows those.
    package var offset = 0
    /// Octets of the output files that are right.
    package var mboxLength = 0
    package var reportLength = 0
    package var recordLength = 0
    /// How the mbox that is written quotes; nil before the first file.
    package var variant: String?
    /// The form of its separators, likewise.
    var form: MboxSeparatorForm?
    package var summary = Summary()

    /// The file beside the output that keeps it.
    package static func name(beside output: String) -> String { OutputFile.stateName(of: output) }

    /// Nil if there is none, or none that a run has written.
    package init?(readFrom path: String) {
        guard let data = FileManager.default.contents(atPath: path),
            let checkpoint = try? JSONDecoder().decode(Checkpoint.self, from: data), checkpoint.isPlausible
        else { return nil }
        self = checkpoint
    }

    package init(task: [String], now: Int64) {
        self.task = task
        self.now = now
    }

    /// False for numbers that no run comes to, which could not be counted on from.
    private var isPlausible: Bool {
        let numbers = [file, member, offset, mboxLength, reportLength, recordLength] + summary.counts
        return numbers.allSatisfy { (0...1 << 53).contains($0) }
    }

    /// Replaces what was kept before.
    package func write(to path: String) throws {
        try OutputFile.write(Array(try JSONEncoder().encode(self)), as: path)
    }
}
