internal import Foundation

/// Messages to the user, as opposed to the program's output.
package enum StandardError {
    /// A line that cannot be written, because the disk is full or the reader is gone, is lost; `write(_:)` of a
    /// `FileHandle` would end the process, including the filter when it reads its configuration again.
    package static func write(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
