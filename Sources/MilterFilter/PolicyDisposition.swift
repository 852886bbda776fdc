internal import Mail
internal import MailPolicy
internal import Milter
internal import Observability
internal import StatusCodes

/// What the filter does with a message because of the policy, and what it logs about that.
struct PolicyDisposition {
    private let decision: PolicyDecision?
    /// The rule holds the message, but holding was not negotiated: the rule is newer than the connection.
    private let isTooEarly: Bool
    /// The filter changes nothing, whatever the verdicts and the rules.
    private let isDryRun: Bool

    /// - Parameters:
    ///   - decision: nil if no rule matches.
    ///   - mayQuarantine: whether quarantine was negotiated with the MTA on this connection.
    ///   - isDryRun: whether the filter only judges and logs.
    init(_ decision: PolicyDecision?, mayQuarantine: Bool, isDryRun: Bool) {
        self.decision = decision
        self.isDryRun = isDryRun
        isTooEarly = decision?.action == .quarantine && !mayQuarantine && !isDryRun
    }

    /// The reply to the MTA. A message that is refused is not edited; any other is edited as always.
    func reply(_ edits: HeaderEdits) -> MessageReply {
        if isDryRun { return MessageReply(response: .continue) }
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

    /// A temporary failure, as for any failure of the filter: no rule makes it milder.
    private static let later =
        SMTPReply(code: 451, enhancedCode: "4.3.0", lines: [laterText]).map(Response.reply)
        ?? .temporaryFailure

    private static let laterText = "The rules of this site have just changed; try again later"

    /// The policy's part of the log line; nil if no rule matches, unless it is a dry run.
    var log: PolicyLog? {
        guard let decision else { return isDryRun ? PolicyLog(match: nil, isDryRun: true) : nil }
        let match =
            isTooEarly
            ? PolicyLog.Match(action: "tempfail", rule: decision.match.rule, reply: "451 4.3.0 \(Self.laterText)")
            : PolicyLog.Match(decision.match)
        return PolicyLog(
            match: match,
            isDryRun: isDryRun || decision.isDryRun,
            tried: decision.tried.map(PolicyLog.Match.init)
        )
    }
}

extension PolicyLog.Match {
    fileprivate init(_ match: PolicyDecision.Match) {
        self.init(action: match.action.rawValue, rule: match.rule, reply: match.reply.map { "\($0)" })
    }
}

extension SMTPReply {
    init?(_ reply: PolicyReply) {
        self.init(code: reply.code, enhancedCode: reply.enhancedCode.description, lines: [reply.text])
    }
}
