package import Configuration
internal import DNS
internal import Foundation
package import Metrics
internal import NIOHTTP1
package import Observability

/// What a running filter tells those who watch it.
package struct FilterMonitor: Sendable {
    private let states: CurrentServiceState
    private let metrics: FilterMetrics
    /// Versions of the program and of its libraries.
    private let build: [MetricFamily.Label]
    private let start: Date

    package init(_ states: CurrentServiceState, _ metrics: FilterMetrics, build: [MetricFamily.Label]) {
        self.states = states
        self.metrics = metrics
        self.build = build
        start = Date()
    }

    package func page(at path: String) async -> MetricsPage? {
        switch path {
        case "/metrics":
            let state = states.value
            // The result is for the next scrape: this one does not wait for a silent name server.
            if state.nameServersAreUnheard { Task { _ = await state.nameServersAnswer() } }
            return MetricsPage(contentType: Exposition.contentType, body: exposition.text)
        case "/healthz":
            let health = await FilterHealth(states.value, metrics.configuration, since: start)
            return MetricsPage(
                health.isUseful ? .ok : .serviceUnavailable,
                contentType: "application/json",
                body: health.json
            )
        default: return nil
        }
    }

    package var exposition: Exposition {
        let state = states.value
        return Exposition(
            [
                MetricFamily("authres_build_info", .gauge, "Versions.", [MetricFamily.Sample(1, build)]),
                .gauge(
                    "authres_start_time_seconds",
                    "When the filter was started, in seconds since 1970.",
                    start.timeIntervalSince1970.rounded()
                ),
                .gauge(
                    "authres_connections_limit",
                    "Connections that are served at once (limits.connections).",
                    Double(state.configuration.connections)
                ),
            ] + metrics.families + dns(state) + [
                .counter(
                    "authres_log_lines_lost_total",
                    "Lines of the log that could not be written.",
                    Double(LogWriter.shared.lost)
                )
            ] + ProcessFigures.families
        )
    }

    private func dns(_ state: ServiceState) -> [MetricFamily] {
        var families: [MetricFamily] = []
        if let cache = state.cacheStatistics {
            families = [
                .counter(
                    "authres_dns_cache_hits_total",
                    "Questions that the cache answered.",
                    Double(cache.hits)
                ),
                .gauge("authres_dns_cache_entries", "Answers in the cache.", Double(cache.entries)),
                .gauge(
                    "authres_dns_questions_open",
                    "Questions that name servers have not answered yet.",
                    Double(cache.outstanding)
                ),
            ]
        }
        let servers = state.nameServerHealth.map { server in
            MetricFamily.Sample(server.answers ? 1 : 0, [MetricFamily.Label("server", server.name)])
        }
        if !servers.isEmpty {
            let help = "1 unless nothing was heard from the name server since a question that it left unanswered."
            families.append(MetricFamily("authres_dns_servers_up", .gauge, help, servers))
        }
        return families
    }
}
