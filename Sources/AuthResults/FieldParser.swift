internal import Octets

/// Reads a field strictly, one method per production of RFC 8601, section 2.2, over octets.
///
/// Departures from the ABNF, all of them lenient: white space between propspecs may be absent or present, as in the
/// published text and in erratum 6026; folds are LF or CRLF, and may be empty as in the obsolete syntax of RFC 5322.
package struct FieldParser {
    package let octets: [UInt8]
    package var index = 0
    /// The text of the first comment of the last CFWS read.
    package var comment: String?

    package init(_ octets: [UInt8]) {
        self.octets = octets
    }

    /// ```
    /// authres-payload = [CFWS] authserv-id [ CFWS authres-version ] ( no-result / 1*resinfo ) [CFWS] CRLF
    /// ```
    mutating func payload() throws(SyntaxError) -> AuthenticationResults {
        try checkEncoding()
        try skipCFWS()
        let id = try authservID()
        let version = try authresVersion()
        guard current != nil else { throw error("authres-payload", "; none, or ; and a result") }
        var results: [ResultInfo] = []
        while current != nil {
            try expect(";", for: "resinfo")
            try skipCFWS()
            if results.isEmpty, try isNoResult() { break }
            results.append(try resinfo())
        }
        guard let parsed = try? AuthenticationResults(authservID: id, version: version, results: results) else {
            throw SyntaxError(rule: "authserv-id", offset: 0, expected: "a value without control characters")
        }
        return parsed
    }

    /// RFC 6532: text that is not ASCII is UTF-8.
    package func checkEncoding() throws(SyntaxError) {
        guard String(validating: octets, as: UTF8.self) == nil else { return }
        throw SyntaxError(rule: "authres-payload", offset: octets.validUTF8Prefix, expected: "UTF-8")
    }

    /// ```
    /// authserv-id = value
    /// ```
    package mutating func authservID() throws(SyntaxError) -> String {
        let start = index
        let id = try value(for: "authserv-id")
        guard !id.isEmpty else {
            index = start
            throw error("authserv-id", "a name that is not empty")
        }
        return id
    }

    /// ```
    /// [ CFWS authres-version ]; authres-version = 1*DIGIT [CFWS]
    /// ```
    package mutating func authresVersion() throws(SyntaxError) -> Int? {
        guard try skipCFWS(), let octet = current, octet.isDigit else { return nil }
        let version = try number(for: "authres-version")
        try skipCFWS()
        return version
    }

    /// ```
    /// no-result = [CFWS] ";" [CFWS] "none"
    /// ```
    /// Read up to the end of the semicolon; a method that is called `none` is followed by an `=`.
    mutating func isNoResult() throws(SyntaxError) -> Bool {
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
        let methodVersion = try methodVersion()
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
            let info = try? ResultInfo(
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
    /// [CFWS] [ "/" [CFWS] method-version ] [CFWS]
    /// ```
    package mutating func methodVersion() throws(SyntaxError) -> Int? {
        try skipCFWS()
        guard current == UInt8(ascii: "/") else { return nil }
        index += 1
        try skipCFWS()
        let version = try number(for: "method-version")
        try skipCFWS()
        return version
    }

    /// ```
    /// reasonspec = "reason" [CFWS] "=" [CFWS] value
    /// ```
    /// Nil, with nothing read, if there is none. There must be white space between it and a propspec.
    package mutating func reasonspec() throws(SyntaxError) -> String? {
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
        let hasSpace = try skipCFWS()
        guard hasSpace || current == nil || current == UInt8(ascii: ";") else {
            throw error("reasonspec", "white space or a semicolon")
        }
        return text
    }
}
