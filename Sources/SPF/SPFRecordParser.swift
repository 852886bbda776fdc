internal import DNS
internal import Octets

/// Reads a record by the ABNF of RFC 7208, section 12, one method per production. An error anywhere makes the whole
/// record a permerror (4.6), so no deviation is accepted.
struct SPFRecordParser {
    /// Where a record breaks its grammar.
    struct SyntaxError: Error, Hashable {
        /// The term as it is in the record: any octets.
        let term: ArraySlice<UInt8>
        /// In octets from the start of the record.
        let offset: Int
        let expected: String
    }

    private let octets: [UInt8]
    private var record = SPFRecord()
    /// The term being read; everything read is inside it.
    private var term: ArraySlice<UInt8> = []

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    /// True if the octets of a TXT record are an SPF record (RFC 7208, 4.5): `v=spf1`, and then a space or nothing.
    ///
    ///     version = "v=spf1"
    static func isRecord(_ octets: [UInt8]) -> Bool {
        guard octets.prefix(6).elementsEqual("v=spf1".utf8, by: { $0.asciiLowercased == $1 }) else { return false }
        return octets.count == 6 || octets[6] == UInt8(ascii: " ")
    }

    /// ```
    /// record = version terms *SP
    /// terms  = *( 1*SP ( directive / modifier ) )
    /// ```
    mutating func parse() throws(SyntaxError) -> SPFRecord {
        guard Self.isRecord(octets) else { throw SyntaxError(term: octets[...], offset: 0, expected: "v=spf1") }
        var index = 6
        while index < octets.count {
            if octets[index] == UInt8(ascii: " ") {
                index += 1
                continue
            }
            let start = index
            while index < octets.count, octets[index] != UInt8(ascii: " ") { index += 1 }
            term = octets[start..<index]
            try directiveOrModifier()
        }
        return record
    }

    /// The character after the name decides: only a modifier has a `=` there, and only a directive has a qualifier.
    private mutating func directiveOrModifier() throws(SyntaxError) {
        var nameStart = term.startIndex
        let qualifier = Directive.Qualifier(rawValue: term[nameStart])
        if qualifier != nil { nameStart += 1 }
        var nameEnd = nameStart
        while nameEnd < term.endIndex, term[nameEnd].isNameCharacter {
            nameEnd += 1
        }
        let name = term[nameStart..<nameEnd]
        guard let first = name.first, first.isLetter else {
            throw error("a mechanism or a modifier", at: nameStart)
        }
        if nameEnd < term.endIndex, term[nameEnd] == UInt8(ascii: "="), qualifier == nil {
            try modifier(name, value: term[(nameEnd + 1)...])
        } else {
            let mechanism = try mechanism(name, rest: term[nameEnd...])
            record.directives.append(Directive(qualifier: qualifier ?? .pass, mechanism: mechanism, text: term))
        }
    }

    /// ```
    /// modifier         = redirect / explanation / unknown-modifier
    /// unknown-modifier = name "=" macro-string
    /// name             = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )
    /// ```
    /// RFC 7208, 6: `redirect` and `exp` must not appear more than once.
    private mutating func modifier(_ name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) throws(SyntaxError) {
        if name.isWord("redirect") {
            guard record.redirect == nil else { throw error("one redirect only", at: term.startIndex) }
            record.redirect = try domainSpec(value)
        } else if name.isWord("exp") {
            guard record.explanation == nil else { throw error("one exp only", at: term.startIndex) }
            record.explanation = try domainSpec(value)
        } else {
            _ = try macroString(value, .unknownModifier)
        }
    }

    /// ```
    /// mechanism = ( all / include / a / mx / ptr / ip4 / ip6 / exists )
    /// ```
    private func mechanism(
        _ name: ArraySlice<UInt8>,
        rest: ArraySlice<UInt8>
    ) throws(SyntaxError) -> Directive.Mechanism {
        if name.isWord("all") {
            guard rest.isEmpty else { throw error("nothing after all", at: rest.startIndex) }
            return .all
        }
        if name.isWord("include") { return .include(try domainSpec(try value(rest))) }
        if name.isWord("exists") { return .exists(try domainSpec(try value(rest))) }
        if name.isWord("ip4") { return .ip4(try network(try value(rest), bits: 32)) }
        if name.isWord("ip6") { return .ip6(try network(try value(rest), bits: 128)) }
        if name.isWord("ptr") { return .ptr(rest.isEmpty ? nil : try domainSpec(try value(rest))) }
        guard name.isWord("a") || name.isWord("mx") else { throw error("a mechanism", at: name.startIndex) }

        /// a = "a" [ ":" domain-spec ] [ dual-cidr-length ], and mx alike
        var rest = rest
        let lengths = try dualCIDRLength(&rest)
        let spec = rest.isEmpty ? nil : try domainSpec(try value(rest))
        return name.isWord("a") ? .a(spec, lengths) : .mx(spec, lengths)
    }

