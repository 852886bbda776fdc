extension [UInt8] {
    /// The octets in pieces of `size`, the last one shorter.
    package func pieces(of size: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: count, by: Swift.min(size, Swift.max(count, 1))).map { self[$0...].prefix(size) }
    }
}
