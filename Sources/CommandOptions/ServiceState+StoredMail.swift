internal import ArgumentParser
internal import Authentication
package import Configuration
package import DNS
internal import Files
internal import Foundation
package import StoredMail
internal import StubDNS

extension ServiceState {
    /// The state for commands that examine stored mail. Mistakes are reported, and end in an exit code.
    package static func forStoredMail(
        _ options: ConfigurationOptions<some SettingScope>,
        _ zoneOptions: ZoneOptions,
        countsForReports: Bool = false
    ) throws -> ServiceState {
        var configuration = try options.load().configuration
        configuration.policy.recordsAlignedMethods = countsForReports
        let zone = try zoneOptions.load()
        do {
            return try ServiceState(configuration, zone: zone)
        } catch {
            StandardError.write("authres: no usable name server: \(error)")
            throw Sysexit.unavailable
        }
    }
}

extension MessageExaminer {
    /// The examiner, or exit code 78 if no field can be written under the authserv-id.
    package static func make(
        _ state: ServiceState,
        resolver: any Resolver,
        given: EnvelopeOptions,
        usesFromLine: Bool = false,
        now: Int64 = Int64(Date().timeIntervalSince1970),
        slots: WorkSlots? = nil
    ) throws -> MessageExaminer {
        guard
            let examiner = MessageExaminer(
                state,
                resolver: resolver,
                given: given.given,
                usesFromLine: usesFromLine,
                now: now,
                slots: slots
            )
        else {
            StandardError.write("authres: the name of this host cannot be an authserv-id: set authserv-id")
            throw Sysexit.configuration
        }
        return examiner
    }
}
