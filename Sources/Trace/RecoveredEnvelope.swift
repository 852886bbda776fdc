public import DNS
public import Mail

/// What the header of a stored message still shows of the envelope, and of the client that our own first host met;
/// see ``EnvelopeRecovery``. Each value names its source, since none is as reliable as what the MTA sends to a
/// milter.
public struct RecoveredEnvelope: Hashable, Sendable {
    /// The source of a value.
    public enum Source: Hashable, Sendable {
        /// A Received field; 1 is the topmost.
        case received(Int)
        case returnPath
        /// What an MTA of this kind writes about MAIL FROM in its Received field.
        case envelopeFrom(ReceivedLayout)
        /// The From_ line of the mbox.
        case fromLine
        /// Given by the user.
        case flag
    }

    public struct Sourced<Value: Hashable & Sendable>: Hashable, Sendable {
        public let value: Value
        public let source: Source

        public init(_ value: Value, _ source: Source) {
            self.value = value
            self.source = source
        }
    }

    /// What the Received field of one of our hosts says about the way the message came. Facts for the report; no
    /// `auth` result is claimed from them.
    public struct Hop: Hashable, Sendable {
        /// The field, counted from the top: 1 is the topmost Received.
        public let number: Int
        /// Where the field is in the header: 0 is the first field. Fields above it were added by our own hosts.
        public let index: Int
        public let host: Domain?
        public let layout: ReceivedLayout
        public let with: WithProtocol?
        public let isEncrypted: Bool
        public let isAuthenticated: Bool
        public let date: DateTime?
    }

    /// Our hosts that the message passed, from the top; the last is the border hop, if there is one. They are ours
    /// whatever is below them.
    public internal(set) var hops: [Hop] = []
    /// The border hop: where one of our hosts met a host that is not ours. Nil if there is no reliable one.
    public internal(set) var border: Hop?
    /// Why there is no border hop; nil if there is one.
    public internal(set) var reason: Reason?
    /// The SMTP client.
    public var client: Sourced<IPAddress>?
    /// The argument of HELO or EHLO, as it is in the field.
    public var helo: Sourced<[UInt8]>?
    /// The name that our host found for the client.
    public var reverseName: Sourced<Domain>?
    /// The argument of MAIL FROM, with its angle brackets; `<>` for the null sender.
    public var mailFrom: Sourced<[UInt8]>?
    /// When our first host received the message.
    public var receivedAt: Sourced<DateTime>?

    /// An envelope of which nothing is known.
    public init() {}

    /// Replaces what was recovered by what was given with flags. HELO argument and reverse name go with the client:
    /// they do not belong to a different one.
    public mutating func give(
        client: IPAddress? = nil,
        helo: [UInt8]? = nil,
        mailFrom: [UInt8]? = nil,
        receivedAt: DateTime? = nil
    ) {
        if let client = client?.unmapped {
            if client != self.client?.value { (self.helo, reverseName) = (nil, nil) }
            self.client = Sourced(client, .flag)
        }
        if let helo { self.helo = Sourced(helo, .flag) }
        if let mailFrom { self.mailFrom = Sourced(mailFrom, .flag) }
        if let receivedAt { self.receivedAt = Sourced(receivedAt, .flag) }
    }

    /// True if the client had authenticated according to the header: a user's submission, not mail from outside.
    public var isSubmission: Bool {
        guard let border, client?.source == .received(border.number) else { return false }
        return border.isAuthenticated
    }

    /// Why the client is unknown.
    public enum Reason: Hashable, Sendable {
        /// There is no Received field, or none below those that were followed.
        case noReceived
        /// All hops are between our own hosts or programs: there was no client from outside.
        case fromWithin
        /// A Received field contains nothing reliable.
        case unreadable(Int, ReceivedError)
        /// A Received field was written by a host that is not ours, and no field above it is about receiving the
        /// message from it.
        case foreignHost(Int, Domain?)
        /// LMTP from an address that is not known to be ours.
        case localDelivery(Int)
        /// More internal hops than the limit.
        case tooManyHops
    }
}

extension RecoveredEnvelope.Source: CustomStringConvertible {
    /// The word in reports, such as `received:2`; stable.
    public var description: String {
        switch self {
        case .received(let number): "received:\(number)"
        case .returnPath: "return-path"
        case .envelopeFrom(let layout): "\(layout):envelope-from"
        case .fromLine: "from_"
        case .flag: "flag"
        }
    }
}

extension RecoveredEnvelope.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noReceived: "the header has no Received field"
        case .fromWithin: "every Received field is about a step within our own hosts"
        case .unreadable(let number, let error): "Received field \(number) is unusable: \(error.rawValue)"
        case .foreignHost(let number, let host?): "Received field \(number) is by \(host), which is not an own host"
        case .foreignHost(let number, nil): "Received field \(number) is by a host without a name"
        case .localDelivery(let number):
            "Received field \(number) is about LMTP from an address that is not a trusted relay's"
        case .tooManyHops: "more Received fields than are followed are about steps within our own hosts"
        }
    }
}