    /// The value after the colon of a mechanism.
    private func value(_ rest: ArraySlice<UInt8>) throws(SyntaxError) -> ArraySlice<UInt8> {
        guard rest.first == UInt8(ascii: ":") else { throw error("a colon and a value", at: rest.startIndex) }
        return rest.dropFirst()
    }

    /// ```
    /// dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ]
    /// ```
    /// Taken off the end. A slash may also occur in a domain-spec, but none ends with a slash and digits.
    private func dualCIDRLength(_ text: inout ArraySlice<UInt8>) throws(SyntaxError) -> Directive.PrefixLengths {
        var lengths = Directive.PrefixLengths()
        guard let (first, start) = try cidrLength(of: text, bits: 128) else { return lengths }
        if start > text.startIndex, text[start - 1] == UInt8(ascii: "/") {
            lengths.ip6 = first
            text = text[..<(start - 1)]
            guard let (second, start) = try cidrLength(of: text, bits: 32) else { return lengths }
            lengths.ip4 = second
            text = text[..<start]
        } else {
            guard first <= 32 else { throw error("a length of at most 32", at: start + 1) }
            lengths.ip4 = first
            text = text[..<start]
        }
        return lengths
    }

    /// ```
    /// ip4-cidr-length = "/" ("0" / %x31-39 0*1DIGIT)     ; value range 0-32
    /// ip6-cidr-length = "/" ("0" / %x31-39 0*2DIGIT)     ; value range 0-128
    /// ```
    /// The number at the end of the text and the place of its slash; nil if the text does not end so.
    private func cidrLength(of text: ArraySlice<UInt8>, bits: Int) throws(SyntaxError) -> (Int, start: Int)? {
        let digits = text.suffix { $0.isDigit }
        guard !digits.isEmpty, digits.startIndex > text.startIndex, text[digits.startIndex - 1] == UInt8(ascii: "/")
        else { return nil }
        guard digits.count <= 3, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
            throw error("a length without leading zeros", at: digits.startIndex)
        }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard value <= bits else { throw error("a length of at most \(bits)", at: digits.startIndex) }
        return (value, digits.startIndex - 1)
    }

    /// ```
    /// ip4 = "ip4" ":" ip4-network [ ip4-cidr-length ]
    /// ip6 = "ip6" ":" ip6-network [ ip6-cidr-length ]
    /// ```
    private func network(_ text: ArraySlice<UInt8>, bits: Int) throws(SyntaxError) -> IPNetwork {
        let cidr = try cidrLength(of: text, bits: bits)
        let address = text[..<(cidr?.start ?? text.endIndex)]
        guard address.allSatisfy({ $0 < 0x80 }), let parsed = IPAddress(String(decoding: address, as: UTF8.self)),
            parsed.bitWidth == bits,
            let network = IPNetwork(address: parsed, prefixLength: cidr?.0 ?? bits)
        else { throw error(bits == 32 ? "an IPv4 network" : "an IPv6 network", at: text.startIndex) }
        return network
    }

    /// ```
    /// domain-spec = macro-string domain-end
    /// domain-end  = ( "." toplabel [ "." ] ) / macro-expand
    /// ```
    private func domainSpec(_ text: ArraySlice<UInt8>) throws(SyntaxError) -> MacroString {
        let string = try macroString(text, .domainSpec)
        guard case .literal(let run) = string.pieces.last else {
            guard !string.pieces.isEmpty else { throw error("a domain name", at: text.startIndex) }
            return string
        }
        var labels = run.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.last?.isEmpty == true { labels.removeLast() }
        guard labels.count >= 2, let last = labels.last, Self.isTopLabel(last) else {
            throw error("a domain name that ends in a top label or a macro", at: run.startIndex)
        }
        return string
    }

    /// ```
    /// toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )
    /// ```
    private static func isTopLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard let first = label.first, let last = label.last, first.isAlphanumeric, last.isAlphanumeric else {
            return false
        }
        return label.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") } && !label.allSatisfy(\.isDigit)
    }

    private func macroString(
        _ text: ArraySlice<UInt8>,
        _ place: MacroStringParser.Place
    ) throws(SyntaxError) -> MacroString {
        var parser = MacroStringParser(text, place)
        do {
            return try parser.macroString()
        } catch {
            throw self.error(error.expected, at: error.offset)
        }
    }

    private func error(_ expected: String, at offset: Int) -> SyntaxError {
        SyntaxError(term: term, offset: offset, expected: expected)
    }
}

extension UInt8 {
    /// The characters in the name of a mechanism or modifier: ALPHA / DIGIT / "-" / "_" / "."
    fileprivate var isNameCharacter: Bool {
        isAlphanumeric || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") || self == UInt8(ascii: ".")
    }
}

extension ArraySlice<UInt8> {
    /// The longest suffix of the slice that satisfies the predicate.
    func suffix(while predicate: (UInt8) -> Bool) -> Self {
        var start = endIndex
        while start > startIndex, predicate(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}
