/// Reads a field strictly, one method a production of RFC 8601, section 2.2, over octets.
///
/// Departures from the ABNF, all on the side of reading: white space between propspecs may be absent or be there, as the
/// published text and erratum 6026 have it; folds are LF or CRLF, and may be empty as in the obsolete syntax of RFC 5322.
struct FieldParser {
    let octets: [UInt8]
    var index = 0
    /// The text of the first comment of the last CFWS read.
    var comment: String?

    init(_ octets: [UInt8]) {
        self.octets = octets
    }

    /// ```
    /// authres-payload = [CFWS] authserv-id [ CFWS authres-version ] ( no-result / 1*resinfo ) [CFWS] CRLF
    /// ```
    mutating func payload() throws(SyntaxError) -> AuthenticationResults {
        guard String(validating: octets, as: UTF8.self) != nil else {
            throw SyntaxError(rule: "authres-payload", offset: 0, expected: "UTF-8")
        }
        try skipCFWS()
        let id = try value(for: "authserv-id")
        guard !id.isEmpty else { throw error("authserv-id", "a name that is not empty") }
        let hasSpace = try skipCFWS()
        var version: Int?
        if hasSpace, let octet = current, octet.isDigit { version = try number(for: "authres-version") }
        try skipCFWS()
        var results: [ResultInfo] = []
        while current != nil {
            try expect(";", for: "resinfo")
            try skipCFWS()
            if results.isEmpty, try isNoResult() { break }
            results.append(try resinfo())
        }
        guard index == octets.count, !results.isEmpty || octets.contains(UInt8(ascii: ";")) else {
            throw error("authres-payload", "; none, or ; and a result")
        }
        guard let parsed = AuthenticationResults(authservID: id, version: version, results: results) else {
            throw SyntaxError(rule: "authserv-id", offset: 0, expected: "a value without control characters")
        }
        return parsed
    }

    /// ```
    /// no-result = [CFWS] ";" [CFWS] "none"
    /// ```
    /// Read up to behind the semicolon; a method that is called `none` has an `=` behind it.
    private mutating func isNoResult() throws(SyntaxError) -> Bool {
        let start = index
        while let octet = current, octet.isLDH { index += 1 }
        let word = octets[start..<index]
        if word.elementsEqual("none".utf8, by: { $0 | 0x20 == $1 }) {
            try skipCFWS()
            if current == nil { return true }
        }
        index = start
        return false
    }

    /// ```
    /// resinfo    = [CFWS] ";" methodspec [ CFWS reasonspec ] *( CFWS propspec )      (erratum 6026)
    /// methodspec = [CFWS] method [CFWS] "=" [CFWS] result
    /// method     = Keyword [ [CFWS] "/" [CFWS] method-version ]
    /// ```
    private mutating func resinfo() throws(SyntaxError) -> ResultInfo {
        let method = try keyword(for: "method")
        try skipCFWS()
        var methodVersion: Int?
        if current == UInt8(ascii: "/") {
            index += 1
            try skipCFWS()
            methodVersion = try number(for: "method-version")
            try skipCFWS()
        }
        try expect("=", for: "methodspec")
        try skipCFWS()
        let result = try keyword(for: "result")
        try skipCFWS()
        let comment = comment
        let reason = try reasonspec()
        var properties: [Property] = []
        while let octet = current, octet != UInt8(ascii: ";") {
            properties.append(try propspec())
            try skipCFWS()
        }
        guard
            let info = ResultInfo(
                method: method,
                methodVersion: methodVersion,
                result: result,
                comment: comment,
                reason: reason,
                properties: properties
            )
        else { throw error("resinfo", "text without control characters") }
        return info
    }

    /// ```
    /// reasonspec = "reason" [CFWS] "=" [CFWS] value
    /// ```
    private mutating func reasonspec() throws(SyntaxError) -> String? {
        let start = index
        while let octet = current, octet.isLDH { index += 1 }
        let word = octets[start..<index]
        guard word.elementsEqual("reason".utf8, by: { $0 | 0x20 == $1 }) else {
            index = start
            return nil
        }
        try skipCFWS()
        guard current == UInt8(ascii: "=") else {
            index = start
            return nil
        }
        index += 1
        try skipCFWS()
        let text = try value(for: "reasonspec")
        try skipCFWS()
        return text
    }

    /// ```
    /// propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue
    /// ```
    private mutating func propspec() throws(SyntaxError) -> Property {
        let type = try keyword(for: "ptype")
        try skipCFWS()
        try expect(".", for: "propspec")
        try skipCFWS()
        let name = try keyword(for: "property")
        try skipCFWS()
        try expect("=", for: "propspec")
        let value = try pvalue()
        guard let property = Property(type, name, value) else { throw error("propspec", "keywords") }
        return property
    }

    /// ```
    /// pvalue = [CFWS] ( value / [ [ local-part ] "@" ] domain-name ) [CFWS]
    /// ```
    /// Both branches begin alike: what stands before an `@` is a local-part, whatever else it could have been.
    private mutating func pvalue() throws(SyntaxError) -> PropertyValue {
        try skipCFWS()
        let start = index
        var text: String
        if current == UInt8(ascii: "\"") {
            text = try quotedString(for: "pvalue")
        } else {
            while let octet = current, octet.isAtomText || octet == UInt8(ascii: ".") { index += 1 }
            text = String(decoding: octets[start..<index], as: UTF8.self)
        }
        let end = index
        try skipCFWS()
        if current == UInt8(ascii: "@") {
            index += 1
            try skipCFWS()
            let domain = try domainName()
            guard let value = PropertyValue.mailbox(localPart: text.isEmpty ? nil : text, domain: domain) else {
                throw error("pvalue", "a domain-name with two labels or more")
            }
            guard octets[start] == UInt8(ascii: "\"") || isDotAtom(octets[start..<end]) else {
                throw SyntaxError(rule: "local-part", offset: start, expected: "a dot-atom or a quoted-string")
            }
            return value
        }
        index = end
        if start == end { throw error("pvalue", "a value") }
        if octets[start] != UInt8(ascii: "\"") {
            if let wrong = octets[start..<end].firstIndex(where: { !$0.isTokenCharacter }) {
                index = wrong
                throw error("value", "quotes around a value with this character")
            }
        }
        guard let value = PropertyValue.value(text) else { throw error("value", "no control characters") }
        return value
    }

    private func isDotAtom(_ text: ArraySlice<UInt8>) -> Bool {
        text.isEmpty
            || text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    private mutating func domainName() throws(SyntaxError) -> String {
        let start = index
        while let octet = current, octet.isLDH || octet >= 0x80 || [0x2E, 0x5F].contains(octet) { index += 1 }
        let text = String(decoding: octets[start..<index], as: UTF8.self)
        guard text.isDomainName else {
            throw SyntaxError(rule: "domain-name", offset: start, expected: "two labels or more")
        }
        return text
    }
}
