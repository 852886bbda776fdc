package import Mail
package import NIOCore
internal import Octets

/// One connection from an MTA, as a state machine without I/O: commands in, events and replies out.
///
/// Commands must come in order; one that does not throws a ``ProtocolError``. Everything that MTAs do is allowed:
/// ABORT at any time and any number of times, HELO again, MAIL without HELO, and HELO or MAIL in the middle of a
/// message, which ends that message as ABORT does.
package struct Session: Sendable {
    package enum State: Hashable, Sendable {
        case negotiating
        /// No SMFIC_CONNECT yet.
        case negotiated
        /// Between messages.
        case connected
        case mail
        case data
        case header
        case body
        /// The filter owes the answer to the end of the message.
        case answering
    }

    /// The events for the filter.
    package enum Event: Hashable, Sendable {
        case connect(SMTPClient)
        case helo([UInt8])
        case mail(EnvelopeAddress)
        case rcpt(EnvelopeAddress)
        case data
        case unknown([UInt8])
        case header(HeaderField)
        case endOfHeader
        case body(ByteBuffer)
    }

    /// What is to be done about a command.
    package enum Step: Hashable, Sendable {
        case nothing
        case send(Reply)
        /// Pass the event to the filter, and its response to ``Session/reply(to:)``. If `abandoning`, abort the
        /// previous message first.
        case tell(Event, abandoning: Bool)
        /// The last octets of the body, which may be none; the answer goes to ``Session/finish(_:)``.
        case endMessage(ByteBuffer)
        /// The message that the filter has begun is over without it; the reply, if there is one, is due.
        case abandon(Reply?)
        /// The session is over, and the message if there was one; the next session follows on the same connection.
        case startAnew(abandoning: Bool)
        case close(abandoning: Bool)
    }

    package private(set) var state = State.negotiating
    package private(set) var macros = Macros()
    /// The result of the negotiation; nil before.
    package private(set) var negotiated: Negotiation?
    /// The SMTP client, after SMFIC_CONNECT.
    package private(set) var client: SMTPClient?

    private let requirements: FilterRequirements
    /// The stages at which the MTA does not wait.
    private var unanswered: Stages = []
    /// The stage of the filter's last event, and whether the MTA waits for the response.
    private var told: (stage: Stages, isReplyDue: Bool) = ([], false)
    /// True from the first event of a message until the filter knows that it is over.
    private var filterHasMessage = false
    /// The filter's decisions other than ``Response/continue``, for the connection, since HELO, for the message. It
    /// is not asked again; the MTA gets the decision whenever it waits for a reply.
    private var connectionResponse: Response?
    private var heloResponse: Response?
    private var messageResponse: Response?

    package init(_ requirements: FilterRequirements = FilterRequirements()) {
        self.requirements = requirements
    }

    /// True from MAIL to the reply or the abort.
    package var isInMessage: Bool {
        switch state {
        case .negotiating, .negotiated, .connected: false
        case .mail, .data, .header, .body, .answering: true
        }
    }

    private var settled: Response? { connectionResponse ?? heloResponse ?? messageResponse }

    // MARK: Commands

    package mutating func receive(_ command: Command) throws(ProtocolError) -> Step {
        switch command {
        case .negotiate(let offer):
            try advance(command.code, from: [.negotiating], to: .negotiated)
            return .send(.negotiate(try negotiate(offer)))
        case .macros(let values):
            guard state != .negotiating else { throw .unexpected(command.code, in: state) }
            macros.set(values)
            guard !macros.isOverLimit else { throw .tooManyMacros }
            return .nothing
        case .connect(let client):
            try advance(command.code, from: [.negotiated], to: .connected)
            self.client = client
            return tell(.connect(client), at: .connect)
        case .helo(let name):
            let abandoning = try startOver(command.code)
            macros.endMessage()
            heloResponse = nil
            return tell(.helo(name), at: .helo, abandoning: abandoning)
        case .mail(let sender):
            let abandoning = try startOver(command.code)
            macros.beginMessage()
            state = .mail
            return tell(.mail(sender), at: .mail, abandoning: abandoning)
        case .rcpt(let recipient):
            try advance(command.code, from: [.mail], to: .mail)
            return tell(.rcpt(recipient), at: .rcpt)
        case .data:
            try advance(command.code, from: [.mail], to: .data)
            return tell(.data, at: .data)
        case .unknown(let line):
            guard state != .negotiating, state != .answering else { throw .unexpected(command.code, in: state) }
            return tell(.unknown(line), at: .unknown)
        case .header(let field):
            try advance(command.code, from: [.mail, .data, .header], to: .header)
            return tell(.header(Self.withLineFeeds(field)), at: .header)
        case .endOfHeader:
            try advance(command.code, from: [.mail, .data, .header], to: .body)
            return tell(.endOfHeader, at: .endOfHeader)
        case .body(let octets):
            try advance(command.code, from: [.body], to: .body)
            return tell(.body(octets), at: .body)
        case .endOfMessage(let octets):
            try advance(command.code, from: [.body], to: .answering)
            guard let settled else { return .endMessage(octets) }
            let abandoning = leaveMessage()
            return abandoning ? .abandon(settled.wire) : .send(settled.wire)
        case .abort:
            if state == .negotiating { return .nothing }
            return leaveMessage() ? .abandon(nil) : .nothing
        case .quit:
            return .close(abandoning: leaveMessage())
        case .quitAndReuse:
            guard state != .negotiating else { throw .unexpected(command.code, in: state) }
            let abandoning = leaveMessage()
            macros = Macros()
            client = nil
            (connectionResponse, heloResponse) = (nil, nil)
            state = .negotiated
            return .startAnew(abandoning: abandoning)
        }
    }

    /// Octets of the body; more follow in the same frame, so there is no reply yet.
    package mutating func receive(bodyPart octets: ByteBuffer) throws(ProtocolError) -> Step {
        guard state == .body else { throw .unexpected(.body, in: state) }
        guard settled == nil else { return .nothing }
        told = (.body, false)
        return .tell(.body(octets), abandoning: false)
    }

    private mutating func advance(
        _ code: Command.Code,
        from states: [State],
        to next: State
    ) throws(ProtocolError) {
        guard states.contains(state) else { throw .unexpected(code, in: state) }
        state = next
    }

    /// HELO and MAIL in the middle of a message end it, as in RFC 5321 4.1.4 for EHLO, and in libmilter for both.
    ///
    /// - Returns: True if the filter has a message to give up.
    private mutating func startOver(_ code: Command.Code) throws(ProtocolError) -> Bool {
        switch state {
        case .negotiating, .negotiated, .answering: throw .unexpected(code, in: state)
        case .connected, .mail, .data, .header, .body: break
        }
        state = .connected
        messageResponse = nil
        defer { filterHasMessage = false }
        return filterHasMessage
    }

    /// Ends the message; what belongs to the connection stays.
    ///
    /// - Returns: True if the filter has a message to give up.
    private mutating func leaveMessage() -> Bool {
        if isInMessage { state = .connected }
        messageResponse = nil
        macros.endMessage()
        defer { filterHasMessage = false }
        return filterHasMessage
    }

    private mutating func tell(_ event: Event, at stage: Stages, abandoning: Bool = false) -> Step {
        let isReplyDue = !unanswered.contains(stage)
        guard settled == nil, !requirements.unwanted.contains(stage) else {
            return isReplyDue ? .send(reply(settled ?? .continue, at: stage)) : .nothing
        }
        told = (stage, isReplyDue)
        if stage == .mail { filterHasMessage = true }
        return .tell(event, abandoning: abandoning)
    }

    /// A field's folds are LF alone, whatever the MTA sends.
    private static func withLineFeeds(_ field: HeaderField) -> HeaderField {
        guard LibCSearch.contains(.carriageReturn, in: field.value) else { return field }
        var value: [UInt8] = []
        value.reserveCapacity(field.value.count)
        for octet in field.value {
            if octet == UInt8(ascii: "\n"), value.last == UInt8(ascii: "\r") { value.removeLast() }
            value.append(octet)
        }
        return HeaderField(name: field.name, value: value)
    }

    // MARK: Replies

    private mutating func negotiate(_ offer: Negotiation) throws(ProtocolError) -> Negotiation {
        let answer = try requirements.answer(to: offer)
        unanswered = Stages(unansweredIn: answer.steps)
        negotiated = answer
        return answer
    }

    /// The reply to the MTA after the filter's last event; nil if the MTA does not wait.
    package mutating func reply(to response: Response) -> Reply? {
        let (stage, isReplyDue) = told
        told.isReplyDue = false
        if response != .continue {
            switch stage {
            case .connect: connectionResponse = response
            case .helo: heloResponse = response
            // Only one recipient or one command is refused, not the message, if the MTA gets the reply in time.
            case .rcpt, .unknown:
                if !isReplyDue || response == .accept || response == .discard { messageResponse = response }
            default: messageResponse = response
            }
        }
        return isReplyDue ? reply(response, at: stage) : nil
    }

    /// Used in place of an event for body octets that the filter does not want.
    package mutating func skipBody() -> Reply? {
        let isReplyDue = told.isReplyDue
        told.isReplyDue = false
        guard isReplyDue else { return nil }
        return negotiated?.steps.contains(.skip) == true ? .skip : .continue
    }

    /// Before MAIL there is no message to discard; the response is sent later.
    private func reply(_ response: Response, at stage: Stages) -> Reply {
        let isEarly = stage == .connect || stage == .helo
        return isEarly && response == .discard ? .continue : response.wire
    }

    /// The replies at the end of the message; none if it was aborted in the meantime. A modification that was not
    /// negotiated would make Postfix give up the filter for the whole connection: the message is deferred instead.
    package mutating func finish(_ answer: MessageReply) -> [Reply] {
        guard state == .answering else { return [] }
        _ = leaveMessage()
        guard answer.response.isDelivery else { return [answer.response.wire] }
        let allowed = negotiated?.actions ?? []
        guard answer.modifications.allSatisfy({ allowed.contains($0.action) }) else { return [.temporaryFailure] }
        return answer.modifications.map { .modification($0) } + [answer.response.wire]
    }
}
