internal import Foundation
internal import Glibc

/// The names in a directory, always in the same order: numbers (MH) by value, then all others by their octets; in a
/// Maildir, seen messages before new ones.
package final class DirectoryReader {
    package let path: String
    private let names: [String]
    private var index = 0

    package init(_ path: String) throws(FileFailure) {
        self.path = path.hasSuffix("/") && path.utf8.count > 1 ? String(path.dropLast()) : path
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            let isMaildir = names.contains("cur") || names.contains("new")
            self.names = names.filter { !isMaildir || $0 != "tmp" }.sorted(by: Self.isBefore)
        } catch {
            throw FileFailure(path, code: EACCES)
        }
    }

    /// The path of the next name; nil at the end.
    package func next() -> String? {
        guard index < names.count else { return nil }
        defer { index += 1 }
        return "\(path)/\(names[index])"
    }

    private static func isBefore(_ one: String, _ other: String) -> Bool {
        let areNumbers = (isNumber(one), isNumber(other))
        if areNumbers.0 != areNumbers.1 { return areNumbers.0 }
        if areNumbers.0, one.utf8.count != other.utf8.count { return one.utf8.count < other.utf8.count }
        return one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    private static func isNumber(_ name: String) -> Bool {
        name.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
