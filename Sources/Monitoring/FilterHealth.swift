internal import Configuration
internal import Foundation
internal import Observability

/// Whether a filter that listens is of use: whether the DNS answers it, and by which configuration it works.
struct FilterHealth: Sendable {
    private let dns: DNSState
    private let configuration: ConfigurationRecord.Reading
    private let age: Int
    private let uptime: Int

    private enum DNSState: String {
        case answers, silent
        case zoneFiles = "zone files"
    }

    /// Asks the name servers, unless they were heard a moment ago.
    init(_ state: ServiceState, _ record: ConfigurationRecord, since start: Date) async {
        if state.nameServerHealth.isEmpty {
            dns = .zoneFiles
        } else {
            dns = await state.nameServersAnswer() ? .answers : .silent
        }
        configuration = record.last
        let now = Date()
        age = Int(now.timeIntervalSince1970) - configuration.inForceSince
        uptime = Int(now.timeIntervalSince(start))
    }

    /// A configuration that was refused leaves the one before in force, and so does no harm to mail.
    var isUseful: Bool { dns != .silent }

    var json: String {
        """
        {"status":"\(isUseful ? "ok" : "unavailable")","dns":"\(dns.rawValue)",\
        "configuration":"\(configuration.wasTaken ? "current" : "refused")","configuration_age_seconds":\(age),\
        "uptime_seconds":\(uptime)}

        """
    }
}
