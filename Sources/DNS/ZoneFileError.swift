/// All mistakes of a master file.
package struct ZoneFileError: Error, Hashable, CustomStringConvertible {
    package struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
        package let file: String
        /// Counted from 1.
        package let line: Int
        /// What is wrong and what to do.
        package let text: String

        package var description: String { "\(file):\(line): \(text)" }
    }

    package let mistakes: [Mistake]

    /// One line per mistake: `file:line: what is wrong and what to do`.
    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}
