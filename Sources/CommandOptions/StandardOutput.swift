internal import ArgumentParser
internal import Files
internal import Glibc

/// The program's output, octet for octet.
package enum StandardOutput {
    /// - Throws: exit code 73 if it cannot be written, as when the disk is full; the cause is reported.
    package static func write(_ octets: ArraySlice<UInt8>) throws {
        do {
            try LibCFiles.write(octets, to: STDOUT_FILENO, name: "standard output")
        } catch {
            StandardError.write("authres: \(error)")
            throw Sysexit.cannotCreate
        }
    }

    package static func write(_ text: String) throws {
        try write(Array(text.utf8)[...])
    }
}
