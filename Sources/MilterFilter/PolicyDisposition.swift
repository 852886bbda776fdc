internal import Mail
internal import MailPolicy
internal import Milter
internal import StatusCodes

/// What the filter does with a message because of the policy, and tells of it.
struct PolicyDisposition {
    private let decision: PolicyDecision?
    /// The rule holds the message, but holding was not negotiated: the rule is newer than the connection.
    private let isTooEarly: Bool

    /// - Parameters:
    ///   - decision: nil if no rule matches.
    ///   - mayQuarantine: whether the MTA of this connection was asked for it.
    init(_ decision: PolicyDecision?, mayQuarantine: Bool) {
        self.decision = decision
        isTooEarly = decision?.action == .quarantine && !mayQuarantine
    }

    /// The answer to the MTA. A message that is refused is not edited; any other is, as ever.
    func reply(_ edits: HeaderEdits) -> MessageReply {
        if isTooEarly { return MessageReply(response: Self.later) }
        switch decision?.action {
        case .reject, .tempfail:
            return MessageReply(
                response: decision?.match.reply.flatMap(SMTPReply.init).map(Response.reply) ?? Self.later
            )
        case .quarantine:
            // Postfix holds it, whatever the text; Sendmail shows the text in its queue.
            let reason = Array("authres: rule \(decision?.match.rule ?? "")".utf8)
            return MessageReply(
                modifications: Modification.modifications(for: edits) + [.quarantine(reason)],
                response: .continue
            )
        case .accept, nil:
            return MessageReply(modifications: Modification.modifications(for: edits), response: .continue)
        }
    }

    /// A temporary failure, as at any failure of ours: no rule makes it milder.
    private static let later =
        SMTPReply(code: 451, enhancedCode: "4.3.0", lines: [laterText]).map(Response.reply)
        ?? .temporaryFailure

    private static let laterText = "The rules of this site have just changed; try again later"

    /// What the log tells of it: `action=reject rule=dmarc reply="550 5.7.26 ..."`; nothing if no rule matches.
    var words: [String] {
        guard let decision else { return [] }
        var words = Self.words(decision.match)
        if isTooEarly {
            words = ["action=tempfail", "rule=\(decision.match.rule)", "reply=\"451 4.3.0 \(Self.laterText)\""]
        }
        if decision.isDryRun { words.append("dry-run=true") }
        if let tried = decision.tried { words.append("[dry run: \(Self.words(tried).joined(separator: " "))]") }
        return words
    }

    private static func words(_ match: PolicyDecision.Match) -> [String] {
        ["action=\(match.action.rawValue)", "rule=\(match.rule)"]
            + (match.reply.map { ["reply=\"\($0)\""] } ?? [])
    }
}

extension SMTPReply {
    init?(_ reply: PolicyReply) {
        self.init(code: reply.code, enhancedCode: reply.enhancedCode.description, lines: [reply.text])
    }
}
