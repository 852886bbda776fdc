internal import DNS

/// The loop of the resolver's thread: takes questions from the exchange, hands them to c-ares, and waits for all
/// servers together. Lives and ends on that thread.
final class QueryLoop {
    private struct InFlight {
        var lookup: Lookup
        var sent: ContinuousClock.Instant
        var name: Domain
        var usesEDNS = true
    }

    private struct Server {
        let address: NameServer
        /// Takes the next questions over UDP.
        var open: AresChannel?
        /// Channels that take no more questions, and are kept until those they have are answered.
        var closing: [AresChannel] = []
        /// One question each.
        var connections: [AresChannel] = []
        /// Questions that wait for one of the connections to end.
        var queue: [UInt64] = []

        var channels: [AresChannel] { (open.map { [$0] } ?? []) + closing + connections }
    }

    /// A channel takes this many questions: the next one has a new source port (RFC 5452, 9.2), and no channel runs
    /// out of identifiers or lets its tables grow, however many names never answer.
    private static let channelLimit = 256

    /// Connections to one server at a time. A question that needs one has an answer there already, so they are short.
    private static let connectionLimit = 64

    /// How often timeouts are checked while questions are in flight.
    private static let tick: Int32 = 50

    /// How often servers that are silent are looked after while no question is in flight.
    private static let outageTick: Int32 = 500

    private let exchange: QueryExchange
    private let queryTimeout: QueryTimeout
    private var servers: [Server]
    private var order: ServerOrder
    private var inFlight: [UInt64: InFlight] = [:]
    /// Those in flight that wait for servers to return.
    private var resting: [(ticket: UInt64, end: ContinuousClock.Instant)] = []
    private let board: HealthBoard
    private let notify: @Sendable (NameServerNotice) -> Void
    private var outage: OutageWatch
    /// Of questions that are asked for the answer's sake by nobody: from the end of the numbers, where no other ticket is.
    private var probeTicket = UInt64.max

    init(
        exchange: QueryExchange,
        servers: [NameServer],
        queryTimeout: QueryTimeout,
        board: HealthBoard,
        notify: @escaping @Sendable (NameServerNotice) -> Void
    ) {
        self.board = board
        self.notify = notify
        outage = OutageWatch(delay: queryTimeout.timeout)
        self.exchange = exchange
        self.queryTimeout = queryTimeout
        self.servers = servers.map { Server(address: $0) }
        order = ServerOrder(count: servers.count)
    }

    func run() {
        while let requests = exchange.take() {
            for request in requests { begin(request) }
            wakeRested()
            settleArrivals()
            wait()
            settleArrivals()
            watchServers()
        }
    }

    // MARK: Health

    /// Writes down which servers answer, and reports it when none does any more, or one does again.
    private func watchServers() {
        let now = ContinuousClock.now
        let change = outage.note(areAllSilent: order.areAllSilent, at: now)
        board.put(
            HealthBoard.State(
                servers: servers.indices.map { index in
                    NameServerHealth(
                        server: servers[index].address,
                        answers: !order.isSilent(index),
                        lastHeard: order.lastHeard(index)
                    )
                },
                isOutage: outage.isOutage
            )
        )
        switch change {
        case .began: notify(.noneAnswers(servers.map(\.address)))
        case .ended(let duration):
            if let heard = servers.indices.first(where: { !order.isSilent($0) }) {
                notify(.answersAgain(servers[heard].address, after: duration))
            }
        case nil: break
        }
        if outage.probeIsDue(at: now) { probe(at: now) }
    }

    /// A name that resolvers answer by themselves (RFC 6761, 6.3); whatever they say, they are there.
    static let probeName = Domain("localhost")

    /// Asks each server by itself. The answers are for nobody.
    private func probe(at now: ContinuousClock.Instant) {
        guard let name = Self.probeName else { return }
        for server in servers.indices {
            let lookup = Lookup(Question(name, .a), order: [server], deadline: now + queryTimeout.timeout)
            probeTicket -= 1
            perform(lookup.first, InFlight(lookup: lookup, sent: now, name: name), probeTicket, at: now)
        }
    }

    // MARK: Questions

    private func begin(_ request: QueryExchange.Request) {
        let now = ContinuousClock.now
        let lookup = Lookup(
            request.question,
            order: order.order(at: now),
            deadline: now + queryTimeout.timeout * servers.count
        )
        let flight = InFlight(lookup: lookup, sent: now, name: request.question.name)
        perform(lookup.first, flight, request.ticket, at: now)
    }

    private func perform(_ step: Lookup.Step, _ flight: InFlight, _ ticket: UInt64, at now: ContinuousClock.Instant) {
        switch step {
        case .finish(let answer):
            inFlight[ticket] = nil
            exchange.deliver(answer, to: ticket)
        case .rest(let duration):
            inFlight[ticket] = flight
            resting.append((ticket, now + duration))
        case .ask(let server, let name, let transport):
            var flight = flight
            flight.sent = now
            flight.name = name
            flight.usesEDNS = transport.usesEDNS
            inFlight[ticket] = flight
            if transport.isTCP {
                servers[server].queue.append(ticket)
            } else {
                ask(ticket, on: openChannel(to: server))
            }
        }
    }

