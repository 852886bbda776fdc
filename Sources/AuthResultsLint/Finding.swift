/// One error or oddity of a field.
public struct Finding: Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable, CaseIterable {
        /// The field breaks the grammar, or its content cannot be used.
        case error
        /// The field can be read, but not all of it will be used everywhere.
        case warning
        /// Nothing has to be done.
        case note
    }

    public let rule: LintRule
    public let severity: Severity
    /// The place, in octets from the start of the value.
    public let offset: Int
    /// What is there, and what should be.
    public let message: String
    /// What to do, if known.
    public let hint: String?

    public init(_ rule: LintRule, _ severity: Severity, offset: Int, message: String, hint: String? = nil) {
        self.rule = rule
        self.severity = severity
        self.offset = offset
        self.message = message.printable
        self.hint = hint?.printable
    }
}

extension String {
    /// Safe to be shown on a terminal: a field's octets are the sender's.
    fileprivate var printable: String {
        guard !unicodeScalars.allSatisfy(\.isPrintable) else { return self }
        return unicodeScalars.map { scalar in
            scalar.isPrintable ? String(scalar) : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
