internal import Synchronization

/// What is known of one name server.
package struct NameServerHealth: Hashable, Sendable {
    package let server: NameServer
    /// False if a question timed out there, or nobody listens, and nothing has come from it since.
    package let answers: Bool
    /// When anything came from it; nil if nothing has yet.
    package let lastHeard: ContinuousClock.Instant?
}

/// Where the resolver's thread writes down what it knows of the servers, for others to read.
final class HealthBoard: Sendable {
    struct State {
        var servers: [NameServerHealth]
        var isOutage = false
    }

    private let state: Mutex<State>

    init(_ servers: [NameServer]) {
        state = Mutex(State(servers: servers.map { NameServerHealth(server: $0, answers: true, lastHeard: nil) }))
    }

    var current: State { state.withLock { $0 } }

    func put(_ new: State) {
        state.withLock { $0 = new }
    }
}
