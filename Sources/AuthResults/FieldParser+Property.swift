internal import Octets

/// The subject of a result (RFC 8601, 2.2), with the productions of RFC 5322 and RFC 6376 that it uses.
extension FieldParser {
    /// ```
    /// propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue
    /// ```
    mutating func propspec() throws(SyntaxError) -> Property {
        let (type, name) = try propertyName()
        let value = try pvalue()
        guard let property = try? Property(type, name, value) else { throw error("propspec", "keywords") }
        return property
    }

    /// A propspec up to its equals sign.
    package mutating func propertyName() throws(SyntaxError) -> (type: String, name: String) {
        let type = try keyword(for: "ptype")
        try skipCFWS()
        try expect(".", for: "propspec")
        try skipCFWS()
        let name = try keyword(for: "property")
        try skipCFWS()
        try expect("=", for: "propspec")
        return (type, name)
    }

    /// ```
    /// pvalue = [CFWS] ( value / [ [ local-part ] "@" ] domain-name ) [CFWS]
    /// ```
    /// Both branches begin alike: text before an `@` is a local-part, whatever else it could have been. The white
    /// space at the end is left to the caller (erratum 6026).
    package mutating func pvalue() throws(SyntaxError) -> PropertyValue {
        try skipCFWS()
        let start = index
        let isQuoted = current == UInt8(ascii: "\"")
        var text = ""
        if isQuoted {
            text = try quotedString(for: "pvalue")
        } else {
            while let octet = current, octet.isInternationalAtext || octet == UInt8(ascii: ".") { index += 1 }
            text = String(decoding: octets[start..<index], as: UTF8.self)
        }
        let end = index
        try skipCFWS()
        if current == UInt8(ascii: "@") {
            guard isQuoted || start == end || Self.isDotAtom(octets[start..<end]) else {
                throw SyntaxError(rule: "local-part", offset: start, expected: "a dot-atom or a quoted-string")
            }
            return try mailbox(isQuoted || start < end ? text : nil)
        }
        if let localPart = obsoleteLocalPart(start, end) { return try mailbox(localPart) }
        index = end
        if start == end { throw error("pvalue", "a value") }
        if !isQuoted, !text.isDomainName, let wrong = octets[start..<end].firstIndex(where: { !$0.isTokenCharacter }) {
            throw SyntaxError(rule: "value", offset: wrong, expected: "quotes around a value with this character")
        }
        guard let value = try? PropertyValue.value(text) else { throw error("value", "no control characters") }
        return value
    }

    /// Reads from the `@` on.
    private mutating func mailbox(_ localPart: String?) throws(SyntaxError) -> PropertyValue {
        index += 1
        let domain = try domainName()
        guard let value = try? PropertyValue.mailbox(localPart: localPart, domain: domain) else {
            throw error("pvalue", "no control characters")
        }
        return value
    }

    /// ```
    /// obs-local-part = word *("." word); word = atom / quoted-string      (RFC 5322, 4.4)
    /// ```
    /// Read from `start` if the text that ends at `end` continues as only this production can, and an `@` follows;
    /// otherwise nothing is read.
    private mutating func obsoleteLocalPart(_ start: Int, _ end: Int) -> String? {
        let isDotted = current == UInt8(ascii: ".")
        let isQuotedNext =
            end < octets.count && octets[end] == UInt8(ascii: "\"") && octets[end - 1] == UInt8(ascii: ".")
        guard end > start, isDotted || isQuotedNext else { return nil }
        let next = index
        index = start
        var text = ""
        while let word = try? self.word() {
            text += word
            guard (try? skipCFWS()) != nil else { break }
            if current == UInt8(ascii: "@") { return text }
            guard current == UInt8(ascii: ".") else { break }
            text += "."
            index += 1
            guard (try? skipCFWS()) != nil else { break }
        }
        index = next
        return nil
    }

    private mutating func word() throws(SyntaxError) -> String {
        if current == UInt8(ascii: "\"") { return try quotedString(for: "local-part") }
        let start = index
        while let octet = current, octet.isInternationalAtext { index += 1 }
        guard index > start else { throw error("local-part", "an atom or a quoted-string") }
        return String(decoding: octets[start..<index], as: UTF8.self)
    }

    private static func isDotAtom(_ text: ArraySlice<UInt8>) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    private mutating func domainName() throws(SyntaxError) -> String {
        let start = index
        while let octet = current, octet.isLDH || octet >= 0x80 || octet == UInt8(ascii: ".") { index += 1 }
        let text = String(decoding: octets[start..<index], as: UTF8.self)
        guard text.isDomainName else {
            throw SyntaxError(rule: "domain-name", offset: start, expected: "two labels or more")
        }
        return text
    }
}
