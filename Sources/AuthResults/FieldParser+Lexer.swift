internal import Octets

/// The productions that RFC 8601 takes from RFC 2045, RFC 5321 and RFC 5322.
extension FieldParser {
    package var current: UInt8? {
        index < octets.count ? octets[index] : nil
    }

    package func error(_ rule: String, _ expected: String) -> SyntaxError {
        SyntaxError(rule: rule, offset: index, expected: expected)
    }

    package mutating func expect(_ character: Unicode.Scalar, for rule: String) throws(SyntaxError) {
        guard current == UInt8(ascii: character) else { throw error(rule, String(character)) }
        index += 1
    }

    /// ```
    /// Keyword = Ldh-str
    /// ```
    package mutating func keyword(for rule: String) throws(SyntaxError) -> String {
        let start = index
        while let octet = current, octet.isLDH { index += 1 }
        let word = String(decoding: octets[start..<index], as: UTF8.self)
        guard word.isKeyword else {
            index = start
            throw error(rule, "a keyword")
        }
        return word.lowercased()
    }

    /// ```
    /// authres-version = 1*DIGIT [CFWS]
    /// ```
    package mutating func number(for rule: String) throws(SyntaxError) -> Int {
        let start = index
        while let octet = current, octet.isDigit { index += 1 }
        guard index > start else { throw error(rule, "digits") }
        if let octet = current, octet.isTokenCharacter { throw error(rule, "digits") }
        /// A number too large to hold is as unsupported as the largest.
        return Int(String(decoding: octets[start..<index], as: UTF8.self)) ?? .max
    }

    /// ```
    /// value = token / quoted-string      (RFC 2045, 5.1; UTF-8 within quotes by RFC 6532)
    /// ```
    package mutating func value(for rule: String) throws(SyntaxError) -> String {
        if current == UInt8(ascii: "\"") { return try quotedString(for: rule) }
        let start = index
        while let octet = current, octet.isTokenCharacter { index += 1 }
        guard index > start else { throw error(rule, "a token or a quoted-string") }
        return String(decoding: octets[start..<index], as: UTF8.self)
    }

    /// ```
    /// quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE
    /// qcontent      = qtext / quoted-pair
    /// ```
    mutating func quotedString(for rule: String) throws(SyntaxError) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while let octet = current {
            switch octet {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            default:
                try takeText(octet, to: &text, for: rule)
            }
        }
        index = start
        throw error(rule, "a closing quote")
    }

    /// What quoted strings and comments have in common: a character, a quoted pair, or a fold. White space that a fold
    /// left is read as one space.
    private mutating func takeText(_ octet: UInt8, to text: inout [UInt8], for rule: String) throws(SyntaxError) {
        switch octet {
        case UInt8(ascii: "\\"):
            index += 1
            text.append(try quotedPair(for: rule))
        case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            try lineBreak(for: rule)
            return
        case UInt8(ascii: "\t"):
            text.append(UInt8(ascii: " "))
        case 0x20...0x7E, 0x80...0xFF:
            text.append(octet)
        default:
            throw error(rule, "no control characters")
        }
        index += 1
    }

    /// ```
    /// quoted-pair = "\\" (VCHAR / WSP)
    /// ```
    /// Read from after the backslash, up to the character, which is not taken yet. A TAB is read as a space, as
    /// elsewhere.
    private func quotedPair(for rule: String) throws(SyntaxError) -> UInt8 {
        if current == UInt8(ascii: "\t") { return UInt8(ascii: " ") }
        guard let escaped = current, escaped >= 0x20, escaped != 0x7F else {
            throw error(rule, "a character after the backslash")
        }
        return escaped
    }

    /// ```
    /// CFWS = (1*([FWS] comment) [FWS]) / FWS      (RFC 5322, 3.2.2)
    /// ```
    /// True if there was any.
    @discardableResult
    package mutating func skipCFWS() throws(SyntaxError) -> Bool {
        let start = index
        comment = nil
        while let octet = current {
            if octet.isWhiteSpace {
                index += 1
            } else if octet == UInt8(ascii: "\r") || octet == UInt8(ascii: "\n") {
                try lineBreak(for: "CFWS")
            } else if octet == UInt8(ascii: "(") {
                let text = try commentText()
                comment = comment ?? text
            } else {
                break
            }
        }
        return index > start
    }

    /// ```
    /// FWS = ([*WSP CRLF] 1*WSP) / obs-FWS
    /// ```
    private mutating func lineBreak(for rule: String) throws(SyntaxError) {
        if current == UInt8(ascii: "\r") { index += 1 }
        guard current == UInt8(ascii: "\n") else { throw error(rule, "no bare CR") }
        index += 1
        /// A fold at the very end of the value is the field's own line break.
        guard current?.isWhiteSpace ?? true else { throw error(rule, "white space after a line break") }
    }

    /// ```
    /// comment  = "(" *([FWS] ccontent) [FWS] ")"
    /// ccontent = ctext / quoted-pair / comment
    /// ```
    /// Comments nest without a limit, so they are counted, not recursed into.
    private mutating func commentText() throws(SyntaxError) -> String {
        let start = index
        var depth = 0
        var text: [UInt8] = []
        while let octet = current {
            switch octet {
            case UInt8(ascii: "("):
                depth += 1
                if depth > 1 { text.append(octet) }
                index += 1
            case UInt8(ascii: ")"):
                depth -= 1
                index += 1
                if depth == 0 { return String(decoding: text, as: UTF8.self) }
                text.append(octet)
            default:
                try takeText(octet, to: &text, for: "comment")
            }
        }
        index = start
        throw error("comment", "a closing parenthesis")
    }
}
