internal import Configuration
internal import Logging
internal import Milter
internal import Observability

/// Why a message is deferred that is over a limit.
struct Deferral {
    /// What the message has, for the log.
    private let reason: String
    /// For the sender.
    private let text: String
    private var enhancedCode = "4.7.0"

    /// What is judged without its questions would be a `temperror`, and a client that wants one could have it.
    static func questions(beyond limit: Int) -> Deferral {
        Deferral(
            reason: "a client that has caused more than \(limit) questions in a minute (limits.client-questions)",
            text: "Mail from your host causes too many questions of the DNS; try again in a minute"
        )
    }

    /// An MTA needs time with the square of the fields that it is asked to remove.
    static func forgedFields(beyond limit: Int) -> Deferral {
        Deferral(
            reason: "more than \(limit) forged fields (limits.removals)",
            text: "The message has more than \(limit) header fields that are to be removed"
        )
    }

    /// Each costs a frame and a reply; their addresses are not kept. RFC 3463, 3.6: too many recipients.
    static func recipients(beyond limit: Int) -> Deferral {
        Deferral(
            reason: "more than \(limit) recipients (limits.recipients)",
            text: "The message has more than \(limit) recipients",
            enhancedCode: "4.5.3"
        )
    }

    /// Logs it; the answer to the MTA, or nil in a dry run, which does not even defer.
    func response(_ log: MessageLog, _ state: ServiceState) -> Response? {
        let isDryRun = state.configuration.isDryRun
        switch state.configuration.logFormat {
        case .text: state.logger.warning("\(log.line(deferredFor: reason, isDryRun: isDryRun))")
        case .logfmt, .json: state.logger.warning("\(reason)", metadata: log.details(deferredIn: isDryRun))
        }
        guard !isDryRun else { return nil }
        return SMTPReply(code: 451, enhancedCode: enhancedCode, lines: [text]).map(Response.reply) ?? .temporaryFailure
    }
}
