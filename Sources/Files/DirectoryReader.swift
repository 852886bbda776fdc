/// The names in a directory, always in the same order: numbers (MH) by value, then all others by their octets; in a
/// Maildir, seen messages before new ones.
package final class DirectoryReader {
    package let path: String
    /// The names one after the other, each with NUL after it: a Maildir may have a million.
    private var octets: [UInt8] = []
    /// Where each of them begins, in their order.
    private var starts: [UInt32] = []
    private var index = 0

    package init(_ path: String) throws(FileFailure) {
        self.path = path.hasSuffix("/") && path.utf8.count > 1 ? String(path.dropLast()) : path
        var isMaildir = false
        try LibCFiles.names(in: path) { name in
            starts.append(UInt32(octets.count))
            octets += name + [0]
            isMaildir = isMaildir || name.elementsEqual("cur".utf8) || name.elementsEqual("new".utf8)
        }
        // What is in there has not been delivered.
        if isMaildir { starts.removeAll { name(at: $0).elementsEqual("tmp".utf8) } }
        starts.sort { Self.isBefore(name(at: $0), name(at: $1)) }
    }

    /// The path of the next name; nil at the end.
    package func next() -> String? {
        guard index < starts.count else { return nil }
        defer { index += 1 }
        return "\(path)/\(PathOctets.text(of: Array(name(at: starts[index]))))"
    }

    private func name(at start: UInt32) -> ArraySlice<UInt8> {
        octets[Int(start)...].prefix { $0 != 0 }
    }

    private static func isBefore(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
        let areNumbers = (isNumber(one), isNumber(other))
        if areNumbers.0 != areNumbers.1 { return areNumbers.0 }
        if areNumbers.0, one.count != other.count { return one.count < other.count }
        return one.lexicographicallyPrecedes(other)
    }

    private static func isNumber(_ name: ArraySlice<UInt8>) -> Bool {
        name.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
