/// Decides which server is asked first. Time is an argument.
///
/// A server is silent if a question timed out there and nothing at all has come from it since that question was sent;
/// it is then asked after the others. Names that never answer do not make it silent: others are answered in the
/// meantime. A single server is always asked.
struct ServerOrder {
    /// How often one question goes to a silent server first, to see whether it is back.
    static let probeInterval = Duration.seconds(30)

    /// How long questions wait for servers where no process listens any more. A resolver that is being restarted is
    /// back by then; after that, a refused question is not repeated, so that no message waits for it, and the first
    /// question after the return is answered.
    static let bridged = Duration.seconds(2)
    /// A refusal that comes this long after the last one belongs to another outage.
    private static let outageGap = Duration.seconds(60)

    private struct Health {
        var lastHeard: ContinuousClock.Instant?
        var silentSince: ContinuousClock.Instant?
        /// The first and the last refusal since the server last replied.
        var refusals: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)?
    }

    private var servers: [Health]

    init(count: Int) {
        servers = Array(repeating: Health(), count: count)
    }

    mutating func order(at now: ContinuousClock.Instant) -> [Int] {
        for index in servers.indices {
            guard let since = servers[index].silentSince, now - since >= Self.probeInterval else { continue }
            servers[index].silentSince = now
            return [index] + servers.indices.filter { $0 != index }
        }
        return servers.indices.filter { servers[$0].silentSince == nil }
            + servers.indices.filter { servers[$0].silentSince != nil }
    }

    mutating func heard(_ server: Int, at now: ContinuousClock.Instant) {
        servers[server].lastHeard = now
        servers[server].silentSince = nil
        servers[server].refusals = nil
    }

    mutating func heardNothing(_ server: Int, since sent: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        if let heard = servers[server].lastHeard, heard >= sent { return }
        if servers[server].silentSince == nil { servers[server].silentSince = now }
    }

    /// No process listens there.
    mutating func refused(_ server: Int, since sent: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        heardNothing(server, since: sent, at: now)
        if let heard = servers[server].lastHeard, heard >= sent { return }
        if let refusals = servers[server].refusals, now - refusals.last < Self.outageGap {
            servers[server].refusals?.last = now
        } else {
            servers[server].refusals = (now, now)
        }
    }

    /// True if nothing was heard of the server since a question that it left unanswered.
    func isSilent(_ server: Int) -> Bool { servers[server].silentSince != nil }

    var areAllSilent: Bool { servers.allSatisfy { $0.silentSince != nil } }

    func lastHeard(_ server: Int) -> ContinuousClock.Instant? { servers[server].lastHeard }

    /// The time until which questions wait for servers that are closed; nil if none is.
    var bridgeEnd: ContinuousClock.Instant? {
        servers.compactMap { $0.refusals?.first }.max()?.advanced(by: Self.bridged)
    }
}
