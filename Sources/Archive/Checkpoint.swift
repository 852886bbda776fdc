internal import Files
internal import Foundation
internal import Mail
package import Summaries

/// How far a run over archives has come: enough to continue it, whatever ended it, with the same result as without
/// the interruption.
package struct Checkpoint: Codable {
    /// The task of the run, in words that differ if anything differs that its result depends on.
    package let task: [String]
    /// The time that the run uses as the present, in seconds since 1970.
    package let now: Int64
    /// Files that are finished.
    package var file = 0
    /// Mailboxes and messages that are finished in the next file or directory.
    var member = 0
    /// Where the next message begins in the next mailbox.
    package var offset = 0
    /// Octets of the output files that are valid.
    package var mboxLength = 0
    package var reportLength = 0
    package var recordLength = 0
    /// How the mbox that is written quotes; nil before the first file.
    package var variant: String?
    /// The form of its separators, likewise.
    var form: MboxSeparatorForm?
    /// True if something that was packed could not be unpacked.
    package var isDamaged = false
    /// True if a file in a folder could not be read.
    package var isUnreadable = false
    package var summary = Summary()

    /// The file beside the output that keeps it.
    package static func name(beside output: String) -> String { OutputFile.stateName(of: output) }

    /// Nil if there is none, or not one that a run has written.
    package init?(readFrom path: String) {
        let lines = FileManager.default.contents(atPath: path)?.split(separator: UInt8(ascii: "\n")) ?? []
        guard let first = lines.first, var checkpoint = try? JSONDecoder().decode(Checkpoint.self, from: first) else {
            return nil
        }
        for line in lines.dropFirst() {
            guard let piece = try? JSONDecoder().decode(Summary.self, from: line) else { return nil }
            checkpoint.summary.add(piece)
        }
        guard checkpoint.isPlausible else { return nil }
        self = checkpoint
    }

    package init(task: [String], now: Int64) {
        self.task = task
        self.now = now
    }

    /// False for numbers that no run reaches, from which counting could not continue.
    private var isPlausible: Bool {
        let numbers = [file, member, offset, mboxLength, reportLength, recordLength] + summary.counts
        return numbers.allSatisfy { (0...1 << 53).contains($0) }
    }

    /// Replaces the earlier checkpoint: one line with all but the names of the summary, then these, many on a line.
    package func write(to path: String) throws {
        let file = try OutputFile(path)
        do {
            var first: Checkpoint? = self
            try summary.pieces { piece in
                first?.summary = piece
                let line = try first.map { try JSONEncoder().encode($0) } ?? JSONEncoder().encode(piece)
                first = nil
                try file.write(Array(line) + [UInt8(ascii: "\n")])
            }
            try file.finish()
        } catch {
            file.discard()
            throw error
        }
    }
}
