internal import Octets

/// Writes a field: the one place that decides on quotes, white space and folds.
struct FieldSerializer {
    private(set) var octets: [UInt8] = []
    /// The column of the next character; a TAB counts as the eight columns that it may be shown as.
    private var column = AuthenticationResults.fieldName.utf8.count + 1

    /// RFC 5322, section 2.1.1.
    private static let lineLimit = 78
    private static let tabWidth = 8

    mutating func payload(_ value: AuthenticationResults) {
        var head = Self.value(value.authservID)
        if let version = value.version { head += " \(version)" }
        guard !value.results.isEmpty else {
            piece(head + "; none")
            return
        }
        piece(head + ";")
        for (index, info) in value.results.enumerated() {
            fold()
            resinfo(info, isLast: index == value.results.count - 1)
        }
    }

    /// The method on a new line, followed by everything that belongs to it, on the next line if this one is full.
    private mutating func resinfo(_ info: ResultInfo, isLast: Bool) {
        let version = info.methodVersion.map { "/\($0)" } ?? ""
        var pieces = ["\(info.method)\(version)=\(info.result)"]
        if let comment = info.comment { pieces.append(Self.comment(comment)) }
        if let reason = info.reason { pieces.append("reason=" + Self.value(reason)) }
        pieces += info.properties.map { "\($0.type).\($0.name)=" + Self.pvalue($0.value) }
        for (index, text) in pieces.enumerated() {
            let isEnd = !isLast && index == pieces.count - 1
            piece(isEnd ? text + ";" : text)
        }
    }

    /// Text after a space, or on a new line if this one has no room for it. The id stays on the first line, where
    /// readers look for it.
    private mutating func piece(_ text: String) {
        let length = text.unicodeScalars.count
        if octets.last != UInt8(ascii: "\t") {
            if column + 1 + length > Self.lineLimit, !octets.isEmpty {
                fold()
            } else {
                octets.append(UInt8(ascii: " "))
                column += 1
            }
        }
        if column + length > Self.lineLimit {
            broken(text)
        } else {
            octets += text.utf8
            column += length
        }
    }

    /// Text that is too long for any line: a comment or a quoted-string, or one of them and the text attached to it
    /// without white space. It is folded before single spaces inside, which remain white space to the reader (RFC
    /// 5322, 2.2.3).
    private mutating func broken(_ text: String) {
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        while start < scalars.endIndex {
            var end = scalars.index(after: start)
            while end < scalars.endIndex, !Self.isSingleSpace(end, of: scalars) { end = scalars.index(after: end) }
            let word = scalars[start..<end]
            if word.first == " ", column + word.count > Self.lineLimit {
                octets.append(UInt8(ascii: "\n"))
                column = 0
            }
            octets += Substring(word).utf8
            column += word.count
            start = end
        }
    }

    /// A space without a space on either side: a line of only white space would end the header for some readers.
    private static func isSingleSpace(_ index: String.Index, of scalars: String.UnicodeScalarView) -> Bool {
        let next = scalars.index(after: index)
        return scalars[index] == " " && next < scalars.endIndex && scalars[next] != " "
            && scalars[scalars.index(before: index)] != " "
    }

    private mutating func fold() {
        octets += [UInt8(ascii: "\n"), UInt8(ascii: "\t")]
        column = Self.tabWidth
    }

    private static func pvalue(_ value: PropertyValue) -> String {
        switch value.form {
        case .value(let text):
            return Self.value(text)
        case .mailbox(let localPart, let domain):
            guard let localPart else { return "@" + domain }
            let isDotAtom = localPart.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isAtext } }
            return (isDotAtom ? localPart : quoted(localPart)) + "@" + domain
        }
    }

    /// A token if that suffices, otherwise a quoted-string.
    private static func value(_ text: String) -> String {
        !text.isEmpty && text.utf8.allSatisfy(\.isTokenCharacter) ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        escaped(text, "\"", open: "\"", close: "\"")
    }

    private static func comment(_ text: String) -> String {
        escaped(text, "()", open: "(", close: ")")
    }

    private static func escaped(_ text: String, _ specials: String, open: String, close: String) -> String {
        var result = open
        for scalar in text.unicodeScalars {
            if scalar == "\\" || specials.unicodeScalars.contains(scalar) { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result + close
    }
}
