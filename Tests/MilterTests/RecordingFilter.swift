import Mail
import Milter
import NIOCore

/// Writes down what it is told, one line an event, and answers as it was told to.
final class RecordingFilter: MailFilter {
    struct Failure: Error {}

    enum Answer {
        case verdict(Response)
        case failure
    }

    var events: [String] = []
    /// By the first word of the event.
    var answers: [String: Answer] = [:]
    var reply = MessageReply(response: .continue)
    /// Macros that are written behind the events that have them.
    var shownMacros: [String] = []
    var wantsBody = true
    var furtherActions: FilterActions = []
    /// If set, the answer to the end of a message is given by it.
    var holdsAnswer = false
    private(set) var pending: EventLoopPromise<MessageReply>?
    private let eventLoop: any EventLoop

    init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    private func note(_ event: String, _ detail: String = "", _ macros: Macros? = nil) throws -> Response {
        var line = event
        if !detail.isEmpty { line += " " + detail }
        for name in shownMacros {
            if let value = macros?[name] { line += " \(name)=\(String(decoding: value, as: UTF8.self))" }
        }
        events.append(line)
        switch answers[event] {
        case nil: return .continue
        case .verdict(let verdict): return verdict
        case .failure: throw Failure()
        }
    }

    private func text(_ octets: [UInt8]) -> String {
        String(decoding: octets, as: UTF8.self)
    }

    private func text(_ address: EnvelopeAddress) -> String {
        ([address.argument] + address.parameters).map(text).joined(separator: " ")
    }

    func connect(_ client: SMTPClient, macros: Macros) throws -> Response {
        let origin =
            switch client.origin {
            case .inet(let address, let port): "4 \(port) \(text(address))"
            case .inet6(let address, let port): "6 \(port) \(text(address))"
            case .local(let path): "L \(text(path))"
            case .unknown: "U"
            }
        return try note("connect", "\(text(client.hostname)) \(origin)", macros)
    }

    func helo(_ name: [UInt8], macros: Macros) throws -> Response { try note("helo", text(name), macros) }
    func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Response { try note("mail", text(sender), macros) }
    func rcpt(_ recipient: EnvelopeAddress, macros: Macros) throws -> Response {
        try note("rcpt", text(recipient), macros)
    }
    func data(macros: Macros) throws -> Response { try note("data", "", macros) }
    func unknown(_ line: [UInt8]) throws -> Response { try note("unknown", text(line)) }
    func header(_ field: HeaderField) throws -> Response {
        try note("header", text(field.octets).replacing("\n", with: "\\n").replacing("\r", with: "\\r"))
    }
    func endOfHeader(macros: Macros) throws -> Response { try note("eoh", "", macros) }
    func body(_ octets: ByteBuffer) throws -> Response {
        try note("body", String(buffer: octets).replacing("\r\n", with: "\\r\\n"))
    }

    func endOfMessage(macros: Macros) throws -> EventLoopFuture<MessageReply> {
        _ = try note("end", "", macros)
        guard holdsAnswer else { return eventLoop.makeSucceededFuture(reply) }
        let promise = eventLoop.makePromise(of: MessageReply.self)
        pending = promise
        return promise.futureResult
    }

    func abort() { events.append("abort") }
    func disconnect() { events.append("disconnect") }
}
