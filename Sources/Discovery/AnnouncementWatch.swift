internal import AuthServ
internal import Authentication
package import Configuration
internal import DNS
internal import Foundation
internal import Logging
internal import ServerQuery

/// Checks whether the servers of `announced-by` announce the name that the filter writes, so that readers are not
/// misled. It only warns.
package struct AnnouncementWatch {
    private let servers: [ServerURL]
    private let inquiry: ServerInquiry
    private let authservID: String?
    private let logger: Logger

    package init(_ state: ServiceState) {
        servers = state.configuration.announcedBy
        authservID = state.configuration.policy.authservID
        logger = state.logger
        let hosts = FileManager.default.contents(atPath: HostsFile.path).map { String(decoding: $0, as: UTF8.self) }
        inquiry = ServerInquiry(resolver: state.resolver, hosts: HostsFile(hosts ?? ""), trustsLoopback: true)
    }

    /// Asks each server once. Does nothing if none is configured.
    package func look() async {
        guard !servers.isEmpty else { return }
        for report in await inquiry.ask(servers) { tell(report) }
    }

    private func tell(_ report: ServerReport) {
        let announcement: Announcement
        switch report.answer {
        case .failure(let failure):
            logger.warning("announced-by: \(report.url): \(failure)")
            return
        case .success(let answer): announcement = answer
        }
        guard announcement.conforms else {
            logger.warning("announced-by: \(report.url) announces nothing")
            return
        }
        guard let authservID else {
            logger.warning(
                "announced-by: set authserv-id; the MTA's name is not known before its first message"
            )
            return
        }
        let ids = announcement.ids.map(\.text).joined(separator: ", ")
        guard let own = Domain(internationalized: Array(authservID.utf8)), announcement.ids.contains(own) else {
            if announcement.ids.isEmpty, announcement.refused.isEmpty {
                logger.info("announced-by: \(report.url) conforms, and names no id")
            } else {
                let named = ids.isEmpty ? announcement.refused.joined(separator: ", ") : ids
                logger.warning("announced-by: \(report.url) announces \(named), the filter writes \(authservID)")
            }
            return
        }
        logger.info("announced-by: \(report.url) announces \(ids)")
    }
}
