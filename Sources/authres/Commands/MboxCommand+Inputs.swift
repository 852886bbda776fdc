import Archive
import ArgumentParser
import CommandOptions
import Files
import Glibc

/// The inputs: what they are before the run, and that no output replaces one.
extension MboxCommand {
    /// True for a file that was named as an input, and for what is in such a directory.
    func isInput(_ name: String) -> Bool {
        name == InputFile.standardInputName
            || files.contains { file in
                let directory = file.hasSuffix("/") ? file : file + "/"
                return name == file || name.hasPrefix(directory) || name + "/" == directory
            }
    }

    /// What distinguishes an input from a later one of the same name. A file that is missing ends the run before it
    /// has begun. A FIFO is not opened: its writer would see it closed again.
    func inputVersion(_ name: String) throws -> String {
        let status: LibCFiles.Status?
        do {
            status = name == "-" ? LibCFiles.status(of: STDIN_FILENO) : LibCFiles.status(ofPath: name)
            if status == nil || status?.size != nil { _ = try InputFile(name) }
            try refuseRange(of: name)
            if status?.isDirectory == true { return try directoryVersion(name) }
        } catch let error where !(error is ExitCode) {
            StandardError.write("authres: \(error)")
            throw Sysexit.noInput
        }
        if let status { try refuseToReplace(status) }
        return name == "-" ? "-" : status?.version ?? "-"
    }

    /// Ends the run before it has begun if --range is given for an input whose octets cannot be counted.
    private func refuseRange(of name: String) throws {
        guard range != nil, !ArchiveTask.isPlain(name) else { return }
        StandardError.write("authres: \(name): --range takes a plain mbox file")
        throw Sysexit.usage
    }

    /// The content of a directory as one number; nothing may be written into it while it is read.
    private func directoryVersion(_ name: String) throws -> String {
        for target in targets where target != "-" {
            let place = OutputFile.place(of: target.hasSuffix("/") ? String(target.dropLast()) : target)
            guard let directory = LibCFiles.resolved(name), place == directory || place.hasPrefix(directory + "/")
            else {
                continue
            }
            StandardError.write("authres: \(target): is in an input; nothing is changed in place")
            throw Sysexit.usage
        }
        // FNV-1a (64 bits), over the names of all files.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var waiting = [try DirectoryReader(name)]
        while let directory = waiting.last {
            guard let path = directory.next() else {
                waiting.removeLast()
                continue
            }
            for octet in path.utf8 { hash = (hash ^ UInt64(octet)) &* 0x0000_0100_0000_01b3 }
            let isDirectory = LibCFiles.status(ofPath: path)?.isDirectory == true
            // One that cannot be read is told when it is reached.
            guard isDirectory, !LibCFiles.isSymbolicLink(path), let inner = try? DirectoryReader(path) else { continue }
            waiting.append(inner)
        }
        return String(hash, radix: 16)
    }

    /// Ends the run before it has begun if an output, or a file kept beside it, is this input.
    private func refuseToReplace(_ input: LibCFiles.Status) throws {
        for target in targets where OutputFile.replaces(target, input) {
            let name = target == "-" ? "standard output" : target
            StandardError.write("authres: \(name): is an input; nothing is changed in place")
            throw Sysexit.usage
        }
    }
}
