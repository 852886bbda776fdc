internal import Crypto

/// Canonicalises a body (RFC 6376, 3.4.3 and 3.4.4) and hashes it while it arrives, in pieces of any size.
///
/// One pass serves all values of `l=`: the hash is taken when each is reached, so that many signatures cost no more
/// than one (RFC 6376, 8.4). Nothing is stored that grows with the body: runs of white space and of empty lines,
/// which count only if something follows them, are held as numbers. Lines end with CRLF; a CR or LF alone is an octet
/// like any other.
struct BodyHasher: Sendable {
    private let canonicalization: Canonicalization
    /// Octets of the canonicalised body so far.
    private var length: UInt64 = 0
    private var hash = SHA256()
    /// Octets that are canonicalised but not hashed yet.
    private var buffer: [UInt8] = []
    /// Values of `l=` that are not reached yet, the nearest last.
    private var marks: [UInt64]
    /// The hashes at those that have been reached.
    private var marked: [UInt64: [UInt8]] = [:]

    /// White space was found on this line, and nothing after it yet.
    private var pendingSpace = false
    /// A CR was found, but not yet what follows it.
    private var pendingCR = false
    /// Line ends found with nothing after them yet.
    private var pendingLineEnds = 0

    /// Shorter pieces are gathered before they are hashed: a call for each word would cost more than the hash.
    private static let gatherLimit = 512
    /// Small: every message in progress may hold as much.
    private static let bufferLimit = 1024
    /// Empty lines are released in pieces of at most this many.
    private static let lineEnds = [UInt8](repeating: UInt8(ascii: "\r"), count: 1024).enumerated()
        .map { $0.offset.isMultiple(of: 2) ? $0.element : UInt8(ascii: "\n") }

    /// - Parameter lengths: the values of `l=` at which the hash is wanted, in addition to that of the whole.
    init(_ canonicalization: Canonicalization, lengths: Set<UInt64>) {
        self.canonicalization = canonicalization
        marks = lengths.sorted(by: >)
    }

    mutating func update(_ octets: Span<UInt8>) {
        switch canonicalization {
        case .simple: updateSimple(octets)
        case .relaxed: updateRelaxed(octets)
        }
    }

    private var isHolding: Bool { pendingCR || pendingSpace || pendingLineEnds > 0 }

    /// Everything stays as it is except line ends at the end.
    private mutating func updateSimple(_ octets: Span<UInt8>) {
        var tail = octets.count
        while tail > 0, octets[tail - 1] == UInt8(ascii: "\r") || octets[tail - 1] == UInt8(ascii: "\n") { tail -= 1 }
        var index = 0
        while index < tail, isHolding {
            step(octets[index])
            index += 1
        }
        if index < tail {
            emit(octets.extracting(index..<tail))
            index = tail
        }
        while index < octets.count {
            step(octets[index])
            index += 1
        }
    }

    private mutating func updateRelaxed(_ octets: Span<UInt8>) {
        var index = 0
        while index < octets.count {
            if !isHolding {
                let end = LibMemory.endOfRelaxed(octets, from: index)
                emit(octets.extracting(index..<end))
                index = end
                guard index < octets.count else { return }
            }
            step(octets[index])
            index += 1
        }
    }

    private mutating func step(_ octet: UInt8) {
        if pendingCR {
            pendingCR = false
            if octet == UInt8(ascii: "\n") {
                pendingSpace = false
                pendingLineEnds += 1
                return
            }
            emitContent(UInt8(ascii: "\r"))
        }
        switch octet {
        case UInt8(ascii: "\r"):
            pendingCR = true
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            if canonicalization == .relaxed { pendingSpace = true } else { emitContent(octet) }
        default:
            emitContent(octet)
        }
    }

    /// An octet that is kept, after everything held back before it.
    private mutating func emitContent(_ octet: UInt8) {
        while pendingLineEnds > 0 {
            let count = min(pendingLineEnds, Self.lineEnds.count / 2)
            emit(Self.lineEnds.span.extracting(first: count * 2))
            pendingLineEnds -= count
        }
        if pendingSpace {
            emit(UInt8(ascii: " "))
            pendingSpace = false
        }
        emit(octet)
    }

    /// One octet of the canonicalised body.
    @inline(__always)
    private mutating func emit(_ octet: UInt8) {
        if let mark = marks.last, mark - length <= 1 { return emit([octet].span) }
        length += 1
        buffer.append(octet)
        if buffer.count >= Self.bufferLimit { flush() }
    }

    /// Octets of the canonicalised body.
    private mutating func emit(_ octets: Span<UInt8>) {
        var start = 0
        while let mark = marks.last, mark - length <= UInt64(octets.count - start) {
            let end = start + Int(mark - length)
            add(octets.extracting(start..<end))
            start = end
            flush()
            marked[mark] = Array(hash.finalize())
            marks.removeLast()
        }
        add(octets.extracting(start..<octets.count))
    }

    private mutating func add(_ octets: Span<UInt8>) {
        length += UInt64(octets.count)
        if octets.count >= Self.gatherLimit {
            flush()
            hash.update(octets)
        } else {
            LibMemory.append(octets, to: &buffer)
            if buffer.count >= Self.bufferLimit { flush() }
        }
    }

    private mutating func flush() {
        guard !buffer.isEmpty else { return }
        /// Taken out of `self` while it is read, because the hash beside it is being written.
        var gathered: [UInt8] = []
        swap(&gathered, &buffer)
        hash.update(gathered.span)
        gathered.removeAll(keepingCapacity: true)
        swap(&gathered, &buffer)
    }

    /// The digest of the whole body (nil) and those at each length asked for. Empty lines at the end of the body are
    /// not part of it, and its last line has an end. A simple body is at least one CRLF, a relaxed one may be empty
    /// (RFC 6376, 3.4.4; erratum 1379 of RFC 4871).
    consuming func finish() -> [UInt64?: BodyHashes.Digest] {
        if pendingCR {
            pendingCR = false
            emitContent(UInt8(ascii: "\r"))
        }
        if length > 0 || canonicalization == .simple {
            emit(Self.lineEnds.span.extracting(first: 2))
        }
        flush()
        let whole = BodyHashes.Digest(octets: Array(hash.finalize()), length: length)
        var digests: [UInt64?: BodyHashes.Digest] = [nil: whole]
        for (mark, octets) in marked { digests[mark] = BodyHashes.Digest(octets: octets, length: length) }
        for mark in marks { digests[mark] = whole }
        return digests
    }
}
