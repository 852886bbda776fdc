import Foundation

/// Messages for the person at the terminal, as opposed to the program's output.
enum StandardError {
    static func write(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
