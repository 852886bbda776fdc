/// Whose results a field claims to be, read as leniently as the most careless reader behind us would, and no further.
///
/// The id is read alone: what follows it never decides. Where a field cannot be read as far as its id, nobody can say
/// that it does not claim ours.
public enum ClaimedAuthservID: Hashable, Sendable {
    /// What the field can be read to claim, in lower case, quoting taken away: the id as the grammar has it, and, if
    /// something other than a version or a semicolon stands behind it, also what a reader sees who takes away comments
    /// and white space first.
    case claims([String])
    /// A version other than 1, which nobody may interpret (RFC 8601, 2.6 and 5), whoever is named.
    case otherVersion(id: String)
    /// No id can be read; the text says why.
    case unreadable(String)

    /// - Parameter value: what stands behind the field's colon, octet for octet.
    public init(_ value: [UInt8]) {
        var reader = ClaimReader(octets: value)
        self = reader.claim()
    }
}

private struct ClaimReader {
    let octets: [UInt8]
    var index = 0

    mutating func claim() -> ClaimedAuthservID {
        guard skipCommentsAndSpace() else { return .unreadable("unterminated comment") }
        guard index < octets.count, octets[index] != UInt8(ascii: ";") else { return .unreadable("no authserv-id") }
        let isQuoted = octets[index] == UInt8(ascii: "\"")
        guard let first = part() else { return .unreadable("unterminated quoted-string") }
        if let problem = Self.problem(first, isQuoted: isQuoted) { return .unreadable(problem) }
        guard let id = String(validating: first, as: UTF8.self)?.lowercased() else {
            return .unreadable("not UTF-8")
        }
        let hadSpace = index
        guard skipCommentsAndSpace() else { return .claims([id]) }
        if index < octets.count, octets[index] == UInt8(ascii: "=") { return .unreadable("no authserv-id") }
        if index > hadSpace || isQuoted, let version = version() {
            return version == 1 ? .claims([id]) : .otherVersion(id: id)
        }
        guard index < octets.count, octets[index] != UInt8(ascii: ";") else { return .claims([id]) }
        return .claims([id, joined(id)])
    }

    /// The id together with what stands behind it up to a semicolon, comments and white space taken away: readers that
    /// do so before anything else exist.
    private mutating func joined(_ id: String) -> String {
        var all = Array(id.utf8)
        while index < octets.count, octets[index] != UInt8(ascii: ";"), let next = part() {
            all += next
            guard skipCommentsAndSpace() else { break }
        }
        return String(validating: all, as: UTF8.self)?.lowercased() ?? id
    }

    /// One run without white space, comments or semicolons, or one quoted-string; nil if that does not end.
    private mutating func part() -> [UInt8]? {
        var text: [UInt8] = []
        if octets[index] == UInt8(ascii: "\"") {
            index += 1
            while index < octets.count {
                switch octets[index] {
                case UInt8(ascii: "\""):
                    index += 1
                    return text.trimmingSpace()
                case UInt8(ascii: "\\"):
                    guard index + 1 < octets.count else { return nil }
                    text.append(octets[index + 1])
                    index += 2
                case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                    index += 1
                default:
                    text.append(octets[index])
                    index += 1
                }
            }
            return nil
        }
        while index < octets.count {
            let octet = octets[index]
            if octet.isSpaceOrBreak || octet == UInt8(ascii: ";") || octet == UInt8(ascii: "(")
                || octet == UInt8(ascii: "\"") && !text.isEmpty
            {
                break
            }
            text.append(octet)
            index += 1
        }
        return text
    }

    /// Digits that end where a word ends; a number too large to hold is just not 1.
    private mutating func version() -> Int? {
        var end = index
        while end < octets.count, octets[end].isDigit { end += 1 }
        guard end > index else { return nil }
        if end < octets.count, !octets[end].isSpaceOrBreak, octets[end] != UInt8(ascii: ";"),
            octets[end] != UInt8(ascii: "(")
        {
            return nil
        }
        let digits = octets[index..<end].drop { $0 == UInt8(ascii: "0") }
        index = end
        return digits.count > 9 ? .max : digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// False if a comment does not end. A fold need not be a correct one.
    private mutating func skipCommentsAndSpace() -> Bool {
        var depth = 0
        while index < octets.count {
            let octet = octets[index]
            if depth > 0 {
                switch octet {
                case UInt8(ascii: "("): depth += 1
                case UInt8(ascii: ")"): depth -= 1
                case UInt8(ascii: "\\"): index += 1
                default: break
                }
            } else if octet == UInt8(ascii: "(") {
                depth = 1
            } else if !octet.isSpaceOrBreak {
                return true
            }
            index += 1
        }
        return depth == 0
    }

    /// Why the octets cannot be an id; nil if they can. A `/` is let pass: deployed software writes `id/queue-id`.
    private static func problem(_ id: [UInt8], isQuoted: Bool) -> String? {
        guard !id.isEmpty else { return "empty authserv-id" }
        guard let text = String(validating: id, as: UTF8.self) else { return "not UTF-8" }
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                let octet = UInt8(scalar.value)
                if octet < 0x20 || octet == 0x7F { return "control character in the authserv-id" }
                if octet == 0x20 { return "space in the authserv-id" }
                if !isQuoted && !octet.isTokenCharacter && octet != UInt8(ascii: "/") {
                    return "no authserv-id"
                }
            } else {
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
                    .paragraphSeparator:
                    return "character that cannot stand in an authserv-id"
                default: break
                }
            }
        }
        /// Some mail programs decode encoded-words wherever they meet them (RFC 2047 forbids it here).
        if text.contains("=?") { return "encoded-word in the authserv-id" }
        return nil
    }
}

extension UInt8 {
    fileprivate var isSpaceOrBreak: Bool {
        isWhiteSpace || self == UInt8(ascii: "\r") || self == UInt8(ascii: "\n")
    }
}

extension [UInt8] {
    fileprivate func trimmingSpace() -> [UInt8] {
        guard let first = firstIndex(where: { !$0.isWhiteSpace }), let last = lastIndex(where: { !$0.isWhiteSpace })
        else { return [] }
        return Array(self[first...last])
    }
}
