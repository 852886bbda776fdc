internal import Files
internal import Foundation
internal import Glibc
internal import Mail

/// A Maildir being written: it has a temporary name beside the final one, which it gets when it is complete.
///
/// Messages from a Maildir keep their flags and whether they are new; all others are new. The names of the messages
/// depend only on the messages and their order, so that a run that is continued writes the same ones again.
package final class MaildirOutput {
    private let place: String
    private let partial: String

    /// True if a name means a Maildir: it ends in a slash, or is that of a directory.
    package static func isMeant(by name: String) -> Bool {
        name.hasSuffix("/") || LibCFiles.status(ofPath: name)?.isDirectory == true
    }

    /// - Parameter isContinued: whether an earlier run's messages are kept.
    init(_ name: String, isContinued: Bool) throws(FileFailure) {
        place = OutputFile.place(of: name)
        partial = OutputFile.partialName(of: name)
        if LibCFiles.status(ofPath: place) != nil {
            // Nothing is added to a Maildir in use, nor removed from it.
            guard (try? FileManager.default.contentsOfDirectory(atPath: place))?.isEmpty == true else {
                throw FileFailure(name, code: EEXIST)
            }
        }
        if !isContinued { discard() }
        for directory in ["", "/tmp", "/new", "/cur"] { try LibCFiles.makeDirectory(partial + directory) }
    }

    /// - Parameter number: the number of the message in the run.
    func write(_ result: ArchiveWorker.Result, number: Int) throws(FileFailure) {
        let maildir = result.message.maildir
        let digits = "\(number)"
        let count = String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
        let unique = "\(max(0, result.origin.seconds)).\(count).authres"
        let isNew = maildir?.isNew ?? true
        let info = maildir?.info ?? "2,"
        // In `new`, a name has no flags, unless a program has put them there.
        let hasInfo = !isNew || info.utf8.count > 2
        let name = "\(isNew ? "new" : "cur")/\(unique)" + (hasInfo ? ":\(info.isEmpty ? "2," : info)" : "")
        let path = "\(partial)/\(name)"
        let descriptor = try LibCFiles.openForRewriting(path)
        defer { _ = close(descriptor) }
        var buffer: [UInt8] = []
        try result.editedContent { piece throws(FileFailure) in
            buffer += piece
            guard buffer.count >= Self.bufferLimit else { return }
            try LibCFiles.write(buffer[...], to: descriptor, name: path)
            buffer.removeAll(keepingCapacity: true)
        }
        try LibCFiles.write(buffer[...], to: descriptor, name: path)
    }

    /// Octets that are held back to be written together.
    private static let bufferLimit = 256 * 1024

    /// Makes sure that all written octets are on the disk: one call for all of its files.
    func synchronize() { sync() }

    /// Gives the directory its name.
    func finish() throws(FileFailure) {
        synchronize()
        try LibCFiles.rename(partial, to: place)
    }

    func discard() { try? FileManager.default.removeItem(atPath: partial) }
}