    private func wakeRested() {
        guard !resting.isEmpty else { return }
        let now = ContinuousClock.now
        let rested = resting.filter { $0.end <= now }
        resting.removeAll { $0.end <= now }
        for (ticket, _) in rested {
            guard let flight = inFlight[ticket] else { continue }
            /// No task waits for it any more.
            if exchange.isAwaited(ticket) {
                perform(flight.lookup.first, flight, ticket, at: now)
            } else {
                inFlight[ticket] = nil
            }
        }
    }

    private func ask(_ ticket: UInt64, on channel: AresChannel?) {
        guard let flight = inFlight[ticket] else { return }
        guard let channel else {
            inFlight[ticket] = nil
            exchange.deliver(.failure(.unavailable), to: ticket)
            return
        }
        channel.ask(flight.name, flight.lookup.question.type, usesEDNS: flight.usesEDNS, ticket: ticket)
    }

    private func openChannel(to server: Int) -> AresChannel? {
        if let open = servers[server].open {
            if open.asked < Self.channelLimit { return open }
            servers[server].closing.append(open)
        }
        servers[server].open = AresChannel(server: servers[server].address, queryTimeout: queryTimeout, isTCP: false)
        return servers[server].open
    }

    /// Gives a connection to the questions that wait for one. When a connection ends, every question on its channel
    /// is lost, and some servers end one after each answer: so none is shared.
    private func connect(to server: Int) {
        let count = min(servers[server].queue.count, Self.connectionLimit - servers[server].connections.count)
        guard count > 0 else { return }
        let tickets = servers[server].queue.prefix(count)
        servers[server].queue.removeFirst(count)
        let now = ContinuousClock.now
        for ticket in tickets {
            guard let flight = inFlight[ticket], exchange.isAwaited(ticket), !flight.lookup.isOverdue(at: now) else {
                inFlight[ticket] = nil
                exchange.deliver(.failure(.timeout), to: ticket)
                continue
            }
            inFlight[ticket]?.sent = now
            let channel = AresChannel(server: servers[server].address, queryTimeout: queryTimeout, isTCP: true)
            ask(ticket, on: channel)
            if let channel { servers[server].connections.append(channel) }
        }
    }

    /// How long may be waited for sockets; nil for ever.
    private var patience: Int32? {
        if !inFlight.isEmpty { return Self.tick }
        return outage.isOpen ? Self.outageTick : nil
    }

    private func wait() {
        let channels = servers.flatMap(\.channels)
        let sockets = channels.map { $0.sockets() }
        let wakeUp = LibCThreads.Watched(
            descriptor: exchange.wakeUp.descriptor,
            isForReading: true,
            isForWriting: false
        )
        let ready = LibCThreads.poll([wakeUp] + sockets.joined(), milliseconds: patience)
        var readiness: [Int32: LibCThreads.Watched] = [:]
        for socket in ready { readiness[socket.descriptor] = socket }
        for (channel, sockets) in zip(channels, sockets) where !channel.isDone || !sockets.isEmpty {
            channel.process(sockets.compactMap { readiness[$0.descriptor] })
        }
    }

    /// Arrivals may lead to further questions, which may fail at once: repeated until nothing is left.
    private func settleArrivals() {
        while true {
            for index in servers.indices {
                servers[index].connections.removeAll(where: \.isDone)
                connect(to: index)
            }
            let arrivals = servers.flatMap(\.channels).flatMap { $0.takeArrivals() }
            guard !arrivals.isEmpty else { break }
            for arrival in arrivals { settle(arrival) }
        }
        for index in servers.indices { servers[index].closing.removeAll(where: \.isDone) }
    }

    private func settle(_ arrival: Arrival) {
        guard var flight = inFlight[arrival.ticket] else { return }
        let now = ContinuousClock.now
        let server = flight.lookup.server
        let reply: Reply
        switch arrival.content {
        case .packet(let octets):
            order.heard(server, at: now)
            reply = Self.reply(in: octets, to: flight.name, flight.lookup.question.type)
        case .timeout:
            order.heardNothing(server, since: flight.sent, at: now)
            reply = .failure(.timeout)
        case .unavailable:
            order.refused(server, since: flight.sent, at: now)
            reply = .failure(.unavailable)
        }
        /// No task waits for it any more: no further server needs to be asked.
        guard exchange.isAwaited(arrival.ticket) else {
            inFlight[arrival.ticket] = nil
            return
        }
        let step = flight.lookup.next(after: reply, at: now, restingUntil: order.bridgeEnd ?? now)
        perform(step, flight, arrival.ticket, at: now)
    }

    private static func reply(in octets: [UInt8], to name: Domain, _ type: RecordType) -> Reply {
        guard let packet = LibResolv.packet(octets) else {
            /// c-ares truncates UDP replies that are longer than it asked for: without EDNS, 512 octets.
            return octets.count >= 512 ? .truncated : .failure(.malformed)
        }
        return packet.reply(to: name, type)
    }
}
