internal import Milter
internal import NIOCore

/// Serves one connection: octets to commands, commands through the ``Session`` to the filter, replies back.
///
/// Memory is bounded whatever the MTA sends: input is processed as it arrives, and no more is read while the filter
/// owes an answer or the MTA does not read ours.
final class FilterConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let filter: any MailFilter
    private let notify: (ServerNotice) -> Void
    private var context: ChannelHandlerContext?

    private var session: Session
    private var decoder = CommandDecoder()
    /// Octets that are not processed yet: the beginning of a frame, or what follows an end of message.
    private var pending = ByteBuffer()
    private var output = ByteBuffer()
    /// Octets of the answer to a message, usually: not allocated in five steps.
    private static let usualOutput = 1000
    private var isWorking = false
    private var isReadHeld = false
    /// The MTA sends nothing more, but may still read.
    private var isInputClosed = false
    private var isClosing = false
    /// Close as soon as no message is in progress.
    private var isDraining = false
    /// Time in which everything that an MTA had sent before the connection was to be closed is read: the next turn of
    /// the event loop does it.
    private static let lastReading = TimeAmount.milliseconds(20)
    private var clock: ConnectionClock

    init(
        _ configuration: ServerConfiguration,
        filter: any MailFilter,
        notify: @escaping (ServerNotice) -> Void
    ) {
        clock = ConnectionClock(configuration, at: .now())
        self.filter = filter
        self.notify = notify
        var requirements = configuration.requirements
        requirements.actions.formUnion(filter.furtherActions)
        session = Session(requirements)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        clock.noteActivity(at: .now())
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: From the MTA

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // An MTA that negotiates octet by octet gets no more time for it than a silent one.
        if session.state != .negotiating { clock.noteActivity(at: .now()) }
        var input = Self.unwrapInboundIn(data)
        if pending.readableBytes == 0 {
            pending = input
        } else {
            pending.writeBuffer(&input)
        }
        work(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
    }

    func read(context: ChannelHandlerContext) {
        if session.state == .answering || !context.channel.isWritable {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { clock.noteWritten() }
        resumeReading(context)
    }

    private func resumeReading(_ context: ChannelHandlerContext) {
        guard isReadHeld, session.state != .answering, context.channel.isWritable else { return }
        isReadHeld = false
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            if session.state != .answering { end(context) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A socket error, usually a reset: the connection cannot be used any more.
        end(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context)
        if case .close(abandoning: true)? = try? session.receive(.quit) { filter.abort() }
        filter.disconnect()
        context.fireChannelInactive()
    }

    // MARK: Work

    /// Processes what has arrived, up to an end of message that is not answered yet.
    private func work(_ context: ChannelHandlerContext) {
        guard !isWorking else { return }
        isWorking = true
        defer { isWorking = false }
        do throws(ProtocolError) {
            while !isClosing, session.state != .answering, let output = try decoder.next(&pending) {
                switch output {
                case .command(let command):
                    clock.noteFrame()
                    take(try session.receive(command), context)
                case .bodyPart(let octets): take(try session.receive(bodyPart: octets), context)
                }
            }
        } catch {
            note(.protocolError(error))
            close(context)
        }
        // The rest is usually the beginning of a small frame. It gets a buffer of its own size, so that the large one
        // that it came in is free for the next connection.
        pending = pending.readableBytes == 0 ? ByteBuffer() : ByteBuffer(bytes: pending.readableBytesView)
        closeIfDrained(context)
    }

    private func take(_ step: Session.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .nothing: break
        case .send(let reply): send(reply)
        case .tell(let event, let abandoning):
            if abandoning { filter.abort() }
            if case .body = event, !filter.wantsBody {
                send(session.skipBody())
            } else {
                send(session.reply(to: response { try tell(event) }))
            }
        case .endMessage(let octets): endMessage(octets, context)
        case .abandon(let reply):
            filter.abort()
            send(reply)
        case .startAnew(let abandoning):
            if abandoning { filter.abort() }
            filter.disconnect()
        case .close(let abandoning):
            if abandoning { filter.abort() }
            close(context)
        }
    }

    private func tell(_ event: Session.Event) throws -> Response {
        switch event {
        case .connect(let client): try filter.connect(client, macros: session.macros)
        case .helo(let name): try filter.helo(name, macros: session.macros)
        case .mail(let sender): try filter.mail(sender, macros: session.macros)
        case .rcpt(let recipient): try filter.rcpt(recipient, macros: session.macros)
        case .data: try filter.data(macros: session.macros)
        case .unknown(let line): try filter.unknown(line)
        case .header(let field): try filter.header(field)
        case .endOfHeader: try filter.endOfHeader(macros: session.macros)
        case .body(let octets): try filter.body(octets)
        }
    }

    private func response(_ call: () throws -> Response) -> Response {
        do {
            return try call()
        } catch {
            note(.filterFailed(error))
            return .temporaryFailure
        }
    }

    private func endMessage(_ octets: ByteBuffer, _ context: ChannelHandlerContext) {
        let macros = session.macros
        var answer: EventLoopFuture<MessageReply>?
        let response = response {
            if octets.readableBytes > 0, filter.wantsBody {
                let response = try filter.body(octets)
                guard response == .continue else { return response }
            }
            answer = try filter.endOfMessage(macros: macros)
            return .continue
        }
        guard let answer else {
            filter.abort()
            finish(MessageReply(response: response), context)
            return
        }
        clock.beginAnswer(at: .now())
        answer.hop(to: context.eventLoop).assumeIsolated().whenComplete { result in
            guard self.session.state == .answering, let context = self.context else { return }
            switch result {
            case .success(let reply): self.finish(reply, context)
            case .failure(let error):
                self.note(.filterFailed(error))
                self.finish(MessageReply(response: .temporaryFailure), context)
            }
        }
    }

    private func finish(_ reply: MessageReply, _ context: ChannelHandlerContext) {
        clock.noteActivity(at: .now())
        for reply in session.finish(reply) { send(reply) }
        guard !isWorking else { return }
        // The answer came later: what arrived in the meantime has waited for it.
        work(context)
        flush(context)
        if isInputClosed, session.state != .answering { end(context) }
        resumeReading(context)
    }

    private func note(_ cause: ServerNotice.Cause) {
        notify(ServerNotice(cause, in: session))
    }

    // MARK: To the MTA

    private func send(_ reply: Reply?) {
        guard let reply else { return }
        if output.capacity == 0 { output.reserveCapacity(Self.usualOutput) }
        reply.write(to: &output)
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard output.readableBytes > 0, !isClosing else { return }
        context.writeAndFlush(Self.wrapOutboundOut(output), promise: nil)
        output = ByteBuffer()
    }

    /// Does what is due as time passes; called about every second.
    func tick(_ now: NIODeadline) {
        guard let context, !isClosing else { return }
        let due = clock.due(
            now,
            in: session.state,
            isBetweenFrames: decoder.isBetweenFrames && pending.readableBytes == 0,
            isWritable: context.channel.isWritable
        )
        switch due {
        case .nothing: break
        case .progress:
            send(.progress)
            flush(context)
        case .close(let cause):
            note(cause)
            close(context)
        }
    }

    /// Closes the connection soon, or when the current message is answered. A message that has begun may still be
    /// unread in the socket: it is served, because the MTA would notice only at its end that it was not.
    func drain() {
        context?.eventLoop.assumeIsolated().scheduleTask(in: Self.lastReading) {
            self.isDraining = true
            if let context = self.context { self.closeIfDrained(context) }
        }
    }

    private func closeIfDrained(_ context: ChannelHandlerContext) {
        if isDraining, !session.isInMessage { close(context) }
    }

    /// The MTA sends nothing more.
    private func end(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        if session.isInMessage {
            note(.lostMidMessage)
        } else if !decoder.isBetweenFrames || pending.readableBytes > 0 {
            note(.protocolError(.truncatedFrame))
        }
        close(context)
    }

    func close() {
        if let context { close(context) }
    }

    private func close(_ context: ChannelHandlerContext) {
        flush(context)
        guard !isClosing else { return }
        isClosing = true
        context.close(promise: nil)
    }
}
