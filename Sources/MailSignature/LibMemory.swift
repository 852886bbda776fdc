/// Octets read several at a time, because reading them one by one would cost more than hashing them. No pointer
/// leaves this file.
enum LibMemory {
    /// The first octet at or after `start` that relaxed canonicalisation of a body may change, or that it cannot
    /// judge before it has seen what follows the octets at hand; their number if there is none.
    ///
    /// What is unchanged and skipped: single spaces inside a line, CR and LF alone, and line ends, including empty
    /// lines, if what follows them is at hand and unchanged.
    static func endOfRelaxed(_ octets: Span<UInt8>, from start: Int) -> Int {
        unsafe octets.withUnsafeBytes { buffer in
            var index = start
            while index < buffer.count {
                unsafe index = firstSuspect(buffer, from: index)
                guard index < buffer.count else { break }
                switch unsafe buffer[index] {
                case UInt8(ascii: " "), UInt8(ascii: "\t"):
                    return index
                case UInt8(ascii: "\r"):
                    guard let end = unsafe endOfLineEnds(buffer, from: index) else { return index }
                    index = end
                default:
                    index += 1
                }
            }
            return buffer.count
        }
    }

    /// The index after the line ends that begin at `start`, if an unchanged octet follows them.
    @inline(__always)
    private static func endOfLineEnds(_ buffer: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index + 1 < buffer.count, unsafe buffer[index] == UInt8(ascii: "\r"),
            unsafe buffer[index + 1] == UInt8(ascii: "\n")
        {
            index += 2
        }
        guard index > start, index < buffer.count else { return nil }
        if unsafe buffer[index] > 0x20 { return index }
        let isIndent = unsafe buffer[index] == UInt8(ascii: " ") && index + 1 < buffer.count && buffer[index + 1] > 0x20
        return isIndent ? index + 1 : nil
    }

    /// The first tab, or white space or control character that is followed by another or is the last octet.
    @inline(__always)
    private static func firstSuspect(_ buffer: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 17 <= buffer.count {
            let here = unsafe buffer.loadUnaligned(fromByteOffset: index, as: Octets.self)
            let next = unsafe buffer.loadUnaligned(fromByteOffset: index + 1, as: Octets.self)
            let suspects = ~((aboveSpace(here) | aboveSpace(next)) & noTabs(here)) & highBits
            if suspects[0] != 0 { return index + firstOctet(suspects[0]) }
            if suspects[1] != 0 { return index + 8 + firstOctet(suspects[1]) }
            index += 16
        }
        while index < buffer.count {
            let octet = unsafe buffer[index]
            let isLast = index + 1 == buffer.count
            if unsafe octet == UInt8(ascii: "\t") || (octet <= 0x20 && (isLast || buffer[index + 1] <= 0x20)) { break }
            index += 1
        }
        return index
    }

    /// Sixteen octets, in the order of memory.
    private typealias Octets = SIMD2<UInt64>

    // Computed: a stored vector would be asked for each time whether it is there yet.
    private static var lowBits: Octets { Octets(repeating: 0x7F7F_7F7F_7F7F_7F7F) }
    private static var highBits: Octets { Octets(repeating: 0x8080_8080_8080_8080) }

    /// The high bit of each octet that is above 0x20: adding 0x5F carries into it. The other bits are arbitrary.
    @inline(__always)
    private static func aboveSpace(_ octets: Octets) -> Octets {
        ((octets & lowBits) &+ Octets(repeating: 0x5F5F_5F5F_5F5F_5F5F)) | octets
    }

    /// The high bit of each octet that is no tab. The other bits are arbitrary.
    @inline(__always)
    private static func noTabs(_ octets: Octets) -> Octets {
        let difference = octets ^ Octets(repeating: 0x0909_0909_0909_0909)
        return ((difference & lowBits) &+ lowBits) | difference
    }

    /// The first octet of a word in memory that has a bit set; the word has one.
    @inline(__always)
    private static func firstOctet(_ word: UInt64) -> Int {
        word.littleEndian.trailingZeroBitCount / 8
    }

    static func append(_ octets: Span<UInt8>, to array: inout [UInt8]) {
        unsafe octets.withUnsafeBufferPointer { unsafe array.append(contentsOf: $0) }
    }
}
