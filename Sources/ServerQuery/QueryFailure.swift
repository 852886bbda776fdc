internal import AuthServ

/// Why a server gave no answer.
package struct QueryFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// No connection, no trustworthy TLS, or no readable answer.
        case unavailable
        case loginDenied
        case timeout
    }

    package let kind: Kind
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// Nil if the outcome is an answer nevertheless.
    init?(_ outcome: LibCurl.Outcome) {
        guard !outcome.isOverLimit else {
            let limits = "\(Conversation.lineLimit) lines or \(Conversation.octetLimit / 1024) KiB"
            self.init(.unavailable, "the server sends more than \(limits)")
            return
        }
        switch outcome.code {
        case 0: return nil
        // CURLE_WEIRD_SERVER_REPLY, CURLE_QUOTE_ERROR, CURLE_RECV_ERROR: the command for the list was refused, which is an
        // answer: nothing is announced.
        case 8 where outcome.conversation.isListRefused, 21 where outcome.conversation.isListRefused,
            56 where outcome.conversation.isListRefused:
            return nil
        case 28: self.init(.timeout, outcome.text)
        // CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR
        case 67, 94: self.init(.loginDenied, outcome.text)
        // CURLE_UNKNOWN_OPTION
        case 48: self.init(.unavailable, "libcurl is too old: 7.85 is needed")
        default: self.init(.unavailable, outcome.text)
        }
    }
}
