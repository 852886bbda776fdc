import Glibc

/// A file in the making: it has a name of its own beside the final one, which it gets when it is complete. Or standard
/// output, which is written to as it comes.
final class OutputFile {
    /// As it was given: a path, or `-`.
    let name: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Octets written, what is held back included.
    private(set) var length: Int

    /// Octets that are held back to be written together.
    private static let bufferLimit = 256 * 1024

    var isStandardOutput: Bool { name == "-" }

    /// The name of a file that is not complete.
    static func partialName(of name: String) -> String { name + ".authres-partial" }

    /// - Parameter length: octets of an earlier run that are kept; what is behind them is cut off.
    init(_ name: String, keeping length: Int = 0) throws(FileFailure) {
        self.name = name
        self.length = length
        guard name != "-" else {
            descriptor = STDOUT_FILENO
            return
        }
        let partial = Self.partialName(of: name)
        descriptor = try LibCFiles.openForAppending(partial)
        guard let size = LibCFiles.status(of: descriptor)?.size, size >= length else {
            throw FileFailure(partial, code: ESPIPE)
        }
        try LibCFiles.truncate(descriptor, to: length, name: partial)
    }

    deinit {
        if !isStandardOutput { _ = close(descriptor) }
    }

    /// The last octets of what an earlier run has written.
    func tail() throws(FileFailure) -> [UInt8] {
        guard !isStandardOutput, length > 0 else { return [] }
        let partial = Self.partialName(of: name)
        let source = try LibCFiles.openForReading(partial)
        defer { _ = close(source) }
        return try LibCFiles.read(source, at: max(0, length - 8), count: 8, name: partial)
    }

    func write(_ octets: [UInt8]) throws(FileFailure) {
        try write { $0 += octets }
    }

    /// Lets a writer append to what is held back.
    func write(_ append: (inout [UInt8]) -> Void) throws(FileFailure) {
        let count = buffer.count
        append(&buffer)
        length += buffer.count - count
        if buffer.count >= Self.bufferLimit { try flush() }
    }

    func flush() throws(FileFailure) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        try LibCFiles.write(buffer[...], to: descriptor, name: shownName)
    }

    /// Sees to it that all that was written is on the disk.
    func synchronize() throws(FileFailure) {
        try flush()
        if !isStandardOutput { try LibCFiles.synchronize(descriptor, name: shownName) }
    }

    /// Gives the file its name.
    func finish() throws(FileFailure) {
        try synchronize()
        if !isStandardOutput { try LibCFiles.rename(Self.partialName(of: name), to: name) }
    }

    func discard() {
        if !isStandardOutput { LibCFiles.remove(Self.partialName(of: name)) }
    }

    private var shownName: String { isStandardOutput ? "standard output" : Self.partialName(of: name) }
}
