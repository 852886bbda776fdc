internal import Octets

/// The tags of a DMARC record that a decision needs.
/// ```
/// dmarc-record = dmarc-version *(dmarc-sep dmarc-tag) [dmarc-sep]      (RFC 9989, 4.8)
/// dmarc-sep    = *WSP ";" *WSP
/// dmarc-tag    = 1*ALPHA equals 1*dmarc-value
/// equals       = *WSP "=" *WSP
/// dmarc-value  = %x20-3A / %x3C-7E
/// ```
/// The names are literals of an ABNF, and so are the values except `DMARC1`: their case does not count (RFC 5234,
/// 2.3). Every other name is ignored (RFC 9989, 4.7), including those of RFC 7489 (`pct`, `rf`, `ri`).
struct DMARCTags {
    enum Name: String, CaseIterable {
        case p, sp, np, t, psd, adkim, aspf, fo, rua
    }

    /// A tag that is present, with its value; nil if the value is unusable: it breaks the grammar, or the tag occurs
    /// twice and it is unknown which is meant (a DKIM tag-list, whose form this is, would be void: RFC 6376, 3.2).
    private var tags: [(name: Name, value: ArraySlice<UInt8>?)] = []

    /// Nil if the text does not begin with the version of a DMARC record.
    init?(_ text: [UInt8]) {
        var rest = text[...]
        guard Self.isVersion(Self.nextPart(&rest)) else { return nil }
        while !rest.isEmpty {
            guard let (word, value) = Self.tag(Self.nextPart(&rest)),
                let name = Name.allCases.first(where: { word.isWord($0.rawValue) })
            else { continue }
            if let index = tags.firstIndex(where: { $0.name == name }) {
                tags[index].value = nil
            } else {
                tags.append((name, value))
            }
        }
    }

    func contains(_ name: Name) -> Bool {
        tags.contains { $0.name == name }
    }

    /// The meaning of a tag's value; nil if the tag is absent or its value is not a valid one.
    func value<Meaning: RawRepresentable<String> & CaseIterable>(_ name: Name) -> Meaning? {
        guard let value = value(name) else { return nil }
        return Meaning.allCases.first { value.isWord($0.rawValue) }
    }

    /// The URIs of `rua=` that are well-formed (RFC 9989, 4.10.1), in their order.
    /// ```
    /// dmarc-urilist = dmarc-uri *(*WSP "," *WSP dmarc-uri)
    /// ```
    var aggregateReportURIs: [String] {
        (value(.rua)?.split(separator: UInt8(ascii: ",")) ?? []).map(\.trimmed).filter(Self.isURI)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The value of `fo=`, if it is valid (RFC 9989, 4.8).
    var failureOptions: String? {
        let options = value(.fo)?.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { String(decoding: $0.trimmed, as: UTF8.self).lowercased() }
        guard let options, !options.isEmpty, options.allSatisfy({ ["0", "1", "d", "s"].contains($0) }) else {
            return nil
        }
        return options.joined(separator: ":")
    }

    private func value(_ name: Name) -> ArraySlice<UInt8>? {
        tags.first { $0.name == name }?.value
    }

    /// Takes off the part before the next semicolon, or everything.
    private static func nextPart(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
        defer { rest = rest[end...].dropFirst() }
        return rest[..<end]
    }

    /// ```
    /// dmarc-version = "v" equals %s"DMARC1"
    /// ```
    /// White space after it is accepted if the record ends with it: it is not part of the version, and errors after
    /// the version are ignored.
    private static func isVersion(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.first?.isLetter == true, let (name, value) = tag(part) else { return false }
        return name.isWord("v") && value?.elementsEqual("DMARC1".utf8) == true
    }

    /// Name and value of the text between two semicolons; nil if there is no equals sign.
    private static func tag(_ part: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>?)? {
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let value = part[(equals + 1)...].trimmed
        let isValue = !value.isEmpty && value.allSatisfy { (0x20...0x7E).contains($0) }
        return (part[..<equals].trimmed, isValue ? value : nil)
    }

    /// ```
    /// URI = scheme ":" hier-part [ "?" query ] [ "#" fragment ]      (RFC 3986, 3)
    /// ```
    /// The part after a `!` is the size limit of RFC 7489, which is obsolete and ignored. A `mailto:` without an
    /// address is a URI, but not a reporting URI.
    private static func isURI(_ text: ArraySlice<UInt8>) -> Bool {
        let uri = text.prefix { $0 != UInt8(ascii: "!") }
        guard let colon = uri.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = uri[..<colon]
        let rest = uri[(colon + 1)...]
        guard scheme.first?.isLetter == true, scheme.allSatisfy(\.isSchemeCharacter), isURIText(rest) else {
            return false
        }
        guard scheme.isWord("mailto") else { return !rest.isEmpty }
        let address = rest.prefix { $0 != UInt8(ascii: "?") }
        let parts = address.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
    }

    /// Characters that a URI may contain, with percent signs only before two hexadecimal digits (RFC 3986, 2).
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
    /// ```
    /// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
    /// ```
    fileprivate var isSchemeCharacter: Bool {
        isLetter || isDigit || "+-.".utf8.contains(self)
    }

    /// unreserved / gen-delims / sub-delims (RFC 3986, 2.2 and 2.3)
    fileprivate var isURICharacter: Bool {
        isLetter || isDigit || "-._~:/?#[]@!$&'()*+,;=".utf8.contains(self)
    }
}
