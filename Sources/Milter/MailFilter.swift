public import Mail
public import NIOCore

/// What a filter does with one connection from an MTA. One object is made for each connection, on the event loop that
/// serves it, and is called on that loop only; no call may block.
///
/// A message is told of in this order: `mail`, `rcpt` for each recipient, `data`, `header` for each field,
/// `endOfHeader`, `body` for each piece; then either `endOfMessage` or `abort`, exactly one of them. Stages that are
/// ``FilterRequirements/unwanted`` are not told. After a response other than ``Response/continue`` nothing more is told of what
/// it was said for.
///
/// A call that throws is reported, and ends in a temporary failure: never in an unfiltered message.
public protocol MailFilter: AnyObject {
    /// What it may do to the messages of this connection beyond ``FilterRequirements/actions``. Asked once, before anything is
    /// negotiated.
    var furtherActions: FilterActions { get }
    func connect(_ client: SMTPClient, macros: Macros) throws -> Response
    /// May not come at all, and may come again, with another name and after STARTTLS.
    func helo(_ name: [UInt8], macros: Macros) throws -> Response
    func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Response
    func rcpt(_ recipient: EnvelopeAddress, macros: Macros) throws -> Response
    func data(macros: Macros) throws -> Response
    func unknown(_ line: [UInt8]) throws -> Response
    /// The field as it was received, from the top: leading space kept, folds as LF.
    func header(_ field: HeaderField) throws -> Response
    func endOfHeader(macros: Macros) throws -> Response
    /// True while the filter wants more of the body. If it is false, the MTA is asked to skip the rest where that is
    /// possible, and `body` is not called.
    var wantsBody: Bool { get }
    /// A piece of the body, lines ended by CRLF, cut anywhere. The buffer should not be kept.
    func body(_ octets: ByteBuffer) throws -> Response
    /// The future may be fulfilled on any event loop; the MTA is told that it takes longer as long as it does. Nothing
    /// else is told in the meantime but `abort`, if the MTA gives up, and `disconnect`.
    func endOfMessage(macros: Macros) throws -> EventLoopFuture<MessageReply>
    /// The message that `mail` began is over without an answer, or the answer is not wanted any more.
    func abort()
    /// The MTA is gone, or has another client on the same connection, of which `connect` will tell.
    func disconnect()
}

extension MailFilter {
    public var furtherActions: FilterActions { [] }
    public func connect(_ client: SMTPClient, macros: Macros) throws -> Response { .continue }
    public func helo(_ name: [UInt8], macros: Macros) throws -> Response { .continue }
    public func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Response { .continue }
    public func rcpt(_ recipient: EnvelopeAddress, macros: Macros) throws -> Response { .continue }
    public func data(macros: Macros) throws -> Response { .continue }
    public func unknown(_ line: [UInt8]) throws -> Response { .continue }
    public func header(_ field: HeaderField) throws -> Response { .continue }
    public func endOfHeader(macros: Macros) throws -> Response { .continue }
    public var wantsBody: Bool { true }
    public func body(_ octets: ByteBuffer) throws -> Response { .continue }
    public func abort() {}
    public func disconnect() {}
}
