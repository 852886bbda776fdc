package import StatusCodes

/// The reply to the sender of a refused message: one line, the same octets in the MTA's log, in ours, and at the
/// client.
package struct PolicyReply: Hashable, Sendable, CustomStringConvertible {
    package let code: Int
    package let enhancedCode: EnhancedCode
    /// Printable ASCII without quotation marks and backslashes, so that it is the same in every log.
    package let text: String

    /// RFC 5321, 4.5.3.1.5: a reply line has at most 512 octets, including CRLF. Postfix joins several lines into
    /// one.
    static let lineLimit = 510

    /// Octets that `text:` of a rule may have.
    package static let textLimit = 300
    /// Octets that the URL of `help:` may have.
    package static let helpLimit = 120

    /// Nil if the rule's action accepts the message.
    init?(_ rule: Rule, _ facts: MessageFacts, help: String?) {
        guard let codes = rule.codes(facts) else { return nil }
        code = codes.basic
        enhancedCode = codes.enhanced
        let ending = help.map { "; see \($0)" } ?? ""
        let room = Self.lineLimit - "\(codes.basic) \(codes.enhanced) ".utf8.count - ending.utf8.count
        var text = rule.text ?? ReplyText(rule, facts).text(in: room)
        if rule.tellsExplanation, let explanation = ReplyText.explanation(facts, room: room - text.utf8.count) {
            text += explanation
        }
        self.text = text + ending
    }

    /// `550 5.7.26 DMARC fail: ...`
    package var description: String { "\(code) \(enhancedCode) \(text)" }

    /// True for text that a reply may have: printable ASCII without `"` and `\\`, no space at its ends.
    package static func isText(_ text: String, limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count) && text.utf8.allSatisfy(isTextOctet) && text.utf8.first != 0x20
            && text.utf8.last != 0x20
    }

    static func isTextOctet(_ octet: UInt8) -> Bool {
        (0x20...0x7E).contains(octet) && octet != UInt8(ascii: "\"") && octet != UInt8(ascii: "\\")
    }

    /// True for an http or https URL in ASCII (RFC 3986).
    package static func isHelp(_ text: String) -> Bool {
        isText(text, limit: helpLimit) && (text.hasPrefix("https://") || text.hasPrefix("http://"))
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    }
}
