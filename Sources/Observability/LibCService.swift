internal import Glibc
internal import Synchronization

/// The system calls of the service manager's protocols. No pointer leaves this file.
enum LibCService {
    /// Sends a datagram to a Unix socket: a path, or a name in the abstract namespace that begins with `@` (unix(7)).
    static func send(_ octets: [UInt8], toSocketAt path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // The length of an abstract name is given by that of the address.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe sendto(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL), address, length)
                    == octets.count
            }
        }
    }

    /// CLOCK_MONOTONIC, by which systemd distinguishes an old message from a new one.
    static var monotonicMicroseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// True if standard error is the stream that `JOURNAL_STREAM` names by device and inode (systemd.exec(5)).
    static func isStandardError(_ stream: String) -> Bool {
        var status = stat()
        guard unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }
}

extension LibCService {
    /// The time of day in seconds, with the offset of this host or in UTC (RFC 3339).
    static func time(isUniversal: Bool) -> String {
        let seconds = Glibc.time(nil)
        return lastTime.withLock { last in
            if let last, last.seconds == seconds, last.isUniversal == isUniversal { return last.text }
            let text = text(of: seconds, isUniversal: isUniversal)
            last = (seconds, isUniversal, text)
            return text
        }
    }

    /// What was written last: a busy filter writes many lines in a second.
    private static let lastTime = Mutex<(seconds: time_t, isUniversal: Bool, text: String)?>(nil)

    private static func text(of seconds: time_t, isUniversal: Bool) -> String {
        var seconds = seconds
        var parts = unsafe tm()
        if isUniversal { unsafe gmtime_r(&seconds, &parts) } else { unsafe localtime_r(&seconds, &parts) }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let format = isUniversal ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%S%z"
            guard let text = buffer.baseAddress, unsafe strftime(text, buffer.count, format, &parts) > 0 else {
                return "-"
            }
            return unsafe String(cString: text)
        }
    }
}
