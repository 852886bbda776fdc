internal import Glibc

/// The C library's search for an octet. No pointer leaves this file.
package enum LibCSearch {
    /// The index of the first `octet` at or after `start`, which is at most `octets.endIndex`.
    package static func firstIndex(of octet: UInt8, in octets: ArraySlice<UInt8>, from start: Int) -> Int? {
        let skipped = start - octets.startIndex
        return unsafe octets.withUnsafeBytes { buffer -> Int? in
            guard skipped < buffer.count, let base = buffer.baseAddress else { return nil }
            guard let found = unsafe memchr(base + skipped, Int32(octet), buffer.count - skipped) else { return nil }
            return unsafe start + (UnsafeRawPointer(found) - (base + skipped))
        }
    }
}
