internal import NIOCore

/// Buffers for reading. If each connection kept its own, as with NIO's own allocators, a thousand connections would
/// hold 64 MB permanently; here a buffer is given for each read and is free after it.
///
/// NIO's pool keeps a channel's first buffer whatever the allocator, so the first one is small; a negotiation fits into
/// it. Most messages fit into the next. One of 64 KiB, which makes the allocator tidy up each time it is freed,
/// comes where a smaller one was filled.
struct ReceiveBufferAllocator: RecvByteBufferAllocator {
    /// Body chunks are 65,535 octets.
    private static let capacity = 64 * 1024
    private static let usualCapacity = 16 * 1024
    private static let firstCapacity = 64

    private var next = Self.firstCapacity

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(capacity: next)
    }

    /// - Returns: True, so that the pool asks for a new buffer.
    mutating func record(actualReadBytes: Int) -> Bool {
        next = actualReadBytes >= Self.usualCapacity ? Self.capacity : Self.usualCapacity
        return true
    }
}
