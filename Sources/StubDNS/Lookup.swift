internal import DNS

/// One question on its way from server to server. No I/O: given a server's reply, it returns what to do next.
struct Lookup {
    struct Transport: Hashable {
        var isTCP = false
        /// False for a server that does not understand it (RFC 6891, 7).
        var usesEDNS = true
    }

    enum Step: Hashable {
        case ask(server: Int, name: Domain, Transport)
        /// No server listens: after this time, ``Lookup/first`` again.
        case rest(Duration)
        case finish(Answer)
    }

    let question: Question
    /// The time after which no further server is asked, whatever is left to try.
    private let deadline: ContinuousClock.Instant
    /// Indices of the servers, in the order in which they are asked.
    private let order: [Int]
    private var place = 0
    private var transport = Transport()
    /// The name being asked for: an alias of the question's.
    private var name: Domain
    private var aliases: Set<Domain>
    private var ttl = UInt32.max
    private var isAuthenticated = true
    private var failure = Answer.Failure.unavailable
    /// True as long as every server was found closed.
    private var nobodyListens = true
    /// A resolver that is being restarted is back in a moment.
    private var rest = Duration.milliseconds(250)

    /// - Parameter order: at least one server.
    init(_ question: Question, order: [Int], deadline: ContinuousClock.Instant) {
        self.question = question
        self.order = order
        self.deadline = deadline
        name = question.name
        aliases = [question.name]
    }

    var server: Int { order[place] }

    /// True if nothing more is to be asked.
    func isOverdue(at now: ContinuousClock.Instant) -> Bool { now >= deadline }

    /// RFC 7686, 2: names under `onion` are not asked for in the DNS; c-ares refuses them.
    private static let onion = Domain("onion")

    /// What to do at first, after an alias, and after a rest.
    var first: Step {
        if let onion = Self.onion, name.isEqualOrBelow(onion) { return .finish(Answer(.nameError)) }
        return .ask(server: server, name: name, transport)
    }

    /// - Parameter end: how long to wait for servers that do not listen.
    mutating func next(
        after reply: Reply,
        at now: ContinuousClock.Instant,
        restingUntil end: ContinuousClock.Instant
    ) -> Step {
        if reply != .failure(.unavailable) { nobodyListens = false }
        switch reply {
        case .answer(let answer):
            return .finish(
                Answer(
                    answer.outcome,
                    ttl: min(answer.ttl, ttl),
                    isAuthenticated: answer.isAuthenticated && isAuthenticated
                )
            )
        case .alias(let target, let ttl, let isAuthenticated):
            self.ttl = min(self.ttl, ttl)
            self.isAuthenticated = self.isAuthenticated && isAuthenticated
            name = target
            transport.isTCP = false
            guard aliases.insert(target).inserted, aliases.count <= Packet.aliasLimit + 1 else {
                return .finish(.failure(.aliasLoop))
            }
            return isOverdue(at: now) ? .finish(.failure(.timeout)) : first
        case .truncated where !transport.isTCP:
            transport.isTCP = true
            return first
        case .truncated:
            return nextServer(after: .malformed, at: now, end)
        case .extensionRefused where transport.usesEDNS:
            transport.usesEDNS = false
            return first
        case .extensionRefused:
            return nextServer(after: .serverFailure, at: now, end)
        case .failure(let failure):
            return nextServer(after: failure, at: now, end)
        }
    }

    private mutating func nextServer(
        after failure: Answer.Failure,
        at now: ContinuousClock.Instant,
        _ end: ContinuousClock.Instant
    ) -> Step {
        /// A server's reply counts for more than another's silence.
        switch (self.failure, failure) {
        case (.unavailable, _), (_, .serverFailure), (_, .refused), (_, .malformed): self.failure = failure
        default: break
        }
        guard !isOverdue(at: now) else { return .finish(.failure(self.failure)) }
        transport = Transport()
        if place + 1 < order.count {
            place += 1
            return first
        }
        let rest = min(rest, now.duration(to: end))
        guard nobodyListens, rest > .zero, now + rest < deadline else { return .finish(.failure(self.failure)) }
        place = 0
        self.rest *= 2
        return .rest(rest)
    }
}
