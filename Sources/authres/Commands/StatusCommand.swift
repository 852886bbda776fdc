import ArgumentParser
import CommandOptions
import Configuration
import Files
import Foundation
import Metrics
import Milter
import Monitoring

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows what a running filter has counted, and whether the DNS answers it.",
        discussion: """
            Asks the filter where the setting metrics says, which must be that of the running filter. Exits 69 if it does \
            not answer.
            """
    )

    @Flag(
        help:
            "Print nothing but a cause: exit 0 if the filter is of use, 69 if it is not reached or no name server answers it."
    ) var check = false
    @Flag(help: "Print the figures as Prometheus reads them.") var raw = false
    @OptionGroup var options: ConfigurationOptions<WatchScope>

    func run() async throws {
        let configuration = try options.load().configuration
        guard let place = configuration.metrics, let endpoint = Endpoint(place) else {
            StandardError.write("authres: metrics is not set, so that the filter tells nothing: see authres.yaml(5)")
            throw Sysexit.configuration
        }
        do {
            let answer = try await MetricsClient(endpoint).page(at: check ? "/healthz" : "/metrics")
            guard answer.status == 200 else {
                StandardError.write("authres: \(place): \(answer.body.isEmpty ? "HTTP \(answer.status)" : answer.body)")
                throw Sysexit.unavailable
            }
            if check { return }
            if raw { return try StandardOutput.write(answer.body) }
            var parser = ExpositionParser(answer.body)
            let figures = try parser.exposition()
            try StandardOutput.write(StatusTable(figures, now: Date().timeIntervalSince1970).text)
        } catch let error where !(error is ExitCode) {
            StandardError.write("authres: \(place): \(error)")
            throw Sysexit.unavailable
        }
    }
}
