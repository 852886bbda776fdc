/// What a server has to tell those who run it.
public enum ServerNotice: Sendable {
    /// The MTA broke the protocol, or offered too little; its connection was closed.
    case protocolError(ProtocolError)
    /// The filter failed; the message gets a temporary failure.
    case filterFailed(any Error)
    /// The connection ended in the middle of a message, which the MTA will not have accepted.
    case lostMidMessage
    /// Nothing came for longer than ``ServerConfiguration/idleTimeout``, or no negotiation; the connection was closed.
    case timedOut
    /// The connection is one more than allowed, and was closed; the MTA will answer its client with a temporary failure.
    case tooManyConnections(limit: Int)
    /// No connection could be accepted for lack of descriptors or memory, for example.
    case acceptFailed(any Error)
}

extension ServerNotice: CustomStringConvertible {
    public var description: String {
        switch self {
        case .protocolError(let error): "milter protocol error, connection closed: \(error)"
        case .filterFailed(let error): "the filter failed, temporary failure: \(error)"
        case .lostMidMessage: "the MTA went away in the middle of a message"
        case .timedOut: "the MTA was silent for too long, connection closed"
        case .tooManyConnections(let limit): "more than \(limit) connections, one refused"
        case .acceptFailed(let error): "a connection could not be accepted: \(error)"
        }
    }
}
