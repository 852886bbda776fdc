internal import DNS
internal import Octets

/// Reads addresses of the SMTP envelope by the ABNF of RFC 5321, sections 4.1.2 and 4.1.3, with the extensions of RFC
/// 6531, section 3.3; one method per production. No comments, no white space, nothing obsolete.
struct ReversePathParser {
    struct SyntaxError: Error {
        /// In octets from the start of the argument.
        let offset: Int
        let expected: String
    }

    private let octets: [UInt8]
    private var index = 0

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    /// ```
    /// Reverse-path = Path / "<>"
    /// Path         = "<" [ A-d-l ":" ] Mailbox ">"
    /// ```
    /// The brackets may be missing, as some MTAs pass it on. No mailbox for the null path.
    mutating func reversePath() throws(SyntaxError) -> [ReversePath.Mailbox] {
        if octets.isEmpty || octets.elementsEqual("<>".utf8) { return [] }
        let hasBrackets = take("<")
        if current == UInt8(ascii: "@") {
            try sourceRoute()
        }
        let mailbox = try self.mailbox()
        if hasBrackets { try expect(">") }
        guard index == octets.count else { throw error("nothing after the address") }
        return [mailbox]
    }

    /// ```
    /// Domain / address-literal
    /// ```
    mutating func heloArgument() throws(SyntaxError) -> ReversePath.Host {
        let host = try self.host()
        guard index == octets.count else { throw error("nothing after the name") }
        return host
    }

    /// ```
    /// A-d-l     = At-domain *( "," At-domain )
    /// At-domain = "@" Domain
    /// ```
    /// RFC 5321, 4.1.1.3 and appendix C: it must be accepted and ignored.
    private mutating func sourceRoute() throws(SyntaxError) {
        repeat {
            try expect("@")
            _ = try domain()
        } while take(",")
        try expect(":")
    }

    /// ```
    /// Mailbox = Local-part "@" ( Domain / address-literal )
    /// ```
    private mutating func mailbox() throws(SyntaxError) -> ReversePath.Mailbox {
        let localPart = try self.localPart()
        try expect("@")
        return ReversePath.Mailbox(localPart: localPart, host: try host())
    }

    /// A mailbox and nothing else, as in the AUTH parameter (RFC 4954, 5).
    mutating func wholeMailbox() throws(SyntaxError) -> ReversePath.Mailbox {
        let mailbox = try self.mailbox()
        guard index == octets.count else { throw error("nothing after the address") }
        return mailbox
    }

    /// A local-part and nothing else.
    mutating func wholeLocalPart() throws(SyntaxError) -> [UInt8] {
        let localPart = try self.localPart()
        guard index == octets.count else { throw error("nothing after the local-part") }
        return localPart
    }

    /// ```
    /// Local-part = Dot-string / Quoted-string
    /// ```
    private mutating func localPart() throws(SyntaxError) -> [UInt8] {
        let localPart = current == UInt8(ascii: "\"") ? try quotedString() : try dotString()
        guard String(validating: localPart, as: UTF8.self) != nil else { throw error("UTF-8") }
        return localPart
    }

    private mutating func host() throws(SyntaxError) -> ReversePath.Host {
        current == UInt8(ascii: "[") ? .addressLiteral(try addressLiteral()) : .domain(try domain())
    }

    /// ```
    /// Dot-string = Atom *( "." Atom )
    /// atext     =/ UTF8-non-ascii
    /// ```
    private mutating func dotString() throws(SyntaxError) -> [UInt8] {
        let start = index
        repeat {
            let atom = index
            while let octet = current, octet.isAtext || octet >= 0x80 { index += 1 }
            guard index > atom else { throw error("an atom") }
        } while take(".")
        return Array(octets[start..<index])
    }

    /// ```
    /// Quoted-string   = DQUOTE *QcontentSMTP DQUOTE
    /// QcontentSMTP    = qtextSMTP / quoted-pairSMTP
    /// quoted-pairSMTP = %d92 %d32-126
    /// qtextSMTP       = %d32-33 / %d35-91 / %d93-126
    /// qtextSMTP      =/ UTF8-non-ascii
    /// ```
    private mutating func quotedString() throws(SyntaxError) -> [UInt8] {
        try expect("\"")
        var content: [UInt8] = []
        while let octet = current, octet != UInt8(ascii: "\"") {
            index += 1
            switch octet {
            case UInt8(ascii: "\\"):
                guard let escaped = current, (32...126).contains(escaped) else { throw error("a quoted character") }
                content.append(escaped)
                index += 1
            case 32...126, 0x80...: content.append(octet)
            default: throw error("no control characters")
            }
        }
        try expect("\"")
        return content
    }

    /// ```
    /// Domain      = sub-domain *( "." sub-domain )
    /// sub-domain  = Let-dig [Ldh-str]
    /// sub-domain =/ U-label
    /// ```
    private mutating func domain() throws(SyntaxError) -> Domain {
        let start = index
        repeat {
            let label = index
            while let octet = current, octet.isLDH || octet >= 0x80 { index += 1 }
            guard index > label, octets[label] != UInt8(ascii: "-"), octets[index - 1] != UInt8(ascii: "-") else {
                throw error("a label of letters, digits and inner hyphens")
            }
        } while take(".")
        guard let domain = Domain(internationalized: octets[start..<index]),
            domain.text.utf8.allSatisfy({ $0.isLDH || $0 == UInt8(ascii: ".") })
        else { throw SyntaxError(offset: start, expected: "a domain") }
        return domain
    }

    /// ```
    /// address-literal         = "[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal ) "]"
    /// IPv6-address-literal    = "IPv6:" IPv6-addr
    /// General-address-literal = Standardized-tag ":" 1*dcontent
    /// dcontent                = %d33-90 / %d94-126
    /// ```
    /// No tag except IPv6 is registered, so no general literal has a meaning: none is accepted here.
    private mutating func addressLiteral() throws(SyntaxError) -> String {
        try expect("[")
        let start = index
        while let octet = current, (33...90).contains(octet) || (94...126).contains(octet) { index += 1 }
        let text = String(decoding: octets[start..<index], as: UTF8.self)
        let isIPv6 = text.utf8.prefix(5).elementsEqual("ipv6:".utf8, by: { $0.asciiLowercased == $1 })
        switch IPAddress(isIPv6 ? String(text.dropFirst(5)) : text) {
        case .v4 where !isIPv6, .v6 where isIPv6: break
        case .v4, .v6, nil: throw SyntaxError(offset: start, expected: "an address")
        }
        try expect("]")
        return text
    }

    private var current: UInt8? { index < octets.count ? octets[index] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(SyntaxError) {
        guard take(character) else { throw error(String(character)) }
    }

    private func error(_ expected: String) -> SyntaxError {
        SyntaxError(offset: index, expected: expected)
    }
}
