public import Mail
public import NIOCore

/// What a filter does with one connection from an MTA. One object is made for each connection, on the event loop that
/// serves it, and is called on that loop only; no call may block.
///
/// A message is told of in this order: `mail`, `rcpt` for each recipient, `data`, `header` for each field,
/// `endOfHeader`, `body` for each piece; then either `endOfMessage` or `abort`, exactly one of them. Stages that are
/// ``FilterWishes/unwanted`` are not told. After a verdict other than ``Verdict/continue`` nothing more is told of what
/// it was said for.
///
/// A call that throws is reported, and ends in a temporary failure: never in an unfiltered message.
public protocol MailFilter: AnyObject {
    /// What it may do to the messages of this connection beyond ``FilterWishes/actions``. Asked once, before anything is
    /// negotiated.
    var furtherActions: Actions { get }
    func connect(_ client: SMTPClient, macros: Macros) throws -> Verdict
    /// May not come at all, and may come again, with another name and after STARTTLS.
    func helo(_ name: [UInt8], macros: Macros) throws -> Verdict
    func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Verdict
    func rcpt(_ recipient: EnvelopeAddress, macros: Macros) throws -> Verdict
    func data(macros: Macros) throws -> Verdict
    func unknown(_ line: [UInt8]) throws -> Verdict
    /// The field as it was received, from the top: leading space kept, folds as LF.
    func header(_ field: HeaderField) throws -> Verdict
    func endOfHeader(macros: Macros) throws -> Verdict
    /// True while the filter wants more of the body. If it is false, the MTA is asked to skip the rest where that is
    /// possible, and `body` is not called.
    var wantsBody: Bool { get }
    /// A piece of the body, lines ended by CRLF, cut anywhere. The buffer should not be kept.
    func body(_ octets: ByteBuffer) throws -> Verdict
    /// The future may be fulfilled on any event loop; the MTA is told that it takes longer as long as it does. Nothing
    /// else is told in the meantime but `abort`, if the MTA gives up, and `disconnect`.
    func endOfMessage(macros: Macros) throws -> EventLoopFuture<MessageReply>
    /// The message that `mail` began is over without an answer, or the answer is not wanted any more.
    func abort()
    /// The MTA is gone, or has another client on the same connection, of which `connect` will tell.
    func disconnect()
}

extension MailFilter {
    public var furtherActions: Actions { [] }
    public func connect(_ client: SMTPClient, macros: Macros) throws -> Verdict { .continue }
    public func helo(_ name: [UInt8], macros: Macros) throws -> Verdict { .continue }
    public func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Verdict { .continue }
    public func rcpt(_ recipient: EnvelopeAddress, macros: Macros) throws -> Verdict { .continue }
    public func data(macros: Macros) throws -> Verdict { .continue }
    public func unknown(_ line: [UInt8]) throws -> Verdict { .continue }
    public func header(_ field: HeaderField) throws -> Verdict { .continue }
    public func endOfHeader(macros: Macros) throws -> Verdict { .continue }
    public var wantsBody: Bool { true }
    public func body(_ octets: ByteBuffer) throws -> Verdict { .continue }
    public func abort() {}
    public func disconnect() {}
}
