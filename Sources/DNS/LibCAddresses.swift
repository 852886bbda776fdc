internal import Glibc

/// The C library's reader and writer of IP addresses. No pointer leaves this file.
enum LibCAddresses {
    /// 4 or 16 octets in network order, or nil if the text is not an address.
    static func parseAddress(_ text: String) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        let family = text.utf8.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET
        var octets = [UInt8](repeating: 0, count: family == AF_INET6 ? 16 : 4)
        let status = unsafe octets.withUnsafeMutableBytes { buffer in
            unsafe inet_pton(family, text, buffer.baseAddress)
        }
        return status == 1 ? octets : nil
    }

    /// The text of 4 or 16 octets in network order.
    static func text(ofAddress octets: [UInt8]) -> String {
        let family = octets.count == 16 ? AF_INET6 : AF_INET
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            unsafe octets.withUnsafeBytes { source -> String? in
                guard
                    let written = unsafe inet_ntop(
                        family,
                        source.baseAddress,
                        buffer.baseAddress,
                        socklen_t(buffer.count)
                    )
                else { return nil }
                return unsafe String(cString: written)
            }
        }
        /// `inet_ntop` fails only for an unknown family or a short buffer, and it gets neither.
        return text ?? ""
    }
}
