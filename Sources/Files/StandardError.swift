internal import Foundation

/// Messages for the person at the terminal, as opposed to the program's output.
package enum StandardError {
    /// A line that cannot be written, since the disk is full or nobody reads, is lost; `write(_:)` of a `FileHandle`
    /// would end the process, and the filter with it when it reads its configuration anew.
    package static func write(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
