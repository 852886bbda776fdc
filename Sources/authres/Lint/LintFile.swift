import Foundation

/// Why a file is not read.
struct LintFileError: Error, CustomStringConvertible {
    let description: String
}

/// A file, or standard input, that is read piece by piece.
struct LintFile {
    let name: String
    private let handle: FileHandle
    /// Pieces that have been looked at and not yet handed on.
    private var ahead: [[UInt8]] = []

    /// Octets read at a time.
    private static let pieceLength = 256 * 1024

    /// - Parameter name: a path, or `-` for standard input.
    init(_ name: String) throws(LintFileError) {
        self.name = name
        guard name != "-" else {
            handle = .standardInput
            return
        }
        // Links are followed, as they are when the file is opened.
        let path = URL(fileURLWithPath: name).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            throw LintFileError(description: "there is no such file")
        }
        guard attributes[.type] as? FileAttributeType != .typeDirectory else {
            throw LintFileError(description: "it is a directory")
        }
        guard let handle = FileHandle(forReadingAtPath: name) else {
            throw LintFileError(description: "permission denied")
        }
        self.handle = handle
    }

    /// The first piece, which ``next()`` gives again.
    mutating func beginning() throws -> [UInt8] {
        if ahead.isEmpty, let piece = try read() { ahead.append(piece) }
        return ahead.first ?? []
    }

    /// Nil at the end.
    mutating func next() throws -> [UInt8]? {
        ahead.isEmpty ? try read() : ahead.removeFirst()
    }

    private func read() throws -> [UInt8]? {
        guard let data = try handle.read(upToCount: Self.pieceLength), !data.isEmpty else { return nil }
        return Array(data)
    }
}
