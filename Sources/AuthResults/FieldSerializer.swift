internal import Octets

/// Writes a field: the one place that decides on quotes, white space and folds.
struct FieldSerializer {
    private(set) var octets: [UInt8] = []
    /// What is to stay together, as far as it is written.
    private var piece: [UInt8] = []
    /// The column of the next character; a TAB counts as the eight columns that it may be shown as.
    private var column = AuthenticationResults.fieldName.utf8.count + 1

    /// RFC 5322, section 2.1.1.
    private static let lineLimit = 78
    private static let tabWidth = 8

    mutating func payload(_ value: AuthenticationResults) {
        Self.write(value.authservID, to: &piece)
        if let version = value.version {
            piece.append(UInt8(ascii: " "))
            piece += "\(version)".utf8
        }
        guard !value.results.isEmpty else {
            piece += "; none".utf8
            endPiece()
            return
        }
        piece.append(UInt8(ascii: ";"))
        endPiece()
        for (index, info) in value.results.enumerated() {
            fold()
            resinfo(info, isLast: index == value.results.count - 1)
        }
    }

    /// The method on a new line, followed by everything that belongs to it, on the next line if this one is full.
    private mutating func resinfo(_ info: ResultInfo, isLast: Bool) {
        piece += info.method.utf8
        if let version = info.methodVersion { piece += "/\(version)".utf8 }
        piece.append(UInt8(ascii: "="))
        piece += info.result.utf8
        if let comment = info.comment {
            endPiece()
            Self.write(comment, between: UInt8(ascii: "("), and: UInt8(ascii: ")"), to: &piece)
        }
        if let reason = info.reason {
            endPiece()
            piece += "reason=".utf8
            Self.write(reason, to: &piece)
        }
        for property in info.properties {
            endPiece()
            piece += property.type.utf8
            piece.append(UInt8(ascii: "."))
            piece += property.name.utf8
            piece.append(UInt8(ascii: "="))
            Self.write(property.value, to: &piece)
        }
        if !isLast { piece.append(UInt8(ascii: ";")) }
        endPiece()
    }

    /// The piece after a space, or on a new line if this one has no room for it. The id stays on the first line, where
    /// readers look for it.
    private mutating func endPiece() {
        let length = Self.width(piece[...])
        if octets.last != UInt8(ascii: "\t") {
            if column + 1 + length > Self.lineLimit, !octets.isEmpty {
                fold()
            } else {
                octets.append(UInt8(ascii: " "))
                column += 1
            }
        }
        if column + length > Self.lineLimit {
            breakPiece()
        } else {
            octets += piece
            column += length
        }
        piece.removeAll(keepingCapacity: true)
    }

    /// A piece that is too long for any line: a comment or a quoted-string, or one of them and the text attached to it
    /// without white space. It is folded before single spaces inside, which remain white space to the reader (RFC
    /// 5322, 2.2.3).
    private mutating func breakPiece() {
        var start = 0
        while start < piece.count {
            var end = start + 1
            while end < piece.count, !isSingleSpace(end) { end += 1 }
            let word = piece[start..<end]
            let width = Self.width(word)
            if word.first == UInt8(ascii: " "), column + width > Self.lineLimit {
                octets.append(UInt8(ascii: "\n"))
                column = 0
            }
            octets += word
            column += width
            start = end
        }
    }

    /// A space without a space on either side: a line of only white space would end the header for some readers.
    private func isSingleSpace(_ index: Int) -> Bool {
        piece[index] == UInt8(ascii: " ") && index + 1 < piece.count && piece[index + 1] != UInt8(ascii: " ")
            && piece[index - 1] != UInt8(ascii: " ")
    }

    /// Code points: all octets of UTF-8 but those that continue one.
    private static func width(_ text: ArraySlice<UInt8>) -> Int {
        text.count { $0 & 0xC0 != 0x80 }
    }

    private mutating func fold() {
        octets += [UInt8(ascii: "\n"), UInt8(ascii: "\t")]
        column = Self.tabWidth
    }

    private static func write(_ value: PropertyValue, to octets: inout [UInt8]) {
        switch value.form {
        case .value(let text):
            write(text, to: &octets)
        case .mailbox(let localPart, let domain):
            if let localPart {
                let isDotAtom = localPart.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                    .allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isAtext } }
                if isDotAtom { octets += localPart.utf8 } else { quote(localPart, to: &octets) }
            }
            octets.append(UInt8(ascii: "@"))
            octets += domain.utf8
        }
    }

    /// A token if that suffices, otherwise a quoted-string.
    private static func write(_ text: String, to octets: inout [UInt8]) {
        if !text.isEmpty && text.utf8.allSatisfy(\.isTokenCharacter) {
            octets += text.utf8
        } else {
            quote(text, to: &octets)
        }
    }

    private static func quote(_ text: String, to octets: inout [UInt8]) {
        write(text, between: UInt8(ascii: "\""), and: UInt8(ascii: "\""), to: &octets)
    }

    /// What would end the text is escaped.
    private static func write(
        _ text: String,
        between open: UInt8,
        and close: UInt8,
        to octets: inout [UInt8]
    ) {
        octets.append(open)
        for octet in text.utf8 {
            if octet == UInt8(ascii: "\\") || octet == open || octet == close { octets.append(UInt8(ascii: "\\")) }
            octets.append(octet)
        }
        octets.append(close)
    }
}
