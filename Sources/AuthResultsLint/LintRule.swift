/// The rules that a field is checked against. The raw value is the rule's name in reports, and never changes.
public enum LintRule: String, CaseIterable, Hashable, Sendable {
    // The grammar: RFC 8601, 2.2.
    case encoding = "not-utf-8"
    case missingID = "authserv-id-missing"
    case unquotedID = "authserv-id-unquoted"
    case missingSemicolon = "semicolon-missing"
    case trailingSemicolon = "trailing-semicolon"
    case emptyResult = "result-empty"
    case noResults = "results-missing"
    case noneWithResults = "none-with-results"
    case keyword = "keyword"
    case reasonPosition = "reason-position"
    case bareWord = "bare-word"
    case missingPropertyType = "property-type-missing"
    case emptyValue = "value-empty"
    case unquotedValue = "value-unquoted"
    case nullPath = "null-path"
    case angleBrackets = "angle-brackets"
    case localPartSyntax = "local-part-syntax"
    case mailboxDomain = "mailbox-domain"
    case unterminatedQuote = "quote-unterminated"
    case unterminatedComment = "comment-unterminated"
    case control = "control-character"
    case lineBreak = "line-break"
    case syntax = "syntax"

    // Can be read, but not used.
    case version = "version-unsupported"
    case methodVersion = "method-version-unsupported"
    case contradictoryResults = "contradictory-results"
    case contradictoryFields = "contradictory-fields"
    case indistinctSignatures = "signatures-indistinct"
    case duplicateResult = "duplicate-result"
    case duplicateProperty = "duplicate-property"

    // The registry, and its constraints on values.
    case unregisteredMethod = "method-unregistered"
    case unregisteredResult = "result-unregistered"
    case unregisteredPropertyType = "property-type-unregistered"
    case unregisteredProperty = "property-unregistered"
    case deprecatedMethod = "method-deprecated"
    case deprecatedResult = "result-deprecated"
    case propertyValue = "property-value"
    case domainExpected = "domain-expected"
    case localPart = "local-part"
    case shortSignature = "signature-short"
    case twoIdentities = "spf-identities"

    // The form.
    case adjacentProperties = "space-missing"
    /// Only for producers: most lines in practice are longer.
    case longLine = "line-length"
    case tooLongLine = "line-too-long"
    case blankLine = "blank-line"
    case dialect = "dialect"
    case tooMany = "too-many-findings"

    // The place: RFC 8601, 4.1 and 7.1.
    case belowReceived = "below-received"
    case notOurs = "not-ours"
    case positionUnknown = "position-unknown"

    /// True for violations that a strict parser refuses (`AuthenticationResults(parsing:)`).
    public var isSyntax: Bool {
        switch self {
        case .encoding, .missingID, .unquotedID, .missingSemicolon, .trailingSemicolon, .emptyResult, .noResults,
            .noneWithResults, .keyword, .reasonPosition, .bareWord, .missingPropertyType, .emptyValue, .unquotedValue,
            .nullPath, .angleBrackets, .localPartSyntax, .mailboxDomain, .unterminatedQuote, .unterminatedComment,
            .control, .lineBreak, .syntax:
            true
        case .version, .methodVersion, .contradictoryResults, .contradictoryFields, .indistinctSignatures,
            .duplicateResult, .duplicateProperty, .unregisteredMethod, .unregisteredResult, .unregisteredPropertyType,
            .unregisteredProperty, .deprecatedMethod, .deprecatedResult, .propertyValue, .domainExpected, .localPart,
            .shortSignature, .twoIdentities, .adjacentProperties, .longLine, .tooLongLine, .blankLine, .dialect,
            .tooMany, .belowReceived, .notOurs, .positionUnknown:
            false
        }
    }

    /// - Parameter isStrict: for producers: SHOULD is treated as MUST.
    package func severity(isStrict: Bool) -> Finding.Severity {
        switch self {
        case _ where isSyntax: .error
        case .version, .contradictoryResults, .tooLongLine, .belowReceived: .error
        case .methodVersion, .unregisteredMethod, .unregisteredResult, .unregisteredPropertyType,
            .unregisteredProperty, .propertyValue, .domainExpected, .shortSignature, .twoIdentities,
            .adjacentProperties, .blankLine, .duplicateResult, .duplicateProperty, .indistinctSignatures:
            isStrict ? .error : .warning
        case .longLine: .error
        case .localPart: isStrict ? .error : .note
        case .deprecatedMethod, .deprecatedResult: isStrict ? .warning : .note
        case .contradictoryFields: .warning
        default: .note
        }
    }
}
