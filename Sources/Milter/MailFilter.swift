package import Mail
package import NIOCore

/// What a filter does with one connection from an MTA. One object is made for each connection, on the event loop that
/// serves it, and is called only on that loop; no call may block.
///
/// The calls for one message come in this order: `mail`, `rcpt` for each recipient, `data`, `header` for each field,
/// `endOfHeader`, `body` for each piece; then either `endOfMessage` or `abort`, exactly one of them. Stages that are
/// ``FilterRequirements/unwanted`` are not called. After a response other than ``Response/continue``, nothing more is
/// called for the connection, message or recipient that it was given for.
///
/// An error thrown by a call is reported, and ends in a temporary failure: never in an unfiltered message.
package protocol MailFilter: AnyObject {
    /// What it may do to the messages of this connection beyond ``FilterRequirements/actions``. Asked once, before
    /// the negotiation.
    var furtherActions: FilterActions { get }
    func connect(_ client: SMTPClient, macros: Macros) throws -> Response
    /// May not come at all, and may come again, with another name and after STARTTLS.
    func helo(_ name: [UInt8], macros: Macros) throws -> Response
    func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Response
    func rcpt(_ recipient: EnvelopeAddress, macros: Macros) throws -> Response
    func data(macros: Macros) throws -> Response
    func unknown(_ line: [UInt8]) throws -> Response
    /// The field as received, from the top: leading space kept, folds as LF.
    func header(_ field: HeaderField) throws -> Response
    func endOfHeader(macros: Macros) throws -> Response
    /// True while the filter wants more of the body. If it is false, the MTA is asked to skip the rest where that is
    /// possible, and `body` is not called.
    var wantsBody: Bool { get }
    /// A piece of the body, lines ended by CRLF, cut anywhere. The buffer should not be kept.
    func body(_ octets: ByteBuffer) throws -> Response
    /// The future may be fulfilled on any event loop; until then, the MTA is told regularly that the answer takes
    /// longer. In the meantime only `abort`, if the MTA gives up, and `disconnect` are called.
    func endOfMessage(macros: Macros) throws -> EventLoopFuture<MessageReply>
    /// The message that `mail` began is over without an answer, or the answer is no longer wanted.
    func abort()
    /// The MTA is gone, or has another client on the same connection, for which `connect` is called.
    func disconnect()
}

extension MailFilter {
    package var furtherActions: FilterActions { [] }
    package func connect(_ client: SMTPClient, macros: Macros) throws -> Response { .continue }
    package func helo(_ name: [UInt8], macros: Macros) throws -> Response { .continue }
    package func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Response { .continue }
    package func rcpt(_ recipient: EnvelopeAddress, macros: Macros) throws -> Response { .continue }
    package func data(macros: Macros) throws -> Response { .continue }
    package func unknown(_ line: [UInt8]) throws -> Response { .continue }
    package func header(_ field: HeaderField) throws -> Response { .continue }
    package func endOfHeader(macros: Macros) throws -> Response { .continue }
    package var wantsBody: Bool { true }
    package func body(_ octets: ByteBuffer) throws -> Response { .continue }
    package func abort() {}
    package func disconnect() {}
}
