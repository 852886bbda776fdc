/// What is said of SMTP AUTH (RFC 8601, 2.7.4). Only success is ever reported: the MTA lets no message in that failed
/// it.
public struct SubmissionVerdict: Hashable, Sendable {
    /// The identity as it may stand in a field; nil if its octets are not fit to be shown.
    public let identity: String?
    /// The SASL mechanism (RFC 4422, 3.1: 1 to 20 upper-case letters, digits, hyphens, underscores), if it is one.
    public let mechanism: String?
    /// Whether the field tells the mechanism in a comment.
    let tellsMechanism: Bool

    /// Identities longer than this are left out rather than shown in part: RFC 4616 allows 255 characters.
    static let identityLimit = 255

    init(_ submission: Submission, tellsMechanism: Bool) {
        self.tellsMechanism = tellsMechanism
        let identity = submission.identity
        let isPrintable = identity.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        if !identity.isEmpty, identity.count <= Self.identityLimit, isPrintable {
            self.identity = String(validating: identity, as: UTF8.self)
        } else {
            self.identity = nil
        }
        let mechanism = submission.mechanism
        let isMechanism = mechanism.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        self.mechanism =
            (1...20).contains(mechanism.count) && isMechanism ? String(validating: mechanism, as: UTF8.self) : nil
    }
}
