internal import Octets

/// The kind of a file that contains fields.
package enum LintFormat: String, CaseIterable {
    case message, mbox, list

    /// Detected from the beginning of a file: an mbox begins with `From `, a message has fields of several names, and
    /// a list has only Authentication-Results fields, or their values.
    package init(beginning: [UInt8]) {
        let hasMark = beginning.starts(with: [0xEF, 0xBB, 0xBF])
        let beginning = beginning.dropFirst(hasMark ? 3 : 0)
        if beginning.starts(with: "From ".utf8) {
            self = .mbox
            return
        }
        let lines = beginning.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let isNamed = lines.first.flatMap { FieldLine.name(of: $0) } != nil
        var isBelowEmptyLine = false
        for line in lines where line.first?.isWhiteSpace != true {
            if line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) {
                isBelowEmptyLine = true
            } else if let name = FieldLine.name(of: line) {
                guard FieldLine.isResultsName(name) else {
                    self = .message
                    return
                }
            } else if isNamed, isBelowEmptyLine {
                self = .message
                return
            }
        }
        self = .list
    }
}

package enum LintOutput: String, CaseIterable {
    case text, json
}

/// The first line of a field, as far as a list needs it.
enum FieldLine {
    private static let resultsName = Array("authentication-results".utf8)

    /// The name before a colon, if it consists of letters, digits and hyphens, as all names in use do. A value has a
    /// dot or a space before it may have a colon.
    static func name(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let name = line.prefix { $0.isLDH }
        let rest = line[name.endIndex...].drop { $0.isWhiteSpace }
        return !name.isEmpty && rest.first == UInt8(ascii: ":") ? name : nil
    }

    static func isResultsName(_ name: ArraySlice<UInt8>) -> Bool {
        name.elementsEqual(resultsName) { $0 | 0x20 == $1 | 0x20 }
    }
}
