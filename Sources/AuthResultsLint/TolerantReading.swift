public import AuthResults
internal import Octets

/// The content of a field as far as it is certain, and what is wrong with it: for fields as providers write them.
///
/// Microsoft 365 names no host, Yahoo ends in a semicolon, Fastmail omits types of property: a strict reader refuses
/// such fields. This one reads them:
///
/// - A field that the grammar allows is read as the strict reader reads it, `AuthenticationResults(parsing:)`.
/// - A result that cannot be read to its end is left out with its properties: an extra word, a quote or a comment that
///   does not end, `dkim=dkim_pass`. The missing part could change its meaning.
/// - A property without a type is read as one of type `policy`, whose names are private to each site (RFC 8601, 2.4).
/// - A value that should have been quoted ends where a word ends, at white space, a semicolon or a comment. Angle
///   brackets around it are removed.
///
/// It says nothing about the writer of the field, which a program must know before it acts on the results: see
/// `TrustedResults` in `FieldProvenance`.
public struct TolerantReading: Hashable, Sendable {
    /// The authserv-id, without quotes; nil if the field has none, or if it is not certain.
    public let authservID: String?
    /// The version, nil if none is written, which means 1. In any other the results mean nothing that is known (RFC
    /// 8601, 2.6).
    public let version: Int?
    /// The instance if the value is that of an ARC-Authentication-Results field.
    public let instance: Int?
    /// The results, in the order of the field.
    public let results: [ResultInfo]
    /// What is wrong with the field, in its order.
    public let findings: [Finding]

    /// - Parameter value: what follows the field's colon, octet for octet, folds as LF or CRLF; of an
    ///   Authentication-Results or an ARC-Authentication-Results field.
    public init(_ value: [UInt8]) {
        let arc = ARCAuthenticationResults(value)
        let payload = arc?.payload ?? value
        let read = Lint().read([payload])[0]
        instance = arc?.instance
        findings = read.findings.map { $0.moved(by: value.count - payload.count) }
        if let strict = try? AuthenticationResults(parsing: payload) {
            (authservID, version, results) = (strict.authservID, strict.version, strict.results)
        } else {
            (authservID, version) = (read.field.meantID, read.field.version)
            results = read.field.results.compactMap(\.info)
        }
    }

    /// The content as a value that can be written again; nil if the field has no authserv-id.
    public var value: AuthenticationResults? {
        guard let authservID else { return nil }
        return try? AuthenticationResults(authservID: authservID, version: version, results: results)
    }
}

extension Finding {
    fileprivate func moved(by length: Int) -> Finding {
        Finding(rule, severity, offset: offset + length, message: message, hint: hint)
    }
}

extension FieldLinter.ReadResult {
    /// The result as it is meant; nil if a part of it is or could be missing.
    fileprivate var info: ResultInfo? {
        guard isWhole else { return nil }
        let properties = (properties + recovered).sorted { $0.offset < $1.offset }.map(\.property)
        return try? ResultInfo(
            method: method,
            methodVersion: methodVersion,
            result: result,
            comment: comment?.ifIntact,
            reason: reason?.ifIntact,
            properties: properties.filter { $0.value.text.ifIntact != nil }
        )
    }
}

extension FieldLinter {
    /// A property whose value should have been written otherwise, as it is meant; nil if that is not certain. The value
    /// is the word between an offset and where the reader has gone on.
    func meantProperty(_ type: String, _ name: String, from offset: Int) -> Property? {
        guard let value = meantText(from: offset)?.meantValue else { return nil }
        return try? Property(type, name, value)
    }

    /// The word between an offset and where the reader has gone on; nil if that is not certain.
    func meantText(from offset: Int) -> String? {
        guard offset < parser.index, !isCutOff else { return nil }
        return String(validating: parser.octets[offset..<parser.index], as: UTF8.self)
    }
}

extension String {
    /// Nil if an octet of it was not UTF-8, so that it is unknown.
    var ifIntact: String? {
        unicodeScalars.contains("\u{FFFD}") ? nil : self
    }

    /// The value that an unquoted word means; nil if it has quotes or more than one `@`, which readers read
    /// differently.
    fileprivate var meantValue: PropertyValue? {
        var text = self
        if text.utf8.count > 2, text.hasPrefix("<"), text.hasSuffix(">") { text = String(text.dropFirst().dropLast()) }
        if text.utf8.count > 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            text = String(text.dropFirst().dropLast())
        }
        guard !text.isEmpty, !text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }),
            text == "<>" || !text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }),
            text.utf8.count(where: { $0 == UInt8(ascii: "@") }) <= 1
        else { return nil }
        if let at = text.lastIndex(of: "@"),
            let mailbox = try? PropertyValue.mailbox(
                localPart: at == text.startIndex ? nil : String(text[..<at]),
                domain: String(text[text.index(after: at)...])
            )
        {
            return mailbox
        }
        return try? PropertyValue.value(text)
    }
}
