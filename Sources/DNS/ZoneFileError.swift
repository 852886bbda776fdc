/// All mistakes of a master file.
public struct ZoneFileError: Error, Hashable, CustomStringConvertible {
    public struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
        public let file: String
        /// Counted from 1.
        public let line: Int
        /// What is wrong and what to do.
        public let text: String

        public var description: String { "\(file):\(line): \(text)" }
    }

    public let mistakes: [Mistake]

    /// One line per mistake: `file:line: what is wrong and what to do`.
    public var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}
