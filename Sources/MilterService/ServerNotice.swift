package import Milter
internal import Octets

/// What a server reports to its operators.
package struct ServerNotice: Sendable {
    package enum Cause: Sendable {
        /// The MTA broke the protocol, or offered too little; its connection was closed.
        case protocolError(ProtocolError)
        /// The filter failed; the message gets a temporary failure.
        case filterFailed(any Error)
        /// The connection ended in the middle of a message, which the MTA will not have accepted.
        case lostMidMessage
        /// No input for longer than ``ServerConfiguration/idleTimeout``, or no negotiation; the connection was
        /// closed.
        case timedOut
        /// A frame was begun and not completed within ``ServerConfiguration/frameTimeout``; the connection was closed.
        case slowFrame
        /// The replies were not taken within ``ServerConfiguration/writeTimeout``; the connection was closed.
        case notRead
        /// The number of connections over the limit that were closed since the last report; the MTA will answer its
        /// client with a temporary failure.
        case tooManyConnections(limit: Int, refused: Int)
        /// No connection could be accepted, for example for lack of descriptors or memory; with the number of times
        /// since the last report.
        case acceptFailed(any Error, times: Int)
    }

    package let cause: Cause
    /// The message that it is about, as far as known from the MTA: its queue ID and its client's address.
    package let queueID: [UInt8]?
    package let client: [UInt8]?

    /// - Parameter session: The connection's session, if it is about one.
    init(_ cause: Cause, in session: Session? = nil) {
        self.cause = cause
        queueID = session?.macros["i"]
        client = session?.client?.address
    }
}

extension ServerNotice: CustomStringConvertible {
    /// `4F3A1C: client=192.0.2.7: the MTA went away in the middle of a message`
    package var description: String {
        guard queueID != nil || client != nil else { return "\(cause)" }
        let words = [queueID, client].map { $0.map { "\(LogWord($0))" } ?? "-" }
        return "\(words[0]): client=\(words[1]): \(cause)"
    }
}

extension ServerNotice.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .protocolError(let error): "milter protocol error, connection closed: \(error)"
        case .filterFailed(let error): "the filter failed, temporary failure: \(error)"
        case .lostMidMessage: "the MTA went away in the middle of a message"
        case .timedOut: "the MTA was silent for too long, connection closed"
        case .slowFrame: "the MTA took too long for one command, connection closed"
        case .notRead: "the MTA did not read our replies for too long, connection closed"
        case .tooManyConnections(let limit, let refused):
            "more than \(limit) connections, \(refused == 1 ? "one" : "\(refused)") refused"
        case .acceptFailed(let error, let times):
            "a connection could not be accepted" + (times == 1 ? "" : ", \(times) times") + ": \(error)"
        }
    }
}
