internal import Glibc

/// The C library's search for an octet. No pointer leaves this file.
package enum LibCSearch {
    /// The index of the first `octet` at or after `start`, which is at most `octets.endIndex`.
    package static func firstIndex(of octet: UInt8, in octets: ArraySlice<UInt8>, from start: Int) -> Int? {
        firstIndex(of: octet, in: octets.span, from: start - octets.startIndex).map { $0 + octets.startIndex }
    }

    /// The same in a span, whose first index is 0.
    package static func firstIndex(of octet: UInt8, in octets: Span<UInt8>, from start: Int = 0) -> Int? {
        unsafe octets.withUnsafeBytes { buffer -> Int? in
            guard start < buffer.count, let base = buffer.baseAddress else { return nil }
            guard let found = unsafe memchr(base + start, Int32(octet), buffer.count - start) else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    package static func contains(_ octet: UInt8, in octets: [UInt8]) -> Bool {
        firstIndex(of: octet, in: octets.span) != nil
    }
}
