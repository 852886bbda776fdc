internal import DNS

/// What the resolver's thread does: takes questions from the mailbox, hands them to c-ares, and waits for all servers
/// together. Lives and ends on that thread.
final class QueryLoop {
    private struct InFlight {
        var lookup: Lookup
        var sent: ContinuousClock.Instant
        var name: Domain
    }

    /// The channels to one server. One takes the new questions; those before it are kept until they are answered.
    private struct Server {
        let address: NameServer
        var channels: [AresChannel] = []
    }

    /// After so many questions a channel takes no more: the next has a new source port (RFC 5452, 9.2), and no channel
    /// runs out of identifiers or sees its tables grow, however many names never answer.
    private static let channelLimit = 256

    /// How often time-outs are looked for while questions are in flight.
    private static let tick: Int32 = 50

    private let mailbox: Mailbox
    private let patience: Patience
    private var servers: [Server]
    private var order: ServerOrder
    private var inFlight: [UInt64: InFlight] = [:]

    init(mailbox: Mailbox, servers: [NameServer], patience: Patience) {
        self.mailbox = mailbox
        self.patience = patience
        self.servers = servers.map { Server(address: $0) }
        order = ServerOrder(count: servers.count)
    }

    func run() {
        while let requests = mailbox.take() {
            for request in requests { begin(request) }
            settleArrivals()
            wait()
            settleArrivals()
        }
    }

    private func begin(_ request: Mailbox.Request) {
        let now = ContinuousClock.now
        let lookup = Lookup(
            request.question,
            order: order.order(at: now),
            deadline: now + patience.timeout * servers.count
        )
        let flight = InFlight(lookup: lookup, sent: now, name: request.question.name)
        perform(lookup.first, flight, request.ticket, at: now)
    }

    private func perform(_ step: Lookup.Step, _ flight: InFlight, _ ticket: UInt64, at now: ContinuousClock.Instant) {
        switch step {
        case .finish(let answer):
            inFlight[ticket] = nil
            mailbox.deliver(answer, to: ticket)
        case .ask(let server, let name, let usesEDNS):
            var flight = flight
            flight.sent = now
            flight.name = name
            inFlight[ticket] = flight
            guard let channel = channel(to: server) else {
                inFlight[ticket] = nil
                mailbox.deliver(.failure(.unavailable), to: ticket)
                return
            }
            channel.ask(name, flight.lookup.question.type, usesEDNS: usesEDNS, ticket: ticket)
        }
    }

    private func channel(to server: Int) -> AresChannel? {
        if let newest = servers[server].channels.last, newest.asked < Self.channelLimit { return newest }
        guard let channel = AresChannel(server: servers[server].address, patience: patience) else { return nil }
        servers[server].channels.append(channel)
        return channel
    }

    private func wait() {
        let channels = servers.flatMap(\.channels)
        let sockets = channels.map { $0.sockets() }
        let wakeUp = LibC.Watched(descriptor: mailbox.wakeUp.descriptor, isForReading: true, isForWriting: false)
        let ready = LibC.poll([wakeUp] + sockets.joined(), milliseconds: inFlight.isEmpty ? nil : Self.tick)
        var readiness: [Int32: LibC.Watched] = [:]
        for socket in ready { readiness[socket.descriptor] = socket }
        for (channel, sockets) in zip(channels, sockets) where channel.outstanding > 0 || !sockets.isEmpty {
            channel.process(sockets.compactMap { readiness[$0.descriptor] })
        }
    }

    /// What arrived may lead to further questions, which may fail at once: until nothing is left.
    private func settleArrivals() {
        while true {
            let arrivals = servers.flatMap(\.channels).flatMap { $0.takeArrivals() }
            guard !arrivals.isEmpty else { break }
            for arrival in arrivals { settle(arrival) }
        }
        for index in servers.indices {
            servers[index].channels.removeAll { $0.asked >= Self.channelLimit && $0.outstanding == 0 }
        }
    }

    private func settle(_ arrival: Arrival) {
        guard var flight = inFlight[arrival.ticket] else { return }
        let now = ContinuousClock.now
        let server = flight.lookup.server
        let reply: Reply
        switch arrival.content {
        case .packet(let octets):
            order.heard(server, at: now)
            reply =
                LibResolv.packet(octets)?.reply(to: flight.name, flight.lookup.question.type) ?? .failure(.malformed)
        case .timeout:
            order.heardNothing(server, since: flight.sent, at: now)
            reply = .failure(.timeout)
        case .unavailable:
            order.heardNothing(server, since: flight.sent, at: now)
            reply = .failure(.unavailable)
        }
        /// Nobody waits for it any more: no further server needs to be asked.
        guard mailbox.isAwaited(arrival.ticket) else {
            inFlight[arrival.ticket] = nil
            return
        }
        let step = flight.lookup.next(after: reply, at: now)
        perform(step, flight, arrival.ticket, at: now)
    }
}
