internal import Octets

/// Whose results a field claims to be, read as leniently as the most careless reader downstream would, and no
/// further.
///
/// Only the id is read: what follows it never decides. If a field cannot be read as far as its id, it cannot be ruled
/// out that it claims ours.
public enum ClaimedAuthservID: Hashable, Sendable {
    /// The ids that the field can be read to claim, in lower case, without comments, folds and quoting: first the id
    /// by the grammar, then those of `CarelessReadings` that differ. Never empty.
    case claims([String])
    /// A version other than 1, which readers must not interpret (RFC 8601, 2.6 and 5), whatever the id.
    case otherVersion(id: String)
    /// No id can be read; the text says why.
    case unreadable(String)

    /// - Parameter value: the text after the field's colon, octet for octet.
    public init(_ value: [UInt8]) {
        var reader = ClaimReader(octets: value)
        self = reader.claim()
    }
}

private struct ClaimReader {
    let octets: [UInt8]
    var index = 0

    /// The length in octets from which a value may have been truncated before it arrived; Postfix cuts at 60,000. An
    /// id at the very end of such a value may be the beginning of another.
    private static let cutLength = 32 * 1024

    mutating func claim() -> ClaimedAuthservID {
        guard skipCommentsAndSpace() else { return .unreadable("unterminated comment") }
        guard let start = current, start != UInt8(ascii: ";") else { return .unreadable("no authserv-id") }
        let isQuoted = start == UInt8(ascii: "\"")
        let startIndex = index
        guard let first = part() else { return .unreadable("unterminated quoted-string") }
        let text = isQuoted ? first.trimmingSpace() : first
        if let problem = Self.problem(text, isQuoted: isQuoted) { return .unreadable(problem) }
        let id = String(decoding: text, as: UTF8.self).lowercased()

        let end = index
        if skipCommentsAndSpace(), isMethod() { return .unreadable("no authserv-id") }
        if index > end, let version = version(), version != 1 { return .otherVersion(id: id) }

        if octets[..<startIndex].containsEncodedWord { return .unreadable("encoded-word before the authserv-id") }
        if isPlain(startIndex..<end) { return .claims([id]) }
        let readings = CarelessReadings(octets)
        if !readings.first.isEmpty, readings.first != text, let problem = Self.problem(readings.first, isQuoted: true) {
            return .unreadable(problem)
        }
        if octets.count >= Self.cutLength, readings.isFirstAtEnd { return .unreadable("nothing ends the authserv-id") }
        var ids = [id]
        for reading in readings.all {
            guard let other = String(validating: reading, as: UTF8.self)?.lowercased(), !ids.contains(other) else {
                continue
            }
            ids.append(other)
        }
        return .claims(ids)
    }

    /// True for an id with at most white space around it, followed by a semicolon, in which every reader sees the same.
    private func isPlain(_ id: Range<Int>) -> Bool {
        current == UInt8(ascii: ";") && octets[id.lowerBound] != UInt8(ascii: "\"")
            && !octets[id].contains(UInt8(ascii: "'")) && octets[..<id.lowerBound].allSatisfy(\.isSpaceOrBreak)
            && octets[id.upperBound..<index].allSatisfy(\.isSpaceOrBreak)
    }

    private var current: UInt8? { index < octets.count ? octets[index] : nil }

    /// True if the text before was not an id but a method, `spf=pass` or `spf / 1 = pass`, as in fields that lack an id.
    private mutating func isMethod() -> Bool {
        let start = index
        defer { index = start }
        if current == UInt8(ascii: "/") {
            index += 1
            guard skipCommentsAndSpace() else { return false }
            while current?.isDigit == true { index += 1 }
            guard skipCommentsAndSpace() else { return false }
        }
        return current == UInt8(ascii: "=")
    }

    /// One run without white space, comments or semicolons, or one quoted-string; nil if it does not end.
    private mutating func part() -> [UInt8]? {
        var text: [UInt8] = []
        guard current == UInt8(ascii: "\"") else {
            while let octet = current, !octet.isSpaceOrBreak, octet != UInt8(ascii: ";"), octet != UInt8(ascii: "("),
                octet != UInt8(ascii: "\"")
            {
                text.append(octet)
                index += 1
            }
            return text
        }
        index += 1
        while let octet = current {
            index += 1
            switch octet {
            case UInt8(ascii: "\""):
                return text
            case UInt8(ascii: "\\"):
                guard let escaped = current else { return nil }
                text.append(escaped)
                index += 1
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                break
            case UInt8(ascii: "\t"):
                text.append(UInt8(ascii: " "))
            default:
                text.append(octet)
            }
        }
        return nil
    }

    /// Digits that end where a word ends; a number too large to hold is simply not 1.
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

    /// False if a comment does not end. Folds need not be well-formed.
    private mutating func skipCommentsAndSpace() -> Bool {
        while let octet = current {
            if octet == UInt8(ascii: "(") {
                guard skipComment() else { return false }
            } else if octet.isSpaceOrBreak {
                index += 1
            } else {
                break
            }
        }
        return true
    }

    /// False if it does not end. Comments nest without a limit, so they are counted, not recursed into.
    private mutating func skipComment() -> Bool {
        var depth = 0
        while let octet = current {
            index += 1
            switch octet {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return true }
            case UInt8(ascii: "\\"): index = min(index + 1, octets.count)
            default: break
            }
        }
        return false
    }

    /// Why the octets cannot be an id; nil if they can. A `/` is accepted: deployed software writes `id/queue-id`.
    private static func problem(_ id: [UInt8], isQuoted: Bool) -> String? {
        guard !id.isEmpty else { return "empty authserv-id" }
        guard let text = String(validating: id, as: UTF8.self) else { return "not UTF-8" }
        for scalar in text.unicodeScalars {
            guard let octet = UInt8(exactly: scalar.value), scalar.isASCII else {
                if scalar.isUnfitForID { return "character that an authserv-id cannot have" }
                continue
            }
            if octet < 0x20 || octet == 0x7F { return "control character in the authserv-id" }
            if !isQuoted, !octet.isTokenCharacter, octet != UInt8(ascii: "/") { return "no authserv-id" }
        }
        return id[...].containsEncodedWord ? "encoded-word in the authserv-id" : nil
    }
}

extension Unicode.Scalar {
    /// True for characters that no id needs and readers see differently: spaces of any script and invisible characters,
    /// which readers trim, or IDNA maps to nothing (UTS #46, section 4); and characters that normalisation turns into a
    /// dot, a slash or a semicolon, such as U+2024 or U+FF1B. The comparison handles the dots and the slash of IDNA.
    fileprivate var isUnfitForID: Bool {
        if properties.isDefaultIgnorableCodePoint { return true }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            return true
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
            .otherNumber:
            return properties.changesWhenNFKCCaseFolded && !["\u{FF0E}", "\u{FF61}", "\u{FF0F}"].contains(self)
        default:
            return false
        }
    }
}

extension ArraySlice<UInt8> {
    /// True if an encoded-word may begin in it (RFC 2047). Some mail programs decode them wherever they occur, even in
    /// comments, and read the field afterwards.
    fileprivate var containsEncodedWord: Bool {
        zip(self, dropFirst()).contains { $0 == UInt8(ascii: "=") && $1 == UInt8(ascii: "?") }
    }
}

extension [UInt8] {
    fileprivate func trimmingSpace() -> [UInt8] {
        guard let first = firstIndex(where: { !$0.isWhiteSpace }), let last = lastIndex(where: { !$0.isWhiteSpace })
        else { return [] }
        return Array(self[first...last])
    }
}
