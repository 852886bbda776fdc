internal import Octets

/// An SMTP enhanced status code (RFC 3463, 2).
///
/// ```
/// status-code = class "." subject "." detail
/// class       = "2" / "4" / "5"
/// subject     = 1*3DIGIT
/// detail      = 1*3DIGIT
/// ```
/// Neither subject nor detail has a leading zero.
package struct EnhancedCode: Hashable, Sendable, CustomStringConvertible {
    package enum Class: Int, Hashable, Sendable, CaseIterable {
        case success = 2
        case transientFailure = 4
        case permanentFailure = 5

        /// The name in the registry.
        package var meaning: String {
            switch self {
            case .success: "Success"
            case .transientFailure: "Persistent Transient Failure"
            case .permanentFailure: "Permanent Failure"
            }
        }
    }

    package let statusClass: Class
    package let subject: Int
    package let detail: Int

    package init(_ statusClass: Class, _ subject: Int, _ detail: Int) {
        self.statusClass = statusClass
        self.subject = subject
        self.detail = detail
    }

    /// Reads `5.7.26`; nil if the text is not such a code.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard parts.count == 3, let first = parts[0], let statusClass = Class(rawValue: first), let subject = parts[1],
            let detail = parts[2]
        else { return nil }
        self.init(statusClass, subject, detail)
    }

    /// One to three digits without a leading zero.
    static func number(_ digits: Substring) -> Int? {
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDigit),
            digits.utf8.count == 1 || digits.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return Int(digits)
    }

    package var description: String { "\(statusClass.rawValue).\(subject).\(detail)" }
}
