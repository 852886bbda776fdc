internal import Glibc

/// A file being written: it has a temporary name beside the final one, which it gets when it is complete. Or standard
/// output, a device or a FIFO, which are written to directly.
package final class OutputFile {
    /// As given: a path, or `-`.
    package let name: String
    /// Determined at the beginning: the target of `/dev/stdout` is unknown once the file there is replaced.
    private let place: String
    private let partial: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Octets written, including those held back.
    package private(set) var length: Int

    /// Octets that are held back to be written together.
    private static let bufferLimit = 256 * 1024

    /// True if octets are written directly to their destination, and cannot be taken back.
    private let isStream: Bool

    /// Where a file is or will be, following symbolic links: `/dev/stdout` is one. The same for all names of a file.
    package static func place(of name: String) -> String {
        // The name of a Maildir.
        if name.hasSuffix("/"), name.utf8.count > 1 { return place(of: String(name.dropLast())) }
        if let place = LibCFiles.resolved(name) { return place }
        let slash = name.lastIndex(of: "/")
        let base = slash.map { name[name.index(after: $0)...] } ?? name[...]
        return LibCFiles.resolved(LibCFiles.directory(of: name)).map { "\($0)/\(base)" } ?? name
    }

    /// The name of a file that is not complete.
    package static func partialName(of name: String) -> String { place(of: name) + ".authres-partial" }

    /// The file beside the output that says how far an interrupted run got.
    package static func stateName(of name: String) -> String { place(of: name) + ".authres-state" }

    /// True for standard output, a device, a FIFO: an output that cannot be renamed or continued.
    package static func isStream(_ name: String) -> Bool {
        name == "-" || LibCFiles.status(ofPath: name).map { $0.size == nil && !$0.isDirectory } ?? false
    }

    /// True if the output with this name, or a file kept beside it in the meantime, would replace this file.
    package static func replaces(_ name: String, _ file: LibCFiles.Status) -> Bool {
        let replaced =
            name == "-"
            ? [LibCFiles.status(of: STDOUT_FILENO)]
            : [name, partialName(of: name), stateName(of: name)].map { LibCFiles.status(ofPath: $0) }
        return replaced.contains { $0.map(file.isFile) ?? false }
    }

    /// Writes a file as a whole; if that fails, the earlier file keeps the name, and nothing is left beside it.
    package static func write(_ octets: [UInt8], as name: String) throws(FileFailure) {
        let file = try OutputFile(name)
        do {
            try file.write(octets)
            try file.finish()
        } catch {
            file.discard()
            throw error
        }
    }

    /// - Parameter length: octets of an earlier run that are kept; those after them are cut off.
    package init(_ name: String, keeping length: Int = 0) throws(FileFailure) {
        self.name = name
        place = Self.place(of: name)
        partial = Self.partialName(of: name)
        self.length = length
        isStream = Self.isStream(name)
        guard !isStream else {
            descriptor = name == "-" ? STDOUT_FILENO : try LibCFiles.openForWriting(name)
            return
        }
        guard LibCFiles.status(ofPath: name)?.isDirectory != true else { throw FileFailure(name, code: EISDIR) }
        descriptor = try LibCFiles.openForAppending(partial)
        guard let size = LibCFiles.status(of: descriptor)?.size, size >= length else {
            throw FileFailure(partial, code: ESPIPE)
        }
        try LibCFiles.truncate(descriptor, to: length, name: partial)
    }

    deinit {
        if name != "-" { _ = close(descriptor) }
    }

    /// The last octets that an earlier run has written.
    package func tail() throws(FileFailure) -> [UInt8] {
        guard !isStream, length > 0 else { return [] }
        let source = try LibCFiles.openForReading(partial)
        defer { _ = close(source) }
        return try LibCFiles.read(source, at: max(0, length - 8), count: 8, name: partial)
    }

    package func write(_ octets: [UInt8]) throws(FileFailure) {
        try write { $0 += octets }
    }

    /// Lets a writer append to the octets held back.
    package func write(_ append: (inout [UInt8]) -> Void) throws(FileFailure) {
        let count = buffer.count
        append(&buffer)
        length += buffer.count - count
        if buffer.count >= Self.bufferLimit { try flush() }
    }

    package func flush() throws(FileFailure) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        try LibCFiles.write(buffer[...], to: descriptor, name: shownName)
    }

    /// Makes sure that all written octets are on the disk.
    package func synchronize() throws(FileFailure) {
        try flush()
        if !isStream { try LibCFiles.synchronize(descriptor, name: shownName) }
    }

    /// Begins again, with an empty file.
    package func clear() throws(FileFailure) {
        buffer = []
        length = 0
        if !isStream { try LibCFiles.truncate(descriptor, to: 0, name: shownName) }
    }

    /// Gives the file its name.
    package func finish() throws(FileFailure) {
        try synchronize()
        if !isStream { try LibCFiles.rename(partial, to: place) }
    }

    package func discard() {
        if !isStream { LibCFiles.remove(partial) }
    }

    private var shownName: String {
        if name == "-" { return "standard output" }
        return isStream ? name : partial
    }
}
