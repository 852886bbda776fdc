/// The registrations of IANA for "SMTP Enhanced Status Codes", as of 2024-12-06.
package enum StatusCodeRegistry {
    /// A subject sub-code (RFC 3463, 3.1): the second number.
    package struct Subject: Hashable, Sendable {
        package let number: Int
        package let meaning: String
    }

    /// By number.
    static let subjects = [
        Subject(number: 0, meaning: "Other or Undefined Status"),
        Subject(number: 1, meaning: "Addressing Status"),
        Subject(number: 2, meaning: "Mailbox Status"),
        Subject(number: 3, meaning: "Mail System Status"),
        Subject(number: 4, meaning: "Network and Routing Status"),
        Subject(number: 5, meaning: "Mail Delivery Protocol Status"),
        Subject(number: 6, meaning: "Message Content or Media Status"),
        Subject(number: 7, meaning: "Security or Policy Status"),
    ]

    package static func subject(_ number: Int) -> Subject? {
        subjects.first { $0.number == number }
    }

    package static func code(_ subject: Int, _ detail: Int) -> RegisteredCode? {
        byNumbers[[subject, detail]]
    }

    package static func code(_ code: EnhancedCode) -> RegisteredCode? {
        self.code(code.subject, code.detail)
    }

    /// The code that a text names in any class: `X.7.26`, `5.7.26` or `7.26`; nil if there is none.
    package static func code(named text: String) -> RegisteredCode? {
        if let code = EnhancedCode(text) { return self.code(code) }
        let digits = text.hasPrefix("X.") || text.hasPrefix("x.") ? text.dropFirst(2) : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false).map(EnhancedCode.number)
        guard parts.count == 2, let subject = parts[0], let detail = parts[1] else { return nil }
        return code(subject, detail)
    }

    private static let byNumbers = Dictionary(codes.map { ([$0.subject, $0.detail], $0) }) { first, _ in first }

    /// Reads the table. Malformed lines are missing from the result, which the tests would notice.
    static func read(_ table: String) -> [RegisteredCode] {
        let rows = table.split(separator: "\n").map { line in
            line.split(separator: "|").map { column in
                String(column.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        }
        return stride(from: 0, to: rows.count - 1, by: 2).compactMap { index in
            let (first, second) = (rows[index], rows[index + 1])
            guard first.count == 2, second.count == 3, let number = EnhancedCode("5." + first[0].dropFirst(2)) else {
                return nil
            }
            return RegisteredCode(
                subject: number.subject,
                detail: number.detail,
                meaning: first[1],
                explanation: second[2],
                basicCodes: BasicCodes(second[0]),
                reference: second[1]
            )
        }
    }
}
