internal import Foundation

/// The octets of one message as they are in the source, which can be read more than once: in memory, or, if there are
/// many, in a file without a name.
package struct SpooledMessage: Sendable {
    /// Octets of a message that are held in memory.
    package static let memoryLimit = 4 << 20

    private var memory: [UInt8] = []
    private var file: TemporaryFile?
    /// Octets of the message.
    package private(set) var count = 0

    /// A file that is closed when its last owner releases it.
    private final class TemporaryFile: Sendable {
        let descriptor: Int32

        init() throws(FileFailure) {
            descriptor = try LibCFiles.openTemporary(in: FileManager.default.temporaryDirectory.path)
        }

        deinit { _ = close(descriptor) }
    }

    package init() {}

    package init(_ octets: [UInt8]) {
        memory = octets
        count = octets.count
    }

    /// Octets of memory that it takes, approximately.
    package var cost: Int { file == nil ? count : Self.memoryLimit }

    package mutating func append(_ octets: ArraySlice<UInt8>) throws(FileFailure) {
        count += octets.count
        if file == nil {
            memory += octets
            guard memory.count > Self.memoryLimit else { return }
            let file = try TemporaryFile()
            try LibCFiles.write(memory[...], to: file.descriptor, name: "temporary file")
            memory = []
            self.file = file
        } else if let file {
            try LibCFiles.write(octets, to: file.descriptor, name: "temporary file")
        }
    }

    /// Octets read from the file at a time.
    private static let pieceLength = 64 * 1024

    /// The piece of the message that begins at `offset`; empty at its end.
    package func piece(at offset: Int) throws(FileFailure) -> ArraySlice<UInt8> {
        guard let file else { return memory[min(offset, memory.count)...] }
        return try LibCFiles.read(file.descriptor, at: offset, count: Self.pieceLength, name: "temporary file")[...]
    }
}
