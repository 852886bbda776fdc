internal import Crypto

/// Canonicalises a body (RFC 6376, 3.4.3 and 3.4.4) and hashes it while it arrives, in pieces of any size.
///
/// Nothing is stored that grows with the body: runs of white space and of empty lines, which count only if something
/// follows them, are held as numbers. Lines end with CRLF; a CR or LF alone is an octet like any other.
struct BodyHasher: Sendable {
    private let canonicalization: Canonicalization
    /// Canonicalised octets that are still to be hashed; what comes after them is counted only.
    private var remaining: UInt64
    /// Octets of the canonicalised body so far.
    private var length: UInt64 = 0
    private var hash = SHA256()
    private var buffer: [UInt8] = []

    /// White space was met on this line and nothing behind it yet.
    private var pendingSpace = false
    /// A CR was met and not what follows it.
    private var pendingCR = false
    /// Ends of lines met with nothing behind them yet.
    private var pendingLineEnds: UInt64 = 0

    /// Shorter pieces are gathered before they are hashed: a call for each word would cost more than the hash.
    private static let gatherLimit = 512
    private static let bufferLimit = 8192

    init(_ specification: BodyHashes.Specification) {
        canonicalization = specification.canonicalization
        remaining = specification.length ?? .max
        buffer.reserveCapacity(Self.bufferLimit + Self.gatherLimit)
    }

    mutating func update(_ octets: Span<UInt8>) {
        var index = 0
        while index < octets.count {
            if !pendingCR && !pendingSpace && pendingLineEnds == 0 {
                let end = endOfUnchanged(octets, from: index)
                emit(octets.extracting(index..<end))
                index = end
                guard index < octets.count else { return }
            }
            step(octets[index])
            index += 1
        }
    }

    /// The first octet from `start` on that the canonicalisation may change, or whose neighbour is not here yet.
    private func endOfUnchanged(_ octets: Span<UInt8>, from start: Int) -> Int {
        let collapses = canonicalization == .relaxed
        var index = start
        let last = octets.count - 1
        while index <= last {
            let octet = octets[index]
            if octet > 0x20 {
                index &+= 1
                continue
            }
            switch octet {
            case UInt8(ascii: " ") where collapses:
                guard index < last, octets[index &+ 1] > 0x20 else { return index }
                index &+= 2
            case UInt8(ascii: "\t") where collapses:
                return index
            case UInt8(ascii: "\r"):
                guard index &+ 2 <= last, octets[index &+ 1] == UInt8(ascii: "\n"), octets[index &+ 2] > 0x20 else {
                    return index
                }
                index &+= 3
            default:
                index &+= 1
            }
        }
        return index
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

    /// An octet that stays, after whatever was held back before it.
    private mutating func emitContent(_ octet: UInt8) {
        while pendingLineEnds > 0 {
            emit([UInt8(ascii: "\r"), UInt8(ascii: "\n")].span)
            pendingLineEnds -= 1
        }
        if pendingSpace {
            emit([UInt8(ascii: " ")].span)
            pendingSpace = false
        }
        emit([octet].span)
    }

    private mutating func emit(_ octets: Span<UInt8>) {
        guard !octets.isEmpty else { return }
        length += UInt64(octets.count)
        let counted = remaining < UInt64(octets.count) ? Int(remaining) : octets.count
        remaining -= UInt64(counted)
        let hashed = octets.extracting(first: counted)
        if counted >= Self.gatherLimit {
            flush()
            hash.update(hashed)
        } else {
            for index in hashed.indices { buffer.append(hashed[index]) }
            if buffer.count >= Self.bufferLimit { flush() }
        }
    }

    private mutating func flush() {
        guard !buffer.isEmpty else { return }
        /// Taken out of `self` while it is read: the hash beside it is being written.
        var gathered: [UInt8] = []
        swap(&gathered, &buffer)
        hash.update(gathered.span)
        gathered.removeAll(keepingCapacity: true)
        swap(&gathered, &buffer)
    }

    /// The end of the body: empty lines at its end are not part of it, and its last line has an end. A simple body is
    /// one CRLF at least, a relaxed one may be nothing (RFC 6376, 3.4.4; erratum 1379 of RFC 4871).
    consuming func finish() -> BodyHashes.Digest {
        if pendingCR {
            pendingCR = false
            emitContent(UInt8(ascii: "\r"))
        }
        if length > 0 || canonicalization == .simple {
            emit([UInt8(ascii: "\r"), UInt8(ascii: "\n")].span)
        }
        flush()
        return BodyHashes.Digest(octets: Array(hash.finalize()), length: length)
    }
}
