package import DNS
internal import StubDNS

/// What is known of the name servers, without any where zone files answer.
extension ServiceState {
    /// Each name server, and whether it answers as far as is known.
    package var nameServerHealth: [(name: String, answers: Bool)] {
        stub?.health.map { (name: $0.server.description, answers: $0.answers) } ?? []
    }

    /// True if none was heard within the last seconds, so that nothing is known of this moment.
    package var nameServersAreUnheard: Bool {
        guard let stub else { return false }
        let limit = ContinuousClock.now - Self.recently
        return !stub.isOutage && !stub.health.contains { $0.answers && ($0.lastHeard ?? limit) > limit }
    }

    /// Whether any answers now: asked, unless it is known. May take as long as all of them are waited for.
    package func nameServersAnswer() async -> Bool {
        guard let stub, !stub.isOutage else { return stub == nil }
        guard nameServersAreUnheard else { return true }
        return await stub.answersAtAll()
    }

    package var cacheStatistics: CachingResolver.Statistics? { cache?.statistics }

    /// What was heard within this time is true now.
    private static let recently = Duration.seconds(10)
}
