package import ArgumentParser
internal import AuthServ
package import Configuration
internal import DNS
internal import Files
internal import ServerQuery

/// Servers whose announced ids a reader takes for the site's own. They never change which fields are removed.
package struct TrustedServers: ParsableArguments {
    package init() {}

    @Option(
        name: .customLong("trust-server"),
        parsing: .singleValue,
        help: "A server whose announced ids count as our own when reading (see authres discover); repeatable."
    ) package var servers: [String] = []
    @OptionGroup(title: "How servers are asked") package var inquiry: InquiryOptions

    /// The ids that the servers announce. A server that cannot be asked ends the run: with ids missing, every message
    /// would get a wrong answer.
    package func ids(_ state: () throws -> ServiceState, isOffline: Bool) async throws -> [String] {
        guard !servers.isEmpty else { return [] }
        let urls = try inquiry.urls(servers)
        let reports = try await inquiry.inquiry(state().resolver, isOffline: isOffline).ask(urls)
        var ids: [String] = []
        var isMissing = false
        for (name, report) in zip(servers, reports) {
            switch report.answer {
            case .success(let announcement):
                if announcement.ids.isEmpty { StandardError.write("authres: \(name): announces no id to trust") }
                ids += announcement.ids.map(\.text).filter { !ids.contains($0) }
            case .failure(let failure):
                StandardError.write("authres: \(name): \(failure)")
                isMissing = true
            }
        }
        if isMissing { throw Sysexit.unavailable }
        return ids
    }
}
