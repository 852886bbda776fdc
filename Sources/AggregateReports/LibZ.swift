internal import CZlib

/// zlib: gzip (RFC 1952). One call in, one array out; no pointer leaves this file.
enum LibZ {
    /// The header of a gzip stream instead of one of zlib, and the largest window.
    private static let windowBits = 15 + 16
    private static let memoryLevel: Int32 = 8

    /// The octets as a gzip stream without a name or a time, so that the same input has the same output; nil if the
    /// library fails.
    static func gzip(_ octets: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        let status = unsafe deflateInit2_(
            &stream,
            Z_DEFAULT_COMPRESSION,
            Z_DEFLATED,
            Int32(windowBits),
            memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard status == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        var input = octets
        let limit = unsafe Int(deflateBound(&stream, UInt(input.count)))
        var output = [UInt8](repeating: 0, count: limit)
        let end = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                return unsafe deflate(&stream, Z_FINISH)
            }
        }
        guard end == Z_STREAM_END else { return nil }
        return unsafe Array(output.prefix(Int(stream.total_out)))
    }
}
