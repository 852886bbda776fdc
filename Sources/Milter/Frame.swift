package import NIOCore
internal import Octets

/// `uint32 length` (big-endian, the code counts) · code · data. Strings in the data end with a NUL and have no charset:
/// they are octets here, since a repaired octet is a forged one.
package enum Frame {
    /// Data is at most 65,535 octets (libmilter's MILTER_MAX_DATA_SIZE) unless a larger size is negotiated, which the
    /// filter never does. Body chunks have this size; header fields are smaller still (Postfix cuts a header at
    /// 60,000).
    package static let payloadLimit = 65_535

    /// The number of octets before the data: length and code.
    package static let prefixLength = 5

    /// The length and code of the frame that begins at the reader index; nil if they have not arrived yet.
    package static func prefix(of buffer: ByteBuffer) throws(ProtocolError) -> (payload: Int, code: UInt8)? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length > 0 else { throw .emptyFrame }
        guard length <= payloadLimit + 1 else { throw .oversizedFrame(Int(length)) }
        guard let code = buffer.getInteger(at: buffer.readerIndex + 4, as: UInt8.self) else { return nil }
        return (Int(length) - 1, code)
    }
}

extension ByteBuffer {
    /// Writes one frame; `data` writes what comes after the code.
    mutating func writeFrame(_ code: UInt8, data: (inout ByteBuffer) -> Void = { _ in }) {
        let start = writerIndex
        writeInteger(UInt32(0))
        writeInteger(code)
        data(&self)
        setInteger(UInt32(truncatingIfNeeded: writerIndex - start - 4), at: start)
    }

    /// A string cannot contain a NUL; it is left out, so that it cannot end the string and begin another.
    mutating func writeString(terminated octets: [UInt8]) {
        if LibCSearch.contains(0, in: octets) { writeBytes(octets.filter { $0 != 0 }) } else { writeBytes(octets) }
        writeInteger(UInt8(0))
    }

    /// The octets before the next NUL, which is taken too; nil if there is none.
    mutating func readTerminatedString() -> [UInt8]? {
        guard let length = LibCSearch.firstIndex(of: 0, in: readableBytesUInt8Span) else { return nil }
        let octets = readBytes(length: length)
        moveReaderIndex(forwardBy: 1)
        return octets
    }

    /// All strings that are left; nil if the last one has no end.
    mutating func readTerminatedStrings() -> [[UInt8]]? {
        var strings: [[UInt8]] = []
        while readableBytes > 0 {
            guard let string = readTerminatedString() else { return nil }
            strings.append(string)
        }
        return strings
    }
}
