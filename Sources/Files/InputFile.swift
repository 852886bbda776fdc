internal import Glibc

/// A file, or standard input, read piece by piece.
package final class InputFile {
    /// As given: a path, or `-`.
    package let name: String
    package let status: LibCFiles.Status?
    private let descriptor: Int32
    private let isOwned: Bool
    /// The archive that the file is an entry of; nil for a separate file.
    private let archive: LibArchive?
    /// Pieces that were read ahead but have not been taken. They stay pieces: what takes them holds one at a time.
    private var ahead: [[UInt8]] = []
    private var aheadCount = 0
    private var isAtEnd = false
    /// Why a packed file cannot be read on, once that is known.
    private var damage: FileFailure?
    /// True if, as far as known, there is nothing more to read.
    package var isDone: Bool { isAtEnd && ahead.isEmpty }
    /// True if the last octet has been read, though perhaps not taken.
    package var hasEnded: Bool { isAtEnd }
    /// Octets taken.
    package private(set) var offset = 0

    /// Octets read at a time: below the size at which malloc(3) maps new pages for each (M_MMAP_THRESHOLD, 128 KiB).
    private static let pieceLength = 64 * 1024

    /// - Parameter name: a path, or `-` for standard input.
    package init(_ name: String) throws(FileFailure) {
        self.name = name
        archive = nil
        isOwned = name != "-"
        descriptor = isOwned ? try LibCFiles.openForReading(name) : STDIN_FILENO
        status = LibCFiles.status(of: descriptor)
    }

    /// The current entry of a packed file.
    /// - Parameter name: the name of the packed file, and that of the entry.
    package init(_ name: String, in archive: LibArchive) {
        self.name = name
        self.archive = archive
        (isOwned, descriptor, status) = (false, -1, nil)
    }

    /// Octets that were unpacked so far, and their packed size; nil if nothing is packed.
    package var packing: (unpacked: Int, packed: Int)? { archive.map { ($0.unpacked, $0.packed) } }

    deinit {
        if isOwned { _ = close(descriptor) }
    }

    /// The whole content of a file, even if it is not a regular one, such as the result of a shell's `<(...)`.
    package static func contents(of name: String) throws(FileFailure) -> [UInt8] {
        let file = try InputFile(name)
        var octets: [UInt8] = []
        while case let piece = try file.next(), !piece.isEmpty { octets += piece }
        return octets
    }

    /// The name of standard input in failures.
    package static let standardInputName = "standard input"

    private var shownName: String { name == "-" ? Self.standardInputName : name }

    /// The beginning, up to `count` octets, which ``next()`` gives again; fewer if `isStopped` is true while a pipe
    /// has nothing, or if a packed file is damaged after them.
    package func beginning(_ count: Int, until isStopped: () -> Bool = { false }) throws(FileFailure) -> [UInt8] {
        while aheadCount < count, !isAtEnd, !isStopped() {
            guard hasMore(within: Self.patience) else { continue }
            do {
                try readAhead()
            } catch {
                guard error.damage != nil, !ahead.isEmpty else { throw error }
                break
            }
        }
        // Joined, they would be copied octet by octet.
        return ahead.reduce(into: []) { $0 += $1 }
    }

    private func readAhead() throws(FileFailure) {
        let piece = try read()
        isAtEnd = piece.isEmpty
        guard !isAtEnd else { return }
        ahead.append(piece)
        aheadCount += piece.count
    }

    /// Replaces what was read ahead.
    private func setAhead(_ pieces: [[UInt8]]) {
        ahead = pieces
        aheadCount = pieces.reduce(0) { $0 + $1.count }
    }

    /// Octets of a pipe that are held to look ahead.
    private static let aheadLimit = 8 << 20

    /// Octets at a place that has not been taken, `count` of them or as many as there are; nil if it is too far
    /// ahead.
    package func lookAhead(at place: Int, count: Int) -> ArraySlice<UInt8>? {
        if status?.size != nil {
            return (try? LibCFiles.read(descriptor, at: place, count: count, name: shownName))?[...]
        }
        let start = place - offset
        guard start >= 0, start + count <= Self.aheadLimit else { return nil }
        while aheadCount < start + count, !isAtEnd {
            do { try readAhead() } catch { return nil }
        }
        var octets: [UInt8] = []
        var place = 0
        for piece in ahead where octets.count < count {
            octets += piece.dropFirst(max(0, start - place)).prefix(count - octets.count)
            place += piece.count
        }
        return octets[...]
    }

    /// The next piece; empty at the end.
    package func next() throws(FileFailure) -> [UInt8] {
        if !ahead.isEmpty {
            let piece = ahead.removeFirst()
            aheadCount -= piece.count
            offset += piece.count
            return piece
        }
        if isAtEnd { return [] }
        let piece = try read()
        offset += piece.count
        if piece.isEmpty { isAtEnd = true }
        return piece
    }

    /// Skips the first octets, before anything has been taken. False if the input is shorter.
    package func skip(_ count: Int) throws(FileFailure) -> Bool {
        if let size = status?.size, count > 0 {
            try LibCFiles.seek(descriptor, to: count, name: shownName)
            setAhead([])
            isAtEnd = false
            offset = count
            return count <= size
        }
        while offset < count {
            let piece = try next()
            if piece.isEmpty { return false }
            if offset > count {
                setAhead([Array(piece.suffix(offset - count))] + ahead)
                offset = count
            }
        }
        return true
    }

    /// Goes to a place in a regular file, as lseek(2); nil if there is none.
    func seek(to place: Int, from whence: Int32) -> Int? {
        guard let size = status?.size else { return nil }
        let start = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? offset : size
        do {
            try LibCFiles.seek(descriptor, to: start + place, name: shownName)
        } catch {
            return nil
        }
        setAhead([])
        isAtEnd = false
        offset = start + place
        return offset
    }

    /// Milliseconds between checks whether a reader should stop, while a pipe has nothing to read.
    package static let patience: Int32 = 100

    /// True if ``next()`` will not wait; waits for this at most the given time.
    package func isReady(within milliseconds: Int32) -> Bool {
        !ahead.isEmpty || isAtEnd || hasMore(within: milliseconds)
    }

    private func hasMore(within milliseconds: Int32) -> Bool {
        archive != nil || status?.size != nil || LibCFiles.isReadable(descriptor, within: milliseconds)
    }

    private func read() throws(FileFailure) -> [UInt8] {
        if let damage { throw damage }
        if let archive {
            do {
                return try archive.read()
            } catch let failure as FileFailure {
                if failure.damage != nil { damage = failure }
                throw failure
            } catch {
                let failure = FileFailure(damaged: "\(error)")
                damage = failure
                throw failure
            }
        }
        // An empty read of a FIFO that no process has opened for writing yet is not its end.
        while !hasMore(within: -1) {}
        return try LibCFiles.read(descriptor, count: Self.pieceLength, name: shownName)
    }
}
