/// Examines fields against RFC 8601 and the registry. It continues after an error, so that the person who fixes a
/// field sees everything that is wrong with it at once.
///
///     for finding in Lint().findings(in: value) where finding.severity == .error { ... }
///
/// A field gets a finding of a rule of syntax if and only if `AuthenticationResults(parsing:)` refuses it.
public struct Lint: Hashable, Sendable {
    /// True for producers: SHOULD is treated as MUST.
    public let isStrict: Bool

    public init(isStrict: Bool = false) {
        self.isStrict = isStrict
    }

    /// The findings for one field, in the order of the field.
    ///
    /// - Parameter value: the text after the field's colon, octet for octet, folds as LF or CRLF.
    public func findings(in value: [UInt8]) -> [Finding] {
        findings(in: [value]).first ?? []
    }

    /// The findings for the fields of one message, one array per field.
    public func findings(in values: [[UInt8]]) -> [[Finding]] {
        read(values).map(\.findings)
    }

    /// The fields of one message as far as they can be read, each with its findings.
    func read(_ values: [[UInt8]]) -> [(field: FieldLinter, findings: [Finding])] {
        let read = values.map { value in
            var linter = FieldLinter(value, isStrict: isStrict)
            linter.field()
            return linter
        }
        var findings = read.map(\.findings)
        for conflict in ResultConflicts(fields: read).conflicts {
            findings[conflict.field].append(
                Finding(
                    conflict.rule,
                    conflict.rule.severity(isStrict: isStrict),
                    offset: conflict.offset,
                    message: conflict.message,
                    hint: conflict.hint
                )
            )
        }
        return zip(read, findings).map { field, list in
            let sorted = list.enumerated().sorted {
                ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
            }
            return (field, sorted.map(\.element))
        }
    }

    /// A finding with the caller's offset and text; the rule determines its severity.
    public func finding(_ rule: LintRule, offset: Int = 0, _ message: String, hint: String? = nil) -> Finding {
        Finding(rule, rule.severity(isStrict: isStrict), offset: offset, message: message, hint: hint)
    }
}
