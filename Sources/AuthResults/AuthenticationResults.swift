internal import Octets

/// The value of an Authentication-Results field (RFC 8601): who reports, and the results.
public struct AuthenticationResults: Hashable, Sendable {
    /// The name of the field, as it is written.
    public static let fieldName = "Authentication-Results"

    /// The reporter: the authserv-id without quotes (RFC 8601, 2.5).
    public var authservID: String
    /// The version, nil if none is written, which means 1 (RFC 8601, 2.6).
    public var version: Int?
    /// The results; an empty list is written as `none`.
    public var results: [ResultInfo]

    /// - Throws: ``UnwritableValue`` if the authserv-id is empty or has a control character, or the version is
    ///   negative.
    public init(authservID: String, version: Int? = nil, results: [ResultInfo] = []) throws(UnwritableValue) {
        guard !authservID.isEmpty else { throw .emptyAuthservID }
        try authservID.checkWritable()
        try version.checkVersion()
        self.authservID = authservID
        self.version = version
        self.results = results
    }

    /// Reads the value of a field: the text after the colon, folds as LF or CRLF.
    public init(parsing value: [UInt8]) throws(SyntaxError) {
        var parser = FieldParser(value)
        self = try parser.payload()
    }

    /// The value as written after the colon: a leading space, folds as LF and TAB, lines of at most 78 characters
    /// where the text allows it. The same value always gives the same octets.
    public func serialized() -> [UInt8] {
        var serializer = FieldSerializer()
        serializer.payload(self)
        return serializer.octets
    }
}

/// One method and its result (RFC 8601, 2.2: resinfo).
public struct ResultInfo: Hashable, Sendable {
    /// The authentication method, `spf`; a Keyword.
    public let method: String
    /// Nil if none is written, which means 1.
    public let methodVersion: Int?
    /// The result, `pass`; a Keyword.
    public let result: String
    /// A comment for people directly after the result. It must not be acted on.
    public let comment: String?
    /// The reason for the result.
    public let reason: String?
    public let properties: [Property]

    /// - Throws: ``UnwritableValue`` if method or result is not a Keyword, a version is negative, or a text has a
    ///   control character.
    public init(
        method: String,
        methodVersion: Int? = nil,
        result: String,
        comment: String? = nil,
        reason: String? = nil,
        properties: [Property] = []
    ) throws(UnwritableValue) {
        try method.checkKeyword()
        try result.checkKeyword()
        try methodVersion.checkVersion()
        try comment?.checkWritable()
        try reason?.checkWritable()
        self.method = method
        self.methodVersion = methodVersion
        self.result = result
        self.comment = comment
        self.reason = reason
        self.properties = properties
    }
}

/// The subject of a result (RFC 8601, 2.2: propspec): `smtp.mailfrom=example.org`.
public struct Property: Hashable, Sendable {
    /// Where the value was found (RFC 8601, 2.3): `smtp`, `header`, `policy`, ...
    public let type: String
    public let name: String
    public let value: PropertyValue

    /// - Throws: ``UnwritableValue`` if type or name is not a Keyword.
    public init(_ type: String, _ name: String, _ value: PropertyValue) throws(UnwritableValue) {
        try type.checkKeyword()
        try name.checkKeyword()
        self.type = type
        self.name = name
        self.value = value
    }
}

/// The value of a property (RFC 8601, 2.2: pvalue). A value that has no conforming spelling cannot be made.
public struct PropertyValue: Hashable, Sendable {
    /// ```
    /// pvalue = [CFWS] ( value / [ [ local-part ] "@" ] domain-name ) [CFWS]
    /// ```
    package enum Form: Hashable, Sendable {
        case value(String)
        case mailbox(localPart: String?, domain: String)
    }

    package let form: Form

    /// Any text without control characters; it is quoted where the grammar needs it.
    public static func value(_ text: String) throws(UnwritableValue) -> PropertyValue {
        try text.checkWritable()
        return PropertyValue(form: .value(text))
    }

    /// An e-mail identity, `user@example.org`, or `@example.org` with no local-part.
    ///
    /// - Throws: ``UnwritableValue`` if the domain is not a domain-name of RFC 6376 (two labels at least, no literal,
    ///   no underscore) or the local-part has a control character.
    public static func mailbox(localPart: String?, domain: String) throws(UnwritableValue) -> PropertyValue {
        guard domain.isDomainName else { throw .notDomainName(domain) }
        try localPart?.checkWritable()
        return PropertyValue(form: .mailbox(localPart: localPart, domain: domain))
    }

    /// A text from outside: a user's name, a local-part. An e-mail identity if it has that form, otherwise a value.
    ///
    /// - Throws: ``UnwritableValue`` if a careless reader, one that splits a field at white space, semicolons,
    ///   parentheses or quotes without parsing it, could see other results in it (CVE-2020-12272), or one that searches
    ///   it for `dmarc=pass`, or for the first `@`.
    public static func inert(_ text: String) throws(UnwritableValue) -> PropertyValue {
        guard text.isInert, !Registry.isNamed(in: text), text.count(where: { $0 == "@" }) <= 1 else {
            throw .notInert(text)
        }
        if let at = text.utf8.lastIndex(of: UInt8(ascii: "@")),
            let mailbox = try? mailbox(
                localPart: at == text.startIndex ? nil : String(text[..<at]),
                domain: String(text[text.index(after: at)...])
            )
        {
            return mailbox
        }
        return try value(text)
    }

    /// The value as shown to people, without quotes.
    public var text: String {
        switch form {
        case .value(let text): text
        case .mailbox(let localPart, let domain): (localPart ?? "") + "@" + domain
        }
    }
}

extension String {
    /// True if a quoted-string can express it: no control character.
    var isWritable: Bool {
        utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// True if it contains nothing at which a reader could split it: only token characters, `@`, `/`, `=`, `:`, and
    /// letters and digits of any script. No apostrophe, which some readers take for a quote.
    var isInert: Bool {
        !isEmpty
            && unicodeScalars.allSatisfy { scalar in
                guard scalar.isASCII else {
                    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                }
                let octet = UInt8(scalar.value)
                return octet.isTokenCharacter && octet != UInt8(ascii: "'") || "@/=:".unicodeScalars.contains(scalar)
            }
    }

    /// ```
    /// Keyword = Ldh-str = *( ALPHA / DIGIT / "-" ) Let-dig      (RFC 5321, 4.1.2)
    /// ```
    var isKeyword: Bool {
        utf8.allSatisfy(\.isLDH) && utf8.last.map { $0 != UInt8(ascii: "-") } ?? false
    }

    /// ```
    /// domain-name = sub-domain 1*("." sub-domain)      (RFC 6376, 3.5)
    /// ```
    /// U-labels are accepted (RFC 6531).
    var isDomainName: Bool {
        let labels = utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                label.first.map { $0 != UInt8(ascii: "-") } ?? false && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { $0.isLDH || $0 >= 0x80 }
            }
    }
}
