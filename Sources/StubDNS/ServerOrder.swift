/// Which server is asked first. Time is an argument.
///
/// A server is silent if a question timed out there and nothing at all has come from it since that question was sent;
/// it is then asked after the others. Names that never answer do not make it so: others are answered meanwhile. A
/// server alone is asked whatever it did.
struct ServerOrder {
    /// How often one question goes to a silent server first, to see if it is back.
    static let probeInterval = Duration.seconds(30)

    private struct Health {
        var lastHeard: ContinuousClock.Instant?
        var silentSince: ContinuousClock.Instant?
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
    }

    mutating func heardNothing(_ server: Int, since sent: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        if let heard = servers[server].lastHeard, heard >= sent { return }
        if servers[server].silentSince == nil { servers[server].silentSince = now }
    }
}
