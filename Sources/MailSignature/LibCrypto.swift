internal import Crypto

extension SHA256 {
    /// Hashes octets in place; the pointer does not outlive the call.
    mutating func update(_ octets: Span<UInt8>) {
        unsafe octets.withUnsafeBytes { unsafe update(bufferPointer: $0) }
    }
}
