/// An enumerated status code as IANA has registered it ("SMTP Enhanced Status Codes", RFC 5248), for every class that
/// it can be used with: `X.7.26`.
package struct RegisteredCode: Hashable, Sendable {
    package let subject: Int
    package let detail: Int
    /// The sample text of the registry.
    package let meaning: String
    /// When it is used, in a sentence.
    package let explanation: String
    package let basicCodes: BasicCodes
    /// Where it is defined: `RFC 7372, 4`.
    package let reference: String

    /// `X.7.26`
    package var name: String { "X.\(subject).\(detail)" }

    /// True if a reply may have this basic code and the enhanced code with that class: their first digits agree (RFC
    /// 2034, 4), and the registry does not require others.
    package func goes(with basicCode: Int, in statusClass: EnhancedCode.Class) -> Bool {
        basicCode / 100 == statusClass.rawValue && basicCodes.allow(basicCode)
    }

    /// The basic code to use with it by default; nil if none of the class is registered.
    package func basicCode(in statusClass: EnhancedCode.Class) -> Int? {
        let usual: [Int] =
            switch statusClass {
            case .success: [250]
            // RFC 5321, 4.2.2: 451 is a local error, 450 an unavailable mailbox, 550 also a refusal for policy.
            case .transientFailure: [451, 450]
            case .permanentFailure: [550, 554]
            }
        return (usual + basicCodes.listed).first { goes(with: $0, in: statusClass) }
    }
}

/// The basic codes (RFC 5321, 4.2) that the registry associates with an enhanced code.
package enum BasicCodes: Hashable, Sendable, CustomStringConvertible {
    /// Any.
    case any
    /// The registry says nothing.
    case notGiven
    case only([Int])
    /// These, and other failures.
    case preferably([Int])
    /// Every permanent failure, `5XX`.
    case permanentFailures

    /// Reads the table's notation: `any`, `-`, `5XX`, `451, 550`, or `450, 550, ...`.
    init(_ text: String) {
        let words = text.split { $0 == "," || $0 == " " }
        let codes = words.compactMap { Int($0) }
        switch words.last {
        case "any": self = .any
        case "5XX": self = .permanentFailures
        case "...": self = .preferably(codes)
        default: self = codes.isEmpty ? .notGiven : .only(codes)
        }
    }

    /// The codes that the registry lists.
    package var listed: [Int] {
        switch self {
        case .any, .notGiven, .permanentFailures: []
        case .only(let codes), .preferably(let codes): codes
        }
    }

    /// - Parameter code: one whose class is that of the enhanced code.
    func allow(_ code: Int) -> Bool {
        switch self {
        case .any, .notGiven: true
        case .only(let codes): codes.contains(code)
        case .preferably(let codes): codes.contains(code) || (400...599).contains(code)
        case .permanentFailures: (500...599).contains(code)
        }
    }

    package var description: String {
        let list = listed.map(String.init).joined(separator: ", ")
        return switch self {
        case .any: "any"
        case .notGiven: "not given"
        case .only: list
        case .preferably: list + " (other 4XX or 5XX codes are allowed)"
        case .permanentFailures: "5XX"
        }
    }
}
