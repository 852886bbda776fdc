internal import AuthResults
internal import Octets

/// Reads one field with the productions of the strict parser, and after an error continues where the next part may
/// begin.
struct FieldLinter {
    /// A result, as far as it could be read.
    struct ReadResult {
        let offset: Int
        let method: String
        let methodVersion: Int?
        let result: String
        var comment: String?
        var reason: String?
        var properties: [(property: Property, offset: Int)] = []
        /// Properties that break the grammar, as they are meant.
        var recovered: [(property: Property, offset: Int)] = []
        /// True if it was read up to the next semicolon, and nothing is in it that belongs to nothing.
        var isWhole = true
    }

    var parser: FieldParser
    let isStrict: Bool
    private(set) var findings: [Finding] = []
    var authservID: String?
    /// The authserv-id as it is meant; nil if there is none, or that is not certain.
    var meantID: String?
    var version: Int?
    /// True if a quote, a comment or a line break is broken: what follows may be anything.
    private(set) var isCutOff = false
    var results: [ReadResult] = []
    /// True if there was something where a result should be, readable or not.
    var hasResult = false
    var hasNone = false

    /// The maximum number of findings for one field; a hostile one has thousands.
    private static let limit = 100

    /// True if it is time to stop.
    var isFull: Bool { findings.count == Self.limit }

    init(_ value: [UInt8], isStrict: Bool) {
        parser = FieldParser(value)
        self.isStrict = isStrict
    }

    mutating func field() {
        checkLines()
        do { try parser.checkEncoding() } catch { report(.encoding, at: error.offset, "octets that are not UTF-8") }
        space()
        identifier()
        while !isFull, parser.current != nil { resinfo() }
        for result in results { checkRegistry(result) }
        guard !findings.contains(where: \.rule.isSyntax) else { return }
        do { _ = try AuthenticationResults(parsing: parser.octets) } catch { report(error) }
    }

    mutating func report(_ rule: LintRule, at offset: Int, _ message: String, hint: String? = nil) {
        guard findings.count < Self.limit else { return }
        if findings.count == Self.limit - 1 {
            let message = "there are more findings for this field"
            findings.append(Finding(.tooMany, .note, offset: offset, message: message))
            return
        }
        let severity = rule.severity(isStrict: isStrict)
        findings.append(Finding(rule, severity, offset: offset, message: message, hint: hint))
    }

    /// Which software writes like this; reported once per field.
    mutating func recognize(_ writer: String, at offset: Int, hint: String? = nil) {
        let message = "written as \(writer)"
        guard !findings.contains(where: { $0.rule == .dialect && $0.message == message }) else { return }
        report(.dialect, at: offset, message, hint: hint)
    }

    /// An error of the strict parser, as a finding.
    mutating func report(_ error: SyntaxError) {
        let wasCutOff = isCutOff
        isCutOff = true
        switch (error.rule, error.expected) {
        case ("comment", "a closing parenthesis"):
            report(.unterminatedComment, at: error.offset, "a comment that does not end")
        case (_, "a closing quote"):
            report(.unterminatedQuote, at: error.offset, "a quoted-string that does not end")
        case (_, "no control characters"), (_, "a character after the backslash"):
            report(.control, at: error.offset, "a control character, or a backslash with nothing after it")
        case ("CFWS", _), (_, "no bare CR"), (_, "white space after a line break"):
            report(.lineBreak, at: error.offset, "a line break that is not a fold: expected \(error.expected)")
        default:
            isCutOff = wasCutOff
            report(.syntax, at: error.offset, "\(error.rule): expected \(error.expected)")
        }
    }

    /// Reports an error and continues after the word at `start`, or at the end of the field if a quote or a comment
    /// is broken, since the meaning of the rest is then unknown.
    mutating func recover(from error: SyntaxError, at start: Int) {
        report(error)
        switch (error.rule, error.expected) {
        case ("comment", _), (_, "a closing quote"), (_, "no control characters"),
            (_, "a character after the backslash"):
            parser.index = parser.octets.count
        default:
            parser.index = start
            skipWord()
        }
    }

    /// Comments and white space; true if there were any.
    @discardableResult
    mutating func space() -> Bool {
        let start = parser.index
        while parser.current != nil {
            do {
                try parser.skipCFWS()
                break
            } catch {
                report(error)
                // A line break that is not a fold is skipped; a comment without an end is the rest of the field.
                if error.rule != "CFWS" { parser.index = parser.octets.count }
            }
        }
        return parser.index > start
    }

    /// Goes to the next white space, semicolon or comment outside quotes.
    mutating func skipWord() {
        var isQuoted = false
        while let octet = parser.current {
            switch octet {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: parser.index += 1
            case _ where isQuoted: break
            case _ where octet.isBoundary: return
            default: break
            }
            parser.index += 1
        }
        parser.index = min(parser.index, parser.octets.count)
    }

    /// Goes to the next semicolon outside quotes and comments.
    mutating func skipResult() {
        while let octet = parser.current, octet != UInt8(ascii: ";") {
            if octet.isBoundary { space() } else { skipWord() }
        }
    }

    /// The text of the word at an offset, without what follows it.
    func word(at offset: Int) -> [UInt8] {
        Array(parser.octets[offset...].prefix { !$0.isBoundary })
    }

    /// Checks the lines of the field as written (RFC 5322, 2.1.1, and 3.2.2 for lines of only white space).
    private mutating func checkLines() {
        var start = 0
        var column = AuthenticationResults.fieldName.utf8.count + 1
        for line in parser.octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let characters = column + text.count { $0 & 0xC0 != 0x80 }
            if column + text.count > 998 {
                report(.tooLongLine, at: start, "a line of more than 998 octets (RFC 5322, 2.1.1)", hint: "fold it")
            } else if isStrict, characters > 78 {
                report(.longLine, at: start, "a line of \(characters) characters; the limit is 78 (RFC 5322, 2.1.1)")
            }
            if column == 0, text.allSatisfy(\.isWhiteSpace), line.endIndex < parser.octets.count {
                report(.blankLine, at: start, "a line of only white space (RFC 5322, 3.2.2: obsolete)")
            }
            column = 0
            start = line.endIndex + 1
        }
    }
}

extension UInt8 {
    /// White space, a line break, a semicolon or the beginning of a comment.
    var isBoundary: Bool {
        isWhiteSpace || self == UInt8(ascii: "\r") || self == UInt8(ascii: "\n") || self == UInt8(ascii: ";")
            || self == UInt8(ascii: "(")
    }
}
