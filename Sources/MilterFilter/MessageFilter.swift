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
internal import Milter
package import NIOCore
internal import Observability
internal import Octets
internal import ReportStore

/// Examines the messages of one connection: what the MTA sends becomes events of an ``Examination``, its questions go
/// to the resolver, and its judgement becomes the reply. Lives on the connection's event loop.
package final class MessageFilter: MailFilter {
    private let states: CurrentServiceState
    private let eventLoop: any EventLoop
    /// Seconds since 1970.
    private let clock: () -> Int64

    /// Messages may be held on this connection, if a rule wanted that when the MTA connected.
    let furtherActions: FilterActions

    private var client = Client(address: nil)
    /// The MTA's data about the client could not be used; a dry run goes on without them.
    private var isUnknown = false
    private var helo: [UInt8] = []
    /// The MTA's own name, macro `j`.
    private var ownName: [UInt8]?
    private var message: Message?
    /// The examination of the next message, where all is known that can be asked about its client; not used yet.
    private var next: (state: ServiceState, examination: Examination)?

    /// One message, from MAIL to the reply. An object, so that a late answer can tell whether its message is still
    /// there.
    private final class Message {
        let state: ServiceState
        var examination: Examination
        let receivedAt: Int64
        let start = ContinuousClock.now
        var end: ContinuousClock.Instant?
        var promise: EventLoopPromise<MessageReply>?
        var deadline: Scheduled<Void>?
        /// Questions whose answers have not come.
        var openCount = 0
        var log: MessageLog
        /// What the rules of the policy examine besides the verdicts.
        let envelope: PolicyEnvelope

        init(
            state: ServiceState,
            examination: Examination,
            receivedAt: Int64,
            log: MessageLog,
            envelope: PolicyEnvelope
        ) {
            self.state = state
            self.receivedAt = receivedAt
            self.examination = examination
            self.log = log
            self.envelope = envelope
        }
    }

    enum Failure: Error, CustomStringConvertible {
        case noMessage
        case noClient
        case noAddress([UInt8])
        case noName([UInt8])
        case noField

        var description: String {
            switch self {
            case .noMessage: "end of message without MAIL FROM"
            case .noClient: "no client address from the MTA"
            case .noAddress(let text): "unusable client address \"\(LogWord(text))\" from the MTA"
            case .noName(let name):
                "the name \"\(LogWord(name))\" cannot be an authserv-id: set authserv-id"
            case .noField: "the field could not be written"
            }
        }
    }

    package init(
        _ states: CurrentServiceState,
        on eventLoop: any EventLoop,
        clock: @escaping () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.states = states
        self.eventLoop = eventLoop
        self.clock = clock
        furtherActions = states.value.configuration.rules.mayQuarantine ? .quarantine : []
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
        var examination =
            if let next = next.take(), next.state === state { next.examination } else { try newExamination(state) }
        examination.helo(helo)
        let now = clock()
        let submission = Self.submission(macros, sender.parameters)
        examination.begin(
            mailFrom: sender.argument,
            macroAddress: macros["{mail_addr}"],
            submission: submission,
            receivedAt: now
        )
        message = Message(
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

    /// Postfix knows the queue ID from here on, unless there are several recipients.
    func data(macros: Macros) throws -> Response {
        if let queueID = macros["i"] { message?.log.queueID = queueID }
        return .continue
    }

    func header(_ field: HeaderField) throws -> Response {
        guard let message else { return .continue }
        message.examination.header(field)
        return message.examination.hasTooManyForgedFields ? tooManyForgedFields(in: message) : .continue
    }

    /// Postfix's cleanup needs time that grows with the square of the removals, and panics at 20,000 (3.7.11): a
    /// message with more than it can handle is neither edited nor examined further.
    private func tooManyForgedFields(in message: Message) -> Response {
        let limit = message.state.configuration.removals
        let isDryRun = message.state.configuration.isDryRun
        let reason = "more than \(limit) forged fields (limits.removals)"
        switch message.state.configuration.logFormat {
        case .text: message.state.logger.warning("\(message.log.line(deferredFor: reason, isDryRun: isDryRun))")
        case .logfmt, .json:
            message.state.logger.warning("\(reason)", metadata: message.log.details(deferredIn: isDryRun))
        }
        self.message = nil
        if isDryRun { return .continue }
        let reply = SMTPReply(
            code: 451,
            enhancedCode: "4.7.0",
            lines: ["The message has more than \(limit) header fields that are to be removed"]
        )
        return reply.map(Response.reply) ?? .temporaryFailure
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
        message?.deadline?.cancel()
        message?.promise?.fail(CancellationError())
        message = nil
    }

    func disconnect() {
        abort()
    }

    // MARK: The DNS

    /// Has the questions answered that came up: those whose answers are not at hand.
    private func ask() {
        guard let message else { return }
        let resolver = message.state.resolver
        for question in message.examination.newQuestions() {
            message.openCount += 1
            eventLoop.makeFutureWithTask { await resolver.answer(to: question) }.assumeIsolated()
                .whenSuccess { answer in self.take(answer, to: question, message) }
        }
    }

    private func take(_ answer: Answer, to question: Question, _ message: Message) {
        guard message === self.message else { return }
        message.openCount -= 1
        message.examination.learn([(question, answer)])
        ask()
        finish()
    }

    /// Ensures that the message does not wait for the DNS forever. One that has all its answers needs no timer.
    private func watchDeadline() {
        guard let message, message.deadline == nil, message.openCount > 0,
            let deadline = message.examination.deadline
        else { return }
        let wait = ContinuousClock.now.duration(to: deadline)
        message.deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) {
            self.expire(message)
        }
    }

    private func expire(_ message: Message) {
        guard message === self.message else { return }
        message.examination.expire(at: .now)
        finish()
    }

    // MARK: The reply

    /// Replies to the MTA if it waits for a reply and there is a judgement.
    private func finish() {
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
        log(message, judgement, after: message.end?.duration(to: now), at: now)
    }

    private func log(_ message: Message, _ judgement: Judgement, after: Duration?, at now: ContinuousClock.Instant) {
        let took = message.start.duration(to: now)
        let logger = message.state.logger
        switch message.state.configuration.logFormat {
        case .text: logger.info("\(message.log.line(judgement, took: took, after: after))")
        case .logfmt, .json:
            logger.info("message", metadata: message.log.details(judgement, took: took, after: after))
        }
    }

    /// Adds the message to the aggregate reports, if they are kept and its domain asks for one. A deferred message is
    /// counted when it comes again.
    private func count(_ message: Message, _ judgement: Judgement, _ decision: PolicyDecision?) {
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

    private func newExamination(_ state: ServiceState) throws(Failure) -> Examination {
        guard let terms = state.filterTerms(forHost: ownName) else {
            throw .noName(Array(state.authservID(forHost: ownName).utf8))
        }
        let resolver = state.resolver
        return Examination(terms, client: client, atHand: { resolver.knownAnswer(to: $0) })
    }

    /// The address from the MTA; a zone (`fe80::1%eth0`) is of no use outside its host.
    private static func address(_ text: [UInt8]) -> IPAddress? {
        IPAddress(String(decoding: text.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self))
    }

    /// Set only if the client used SMTP AUTH. The MTA passes the AUTH parameter of MAIL on from every client, still
    /// encoded, in the command and in a macro.
    private static func submission(_ macros: Macros, _ parameters: [[UInt8]]) -> Submission? {
        let identity = macros["{auth_authen}"] ?? []
        let mechanism = macros["{auth_type}"] ?? []
        guard !identity.isEmpty || !mechanism.isEmpty else { return nil }
        let author = AuthParameter(in: parameters) ?? macros["{auth_author}"].map { AuthParameter($0) }
        return Submission(identity: identity, mechanism: mechanism, author: author)
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
