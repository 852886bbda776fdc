internal import AggregateReports
internal import AuthResults
internal import Authentication
package import Configuration
internal import DNS
internal import Foundation
internal import Logging
internal import Mail
internal import MailAddresses
internal import MailPolicy
internal import Metrics
internal import Milter
package import NIOCore
package import Observability
internal import Octets
internal import ReportStore

/// Examines the messages of one connection: what the MTA sends becomes events of an ``Examination``, its questions go
/// to the resolver, and its judgement becomes the reply. Lives on the connection's event loop.
package final class MessageFilter: MailFilter {
    let states: CurrentServiceState
    let eventLoop: any EventLoop
    let metrics: FilterMetrics
    /// Seconds since 1970.
    let clock: () -> Int64

    /// Messages may be held on this connection, if a rule wanted that when the MTA connected.
    let furtherActions: FilterActions

    var client = Client(address: nil)
    /// The MTA's data about the client could not be used; a dry run goes on without them.
    private var isUnknown = false
    private var helo: [UInt8] = []
    /// The MTA's own name, macro `j`.
    private var ownName: [UInt8]?
    var message: FilteredMessage? {
        didSet {
            if oldValue == nil, message != nil { metrics.messagesInFlight.rise() }
            if oldValue != nil, message == nil { metrics.messagesInFlight.fall() }
        }
    }
    /// The examination of the next message, where all is known that can be asked about its client; not used yet.
    private var next: (state: ServiceState, examination: Examination)?

    package init(
        _ states: CurrentServiceState,
        metrics: FilterMetrics = FilterMetrics(),
        on eventLoop: any EventLoop,
        clock: @escaping () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.states = states
        self.metrics = metrics
        self.eventLoop = eventLoop
        self.clock = clock
        furtherActions = states.value.configuration.rules.mayQuarantine ? .quarantine : []
        metrics.connections.add()
        metrics.openConnections.rise()
    }

    deinit {
        metrics.openConnections.fall()
    }

    // MARK: From the MTA

    func connect(_ client: SMTPClient, macros: Macros) throws -> Response {
        isUnknown = false
        next = nil
        do {
            try begin(client, macros)
        } catch  where states.value.configuration.isDryRun {
            isUnknown = true
            passUnjudged(error)
        }
        return .continue
    }

    private func begin(_ client: SMTPClient, _ macros: Macros) throws(Failure) {
        let address = client.address.flatMap(Self.address)
        // A client without an address is the MTA itself; an external client must not be taken for that.
        if let text = client.address, address == nil { throw Failure.noAddress(text) }
        self.client = Client(address: address, name: client.hostname)
        ownName = macros["j"]
        helo = []
        // Reverse DNS can be asked about now. The answer is not waited for: it will be known, or on its way, when the
        // first message comes.
        let state = states.value
        var examination = try newExamination(state)
        let questions = examination.newQuestions()
        count(questions.count, state)
        for question in questions {
            _ = eventLoop.makeFutureWithTask { await state.resolver.answer(to: question) }
        }
        next = questions.isEmpty ? (state, examination) : nil
    }

    /// A dry run does not even defer a message that it cannot judge.
    private func passUnjudged(_ error: Failure) {
        states.value.logger.warning("dry-run: passed on without a judgement: \(error)")
    }

    func helo(_ name: [UInt8], macros: Macros) throws -> Response {
        helo = name
        return .continue
    }

    func mail(_ sender: EnvelopeAddress, macros: Macros) throws -> Response {
        let state = states.value
        if let response = tooManyQuestions(macros, state) { return response }
        do {
            try begin(sender, macros, state)
        } catch  where state.configuration.isDryRun {
            passUnjudged(error)
        }
        return .continue
    }

    private func begin(_ sender: EnvelopeAddress, _ macros: Macros, _ state: ServiceState) throws(Failure) {
        guard !isUnknown else { throw .noClient }
        if let name = macros["j"], name != ownName {
            ownName = name
            next = nil
        }
        var examination = try nextExamination(state)
        examination.helo(helo)
        let now = clock()
        let submission = Self.submission(macros, sender.parameters)
        examination.begin(
            mailFrom: sender.argument,
            macroAddress: macros["{mail_addr}"],
            submission: submission,
            receivedAt: now
        )
        message = FilteredMessage(
            state: state,
            examination: examination,
            receivedAt: now,
            log: MessageLog(
                queueID: macros["i"],
                client: client,
                helo: helo,
                mailFrom: sender.argument,
                tls: macros["{tls_version}"],
                cipher: macros["{cipher}"]
            ),
            envelope: PolicyEnvelope(
                peer: Peer(client, isAuthenticated: submission != nil, policy: state.configuration.policy),
                client: client.address,
                helo: helo,
                mailFrom: sender.argument,
                isEncrypted: macros["{tls_version}"] != nil
            )
        )
        ask()
    }

    /// Recipients are counted, and nothing of them is kept.
    func rcpt(_ recipient: EnvelopeAddress, macros: Macros) throws -> Response {
        guard let message else { return .continue }
        message.recipientCount += 1
        let limit = message.state.configuration.recipients
        guard message.recipientCount > limit else { return .continue }
        message.log.queueID = macros["i"] ?? message.log.queueID
        return deferred(message, .recipients, .recipients(beyond: limit))
    }

    /// Postfix knows the queue ID from here on, unless there are several recipients.
    func data(macros: Macros) throws -> Response {
        if let queueID = macros["i"] { message?.log.queueID = queueID }
        return .continue
    }

    func header(_ field: HeaderField) throws -> Response {
        guard let message else { return .continue }
        message.examination.header(field)
        guard message.examination.hasTooManyForgedFields else { return .continue }
        // Postfix's cleanup needs time that grows with the square of the removals, and panics at 20,000 (3.7.11).
        return deferred(message, .removals, .forgedFields(beyond: message.state.configuration.removals))
    }

    /// The response to a message over a limit: it is neither edited nor examined further.
    private func deferred(_ message: FilteredMessage, _ limit: MetLimit, _ deferral: Deferral) -> Response {
        self.message = nil
        metrics.limits.add(limit)
        guard let response = deferral.response(message.log, message.state) else { return .continue }
        metrics.messages.add(.tempfail)
        return response
    }

    func endOfHeader(macros: Macros) throws -> Response {
        message?.examination.endOfHeader(at: .now)
        ask()
        watchDeadline()
        return .continue
    }

    var wantsBody: Bool { message?.examination.wantsBody ?? false }

    func body(_ octets: ByteBuffer) throws -> Response {
        message?.examination.body(octets.readableBytesUInt8Span)
        return .continue
    }

    func endOfMessage(macros: Macros) throws -> EventLoopFuture<MessageReply> {
        guard message != nil else {
            guard states.value.configuration.isDryRun else { throw Failure.noMessage }
            return eventLoop.makeSucceededFuture(MessageReply(response: .continue))
        }
        let promise = eventLoop.makePromise(of: MessageReply.self)
        message?.end = .now
        message?.promise = promise
        message?.log.queueID = macros["i"]
        message?.examination.endOfMessage()
        ask()
        finish()
        watchDeadline()
        return promise.futureResult
    }

    func abort() {
        guard let message else { return }
        message.deadline?.cancel()
        message.promise?.fail(CancellationError())
        self.message = nil
        metrics.messages.add(.aborted)
    }

    func disconnect() {
        abort()
    }

    // MARK: The reply

    /// Replies to the MTA if it waits for a reply and there is a judgement.
    func finish() {
        guard let message, let promise = message.promise, let judgement = message.examination.judgement else { return }
        message.deadline?.cancel()
        self.message = nil
        let decision = message.state.configuration.rules.decide(judgement, message.envelope)
        let disposition = PolicyDisposition(
            decision,
            mayQuarantine: furtherActions.contains(.quarantine),
            isDryRun: message.state.configuration.isDryRun
        )
        promise.succeed(disposition.reply(judgement.edits))
        message.log.policy = disposition.log
        count(message, judgement, message.state.configuration.isDryRun ? nil : decision)
        let now = ContinuousClock.now
        let took = message.start.duration(to: now)
        let after = message.end?.duration(to: now)
        metrics.count(
            judgement,
            limits: message.state.configuration.policy.limits,
            policy: disposition.log,
            took: took,
            after: after
        )
        log(message, judgement, took: took, after: after)
    }

    private func log(_ message: FilteredMessage, _ judgement: Judgement, took: Duration, after: Duration?) {
        let logger = message.state.logger
        switch message.state.configuration.logFormat {
        case .text: logger.info("\(message.log.line(judgement, took: took, after: after))")
        case .logfmt, .json:
            logger.info("message", metadata: message.log.details(judgement, took: took, after: after))
        }
    }

    /// Adds the message to the aggregate reports, if they are kept and its domain asks for one. A deferred message is
    /// counted when it comes again.
    private func count(_ message: FilteredMessage, _ judgement: Judgement, _ decision: PolicyDecision?) {
        guard let recorder = message.state.recorder, decision?.action != .tempfail,
            let observation = Observation(
                judgement,
                client: client,
                mailFrom: message.envelope.mailFrom,
                handling: Observation.Handling(decision, of: message.state.configuration.rules, judgement),
                at: message.receivedAt
            )
        else { return }
        recorder.record(observation)
    }

    private func nextExamination(_ state: ServiceState) throws(Failure) -> Examination {
        guard let (madeFor, examination) = next.take(), madeFor === state else { return try newExamination(state) }
        return examination
    }

    private func newExamination(_ state: ServiceState) throws(Failure) -> Examination {
        guard let terms = state.filterTerms(forHost: ownName) else {
            throw .noName(Array(state.authservID(forHost: ownName).utf8))
        }
        let resolver = state.resolver
        return Examination(terms, client: client, atHand: { resolver.knownAnswer(to: $0) })
    }
}
