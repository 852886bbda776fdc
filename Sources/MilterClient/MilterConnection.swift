internal import Mail
package import Milter
package import NIOCore
internal import NIOPosix

/// Why a filter could not be used.
package enum MilterClientError: Error, Hashable, Sendable {
    /// The filter closed the connection.
    case closed
    /// The filter did not reply in time.
    case timedOut
    /// The filter accepted what was not offered, or another version: an MTA would not use it.
    case badNegotiation
}

extension MilterClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .closed: "the filter closed the connection"
        case .timedOut: "the filter did not reply in time"
        case .badNegotiation: "the filter accepted what was not offered, or another version"
        }
    }
}

/// The MTA's side of one connection to a filter; it behaves like Postfix. Only one task at a time may use it.
package final class MilterConnection: Sendable {
    /// The part of the offer that the filter accepted.
    package let negotiated: Negotiation
    private let channel: any Channel
    private let queue: NIOLoopBound<ReplyQueue>
    private let macros: ClientMacros
    private let unsent: Stages
    private let unanswered: Stages

    /// Octets that are gathered before they are sent while no reply is due.
    private static let batchSize = 32 * 1024

    private init(_ channel: any Channel, _ queue: NIOLoopBound<ReplyQueue>, _ negotiated: Negotiation) {
        self.channel = channel
        self.queue = queue
        self.negotiated = negotiated
        macros = ClientMacros(requests: negotiated.macroRequests)
        unsent = Stages(unsentIn: negotiated.steps)
        unanswered = Stages(unansweredIn: negotiated.steps)
    }

    /// Connects and negotiates.
    ///
    /// - Parameter timeout: How long the filter may take to reply; Postfix allows 300 s at the end of a message.
    /// - Throws: ``MilterClientError``, ``ProtocolError``, ``EndpointError``, or an error of the socket.
    package static func connect(
        to endpoint: Endpoint,
        offer: Negotiation = .fullOffer,
        timeout: TimeAmount = .seconds(300),
        on group: any EventLoopGroup
    ) async throws -> MilterConnection {
        let channel = try await open(endpoint, timeout, group)
        let queue = try await channel.eventLoop.submit {
            NIOLoopBound(
                try channel.pipeline.syncOperations.handler(type: ReplyQueue.self),
                eventLoop: channel.eventLoop
            )
        }.get()
        var octets = ByteBuffer()
        Command.negotiate(offer).write(to: &octets)
        do {
            let replies = try await exchange(octets, channel, queue)
            guard case .negotiate(let answer)? = replies.last else {
                throw ProtocolError.unexpectedReply(replies.last?.code ?? .continue)
            }
            guard
                FilterRequirements.versions.contains(answer.version), answer.version <= offer.version,
                answer.actions.isSubset(of: offer.actions),
                answer.steps.isSubset(of: offer.steps)
            else { throw MilterClientError.badNegotiation }
            return MilterConnection(channel, queue, answer)
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private static func open(
        _ endpoint: Endpoint,
        _ timeout: TimeAmount,
        _ group: any EventLoopGroup
    ) async throws -> any Channel {
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(.seconds(30))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(ReplyDecoder()),
                        ReplyQueue(timeout: timeout)
                    )
                }
            }
        let address = try endpoint.socketAddress()
        let deadline = NIODeadline.now() + .seconds(30)
        while true {
            do {
                return try await bootstrap.connect(to: address).get()
            } catch let error as IOError
                where error.errnoCode == LibCSockets.backlogIsFull && NIODeadline.now() < deadline
            {
                try await Task.sleep(for: .milliseconds(10))
            } catch let error as IOError {
                let reason = LibCSockets.text(ofError: error.errnoCode)
                throw EndpointError.system(call: "connect", endpoint: "\(endpoint)", reason: reason)
            }
        }
    }

    private static func exchange(
        _ octets: ByteBuffer,
        _ channel: any Channel,
        _ queue: NIOLoopBound<ReplyQueue>
    ) async throws -> [Reply] {
        try await channel.eventLoop.flatSubmit {
            do {
                let context = try channel.pipeline.syncOperations.context(handlerType: ReplyQueue.self)
                let replies = queue.value.next(context)
                channel.writeAndFlush(octets, promise: nil)
                return replies
            } catch {
                return channel.eventLoop.makeFailedFuture(MilterClientError.closed)
            }
        }.get()
    }

    // MARK: Sessions and messages

    /// Sends a client and its HELO.
    ///
    /// - Returns: Any reply except ``Reply/continue`` settles all messages of the session: they are not to be sent.
    package func begin(_ session: ClientSession) async throws -> Reply {
        var output = ByteBuffer()
        if let reply = try await say(.connect(session.client), .connect, session.macros, &output), reply != .continue {
            return reply
        }
        if let helo = session.helo, let reply = try await say(.helo(helo), .helo, session.macros, &output),
            reply != .continue
        {
            return reply
        }
        try await flush(&output)
        return .continue
    }

    /// Plays a message, up to the verdict, and the ABORT that Postfix sends after it.
    package func send(_ message: ClientMessage, in session: ClientSession) async throws -> ClientOutcome {
        var output = ByteBuffer()
        let macros = session.macros.merging(message.macros) { _, ofMessage in ofMessage }
        let outcome = try await play(message, macros, &output)
        Command.abort.write(to: &output)
        // The verdict is valid even if the filter has closed the connection with it.
        try? await flush(&output)
        return outcome
    }

    private func play(
        _ message: ClientMessage,
        _ macros: [String: [UInt8]],
        _ output: inout ByteBuffer
    ) async throws -> ClientOutcome {
        // Postfix assigns the queue ID with the first recipient that it accepts, and sends it from the next command
        // on.
        var early = macros
        early["i"] = nil
        if let reply = try await say(.mail(message.sender), .mail, early, &output), reply != .continue {
            return outcome(reply)
        }
        var refusals: [Reply] = []
        for (index, recipient) in message.recipients.enumerated() {
            let known = index == 0 ? early : macros
            if let reply = try await say(.rcpt(recipient), .rcpt, known, &output), reply != .continue {
                guard reply != .accept, reply != .discard else { return outcome(reply) }
                refusals.append(reply)
            }
        }
        if let refusal = refusals.last, refusals.count == message.recipients.count { return outcome(refusal) }
        if let reply = try await say(.data, .data, macros, &output), reply != .continue { return outcome(reply) }
        for field in message.header {
            let command = Command.header(presented(field))
            if let reply = try await say(command, .header, macros, &output), reply != .continue {
                return outcome(reply)
            }
        }
        if let reply = try await say(.endOfHeader, .endOfHeader, macros, &output), reply != .continue {
            return outcome(reply)
        }
        chunks: for start in stride(from: 0, to: message.body.count, by: Frame.payloadLimit) {
            let chunk = message.body[start..<min(start + Frame.payloadLimit, message.body.count)]
            switch try await say(.body(ByteBuffer(bytes: chunk)), .body, macros, &output) {
            case nil, .continue: break
            case .skip: break chunks
            case .some(let reply): return outcome(reply)
            }
        }
        append(.endOfMessage(ByteBuffer()), macros, to: &output)
        let replies = try await exchange(&output)
        let modifications = try replies.compactMap { reply throws(ProtocolError) -> Modification? in
            guard case .modification(let modification) = reply else { return nil }
            guard negotiated.actions.contains(modification.action) else { throw .unexpectedReply(reply.code) }
            return modification
        }
        return outcome(replies.last ?? .temporaryFailure, modifications)
    }

    /// A field in the form that is sent: without ``ProtocolOptions/leadingSpace``, one space after the colon is
    /// removed.
    private func presented(_ field: HeaderField) -> HeaderField {
        guard !keepsLeadingSpace, field.value.first == UInt8(ascii: " ") else { return field }
        return HeaderField(name: field.name, value: Array(field.value.dropFirst()))
    }

    private var keepsLeadingSpace: Bool { negotiated.steps.contains(.leadingSpace) }

    private func outcome(_ verdict: Reply, _ modifications: [Modification] = []) -> ClientOutcome {
        ClientOutcome(verdict: verdict, modifications: modifications, keepsLeadingSpace: keepsLeadingSpace)
    }

    // MARK: Octets

    /// Sends a command, if the filter wants it.
    ///
    /// - Returns: The reply; nil if none is due.
    private func say(
        _ command: Command,
        _ stage: Stages,
        _ values: [String: [UInt8]],
        _ output: inout ByteBuffer
    ) async throws -> Reply? {
        guard !unsent.contains(stage) else { return nil }
        append(command, values, to: &output)
        guard unanswered.contains(stage) else { return try await exchange(&output).last }
        if output.readableBytes >= Self.batchSize { try await flush(&output) }
        return nil
    }

    private func append(_ command: Command, _ values: [String: [UInt8]], to output: inout ByteBuffer) {
        Command.macros(macros.values(before: command.code, from: values)).write(to: &output)
        command.write(to: &output)
    }

    private func exchange(_ output: inout ByteBuffer) async throws -> [Reply] {
        defer { output.clear() }
        return try await Self.exchange(output, channel, queue)
    }

    private func flush(_ output: inout ByteBuffer) async throws {
        guard output.readableBytes > 0 else { return }
        defer { output.clear() }
        do {
            try await channel.writeAndFlush(output)
        } catch ChannelError.ioOnClosedChannel {
            throw MilterClientError.closed
        }
    }

    /// Makes the filter forget the client; another ``begin(_:)`` follows on the same connection (as in Sendmail).
    package func reuse() async throws {
        var output = ByteBuffer()
        Command.quitAndReuse.write(to: &output)
        try await flush(&output)
    }

    /// Sends QUIT and closes the connection, as after any error.
    package func quit() async {
        var output = ByteBuffer()
        Command.abort.write(to: &output)
        Command.quit.write(to: &output)
        try? await flush(&output)
        try? await channel.close()
    }

    /// Closes the connection without QUIT.
    package func close() async {
        try? await channel.close()
    }
}
