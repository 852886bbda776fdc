/// The tags of a DMARC record, by their names in lower case.
/// ```
/// dmarc-record = dmarc-version *(dmarc-sep dmarc-tag) [dmarc-sep]      (RFC 9989, 4.8)
/// dmarc-sep    = *WSP ";" *WSP
/// dmarc-tag    = 1*ALPHA equals 1*dmarc-value
/// equals       = *WSP "=" *WSP
/// dmarc-value  = %x20-3A / %x3C-7E
/// ```
/// The names are literals of an ABNF, and so are the values but for `DMARC1`: their case does not count (RFC 5234, 2.3).
struct DMARCTags {
    /// Nil for a tag whose value is not to be had: it breaks the grammar, or the tag stands twice and nobody can say
    /// which is meant (a DKIM tag-list, whose form this is, would be void as a whole: RFC 6376, 3.2).
    private var values: [String: [UInt8]?] = [:]

    /// Nil if the text does not begin with the version of a DMARC record.
    init?(_ text: [UInt8]) {
        var parts = text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
        guard let version = parts.popFirst(), Self.isVersion(version) else { return nil }
        for part in parts {
            guard let (name, value) = Self.tag(part) else { continue }
            values.updateValue(values[name] == nil ? value : nil, forKey: name)
        }
    }

    func contains(_ name: String) -> Bool {
        values[name] != nil
    }

    /// The value in lower case if it is a word of ASCII letters, which all values but addresses are.
    func word(_ name: String) -> String? {
        guard let value = values[name] ?? nil, value.allSatisfy(\.isLetter) else { return nil }
        return String(decoding: value, as: UTF8.self).lowercased()
    }

    /// True if `rua=` holds one URI at least that is well-formed (RFC 9989, 4.10.1).
    /// ```
    /// dmarc-urilist = dmarc-uri *(*WSP "," *WSP dmarc-uri)
    /// ```
    var asksForAggregateReports: Bool {
        guard let value = values["rua"] ?? nil else { return false }
        return value.split(separator: UInt8(ascii: ",")).contains { Self.isURI($0.trimmed) }
    }

    /// ```
    /// dmarc-version = "v" equals %s"DMARC1"
    /// ```
    /// White space behind it is let pass where the record ends with it: it is no part of the version, and what is wrong
    /// behind the version is ignored.
    private static func isVersion(_ part: ArraySlice<UInt8>) -> Bool {
        guard let first = part.first, first.isLetter, let (name, value) = tag(part) else { return false }
        return name == "v" && value?.elementsEqual("DMARC1".utf8) == true
    }

    /// Name and value of what stands between two semicolons; nil if it is not even a name and an equals sign.
    private static func tag(_ part: ArraySlice<UInt8>) -> (name: String, value: [UInt8]?)? {
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = part[..<equals].trimmed
        guard !name.isEmpty, name.allSatisfy(\.isLetter) else { return nil }
        let value = part[(equals + 1)...].trimmed
        let isValue = !value.isEmpty && value.allSatisfy { (0x20...0x7E).contains($0) }
        return (String(decoding: name, as: UTF8.self).lowercased(), isValue ? Array(value) : nil)
    }

    /// ```
    /// URI = scheme ":" hier-part [ "?" query ] [ "#" fragment ]      (RFC 3986, 3)
    /// ```
    /// What follows a `!` is the size limit of RFC 7489, which is obsolete and ignored. A `mailto:` without an address
    /// is a URI, but no reporting URI.
    private static func isURI(_ text: ArraySlice<UInt8>) -> Bool {
        let uri = text.prefix { $0 != UInt8(ascii: "!") }
        guard let colon = uri.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = uri[..<colon]
        let rest = uri[(colon + 1)...]
        guard scheme.first?.isLetter == true, scheme.allSatisfy(\.isSchemeCharacter), isURIText(rest) else {
            return false
        }
        guard scheme.lowercased == "mailto" else { return !rest.isEmpty }
        let parts = rest.prefix { $0 != UInt8(ascii: "?") }.split(
            separator: UInt8(ascii: "@"),
            omittingEmptySubsequences: false
        )
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
    }

    /// Characters that may stand in a URI, and percent signs only before two hexadecimal digits (RFC 3986, 2).
    private static func isURIText(_ text: ArraySlice<UInt8>) -> Bool {
        var digitsDue = 0
        for octet in text {
            if digitsDue > 0 {
                guard octet.isHexadecimal else { return false }
                digitsDue -= 1
            } else if octet == UInt8(ascii: "%") {
                digitsDue = 2
            } else {
                guard octet.isURICharacter else { return false }
            }
        }
        return digitsDue == 0
    }
}

extension UInt8 {
    /// ALPHA
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

    /// DIGIT
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// HEXDIG, in either case
    fileprivate var isHexadecimal: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }

    /// WSP
    fileprivate var isWhiteSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    /// ```
    /// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
    /// ```
    fileprivate var isSchemeCharacter: Bool {
        isLetter || isDigit || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(self)
    }

    /// unreserved / gen-delims / sub-delims (RFC 3986, 2.2 and 2.3)
    fileprivate var isURICharacter: Bool {
        isLetter || isDigit || "-._~:/?#[]@!$&'()*+,;=".utf8.contains(self)
    }
}

extension ArraySlice<UInt8> {
    /// The slice without white space at its ends.
    fileprivate var trimmed: Self {
        let start = drop(while: \.isWhiteSpace)
        return start.lastIndex { !$0.isWhiteSpace }.map { start[...$0] } ?? []
    }

    fileprivate var lowercased: String {
        String(decoding: self, as: UTF8.self).lowercased()
    }
}
