internal import CMalloc

/// The memory that the C library keeps for later.
enum LibCMemory {
    /// Gives free memory back to the system if there is much of it, as after a wave of messages that waited for the DNS.
    /// What is left makes up for the next small one.
    static func giveBack(beyond octets: Int = 8 * 1024 * 1024) {
        if mallinfo2().fordblks > octets { malloc_trim(0) }
    }
}
