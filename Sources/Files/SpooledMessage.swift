internal import Foundation

/// The octets of one message as they are in the source, which can be read more than once: in memory, or, if there are
/// many, in a file without a name.
package struct SpooledMessage: Sendable {
    /// Octets of a message that are held in memory.
    package static let memoryLimit = 4 << 20
    /// The name of the file in failures.
    static let fileName = "temporary file in \(FileManager.default.temporaryDirectory.path)"

    /// Pieces of ``pieceLength`` octets, and what follows them: one array would be moved again and again as it grows,
    /// and take twice its room in the meantime.
    private var pieces: [[UInt8]] = []
    private var rest: [UInt8] = []
    private var file: TemporaryFile?
    /// Octets of the message.
    package private(set) var count = 0

    /// A file that is closed when its last owner releases it.
    private final class TemporaryFile: Sendable {
        let descriptor: Int32

        init() throws(FileFailure) {
            do {
                descriptor = try LibCFiles.openTemporary(in: FileManager.default.temporaryDirectory.path)
            } catch {
                throw FileFailure(SpooledMessage.fileName, code: error.code)
            }
        }

        deinit { _ = close(descriptor) }
    }

    package init() {}

    package init(_ octets: [UInt8]) {
        keep(octets[...])
        count = octets.count
    }

    /// Octets of memory that it takes, approximately.
    package var cost: Int { file == nil ? count : Self.memoryLimit }

    /// False if it is in a file.
    package var isInMemory: Bool { file == nil }

    package mutating func append(_ octets: ArraySlice<UInt8>) throws(FileFailure) {
        count += octets.count
        if file == nil {
            keep(octets)
            guard count > Self.memoryLimit else { return }
            let file = try TemporaryFile()
            for piece in pieces + [rest] {
                try LibCFiles.write(piece[...], to: file.descriptor, name: Self.fileName)
            }
            (pieces, rest) = ([], [])
            self.file = file
        } else if let file {
            try LibCFiles.write(octets, to: file.descriptor, name: Self.fileName)
        }
    }

    private mutating func keep(_ octets: ArraySlice<UInt8>) {
        var octets = octets
        while !octets.isEmpty {
            let part = octets.prefix(Self.pieceLength - rest.count)
            octets = octets.dropFirst(part.count)
            // Or it would grow to up to twice this length.
            if rest.count + part.count > Self.pieceLength / 2 { rest.reserveCapacity(Self.pieceLength) }
            rest += part
            guard rest.count == Self.pieceLength else { continue }
            pieces.append(rest)
            rest = []
        }
    }

    /// Octets of a piece in memory, and of what is read from the file at a time.
    private static let pieceLength = 64 * 1024

    /// The piece of the message that begins at `offset`; empty at its end.
    package func piece(at offset: Int) throws(FileFailure) -> ArraySlice<UInt8> {
        guard let file else {
            let (index, start) = offset.quotientAndRemainder(dividingBy: Self.pieceLength)
            let piece = index < pieces.count ? pieces[index] : rest
            return index > pieces.count ? [] : piece[min(start, piece.count)...]
        }
        return try LibCFiles.read(file.descriptor, at: offset, count: Self.pieceLength, name: Self.fileName)[...]
    }
}
