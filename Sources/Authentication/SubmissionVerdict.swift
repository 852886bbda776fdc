internal import AuthResults
internal import DNS
internal import Mail
internal import MailAddresses

/// What is reported about SMTP AUTH (RFC 8601, 2.7.4). Only success is ever reported: the MTA accepts no message
/// after a failure.
package struct SubmissionVerdict: Hashable, Sendable {
    /// The identity as it may appear in a field; nil if its octets are not fit to be shown.
    package let identity: String?
    /// The SASL mechanism (RFC 4422, 3.1: 1 to 20 upper-case letters, digits, hyphens, underscores), if it is one.
    package let mechanism: String?
    /// The mailbox that the client names in the AUTH parameter of MAIL (RFC 4954, 5), as it may appear in a field;
    /// nil if it names none, vouches for none (`<>`), or its octets are not fit to be shown.
    package let author: String?
    /// Whether the field gives the mechanism in a comment.
    package let showsMechanism: Bool

    /// Identities longer than this are left out rather than shown in part: RFC 4616 allows 255 characters.
    static let identityLimit = 255

    init(_ submission: Submission, showsMechanism: Bool) {
        self.showsMechanism = showsMechanism
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
        author = submission.author.flatMap(Self.author)
    }

    /// A mailbox in ASCII with a domain, and without anything at which a careless reader could split it.
    private static func author(_ parameter: AuthParameter) -> String? {
        guard case .mailbox(let mailbox) = parameter, case .domain(let domain) = mailbox.host, domain.isHostName,
            mailbox.localPart.allSatisfy({ $0 < 0x80 })
        else { return nil }
        let text = String(decoding: mailbox.localPart, as: UTF8.self) + "@" + domain.text
        return text.utf8.count <= identityLimit ? (try? PropertyValue.inert(text))?.text : nil
    }
}
