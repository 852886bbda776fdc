internal import AggregateReports
internal import ArgumentParser
package import CommandOptions
internal import Configuration
internal import DNS
internal import Files
internal import Foundation
package import ReportStore
internal import StoredMail

/// One run of `authres reports make` or `send`: the database, the resolver, the MTA, and what is printed.
package struct ReportJob {
    package let path: String
    private let settings: ServiceConfiguration.Reports
    private let database: ReportDatabase
    private let reporter: AggregateReport.Reporter
    private let from: String
    private let resolver: any Resolver

    package init(_ options: ConfigurationOptions<ReportScope>, _ zones: ZoneOptions) throws {
        path = try Self.path(options)
        let configuration = try options.load().configuration
        settings = configuration.reports
        guard let email = settings.email else {
            StandardError.write("authres: reports.email: not set: the address that reports are sent from is needed")
            throw Sysexit.configuration
        }
        from = email
        let submitter = settings.submitter ?? String(email.split(separator: "@").last ?? "")
        reporter = AggregateReport.Reporter(
            organization: settings.organization ?? submitter,
            email: email,
            extraContact: settings.extraContact,
            submitter: submitter
        )
        resolver = try ServiceState(configuration, zone: try zones.load()).resolver
        database = try Self.database(path, options)
    }

    /// Where the database is.
    package static func path(_ options: ConfigurationOptions<ReportScope>) throws -> String {
        guard let path = try options.load().configuration.reports.database else {
            StandardError.write("authres: reports.database: not set: the file in which the filter counts is needed")
            throw Sysexit.configuration
        }
        return path
    }

    /// The database, which must exist: a wrong name must not create an empty one.
    package static func database(_ path: String, _ options: ConfigurationOptions<ReportScope>) throws -> ReportDatabase
    {
        guard FileManager.default.fileExists(atPath: path) else {
            StandardError.write("authres: \(path): does not exist: nothing has been counted yet")
            throw Sysexit.noInput
        }
        let limits = try options.load().configuration.reports.storeLimits
        do {
            return try ReportDatabase(path: path, limits: limits)
        } catch {
            StandardError.write("authres: \(path): \(error)")
            throw Sysexit.unavailable
        }
    }

    package func make(until end: Int64, isForced: Bool, at now: Int64) throws {
        let made = try database.makeReports(
            by: reporter,
            until: end,
            isForced: isForced,
            at: now,
            limit: settings.reportsOfRun
        )
        for made in made { try StandardOutput.write("made \(Self.line(made.report))\n") }
    }

    package func send(at now: Int64) async throws {
        var isComplete = true
        for delivery in try await run.run(at: now) {
            let detail = delivery.detail.map { " (\(Self.plain($0)))" } ?? ""
            try StandardOutput.write(
                "\(delivery.state.rawValue) \(Self.line(delivery.report)) to \(Self.plain(delivery.address))\(detail)\n"
            )
            switch delivery.state {
            case .due, .unresolved: isComplete = false
            case .sending, .sent, .failed, .ignored: break
            }
        }
        if let waiting = try database.waitingDeliveries(at: now) {
            let time = Date(timeIntervalSince1970: TimeInterval(waiting.due)).ISO8601Format()
            StandardError.write("authres: to be sent again, but not before \(time): \(waiting.count)")
            isComplete = false
        }
        if !isComplete { throw Sysexit.temporary }
    }

    /// Writes the mails that would be sent.
    package func preview(into folder: String, until end: Int64, isForced: Bool, at now: Int64) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let previewed = try database.previewReports(
            by: reporter,
            until: end,
            isForced: isForced,
            at: now,
            limit: settings.reportsOfRun
        )
        let run = run
        for made in try database.unsentReports() + previewed {
            let (addresses, ignored) = try await run.preview(made)
            for destination in addresses {
                guard let message = ReportMessage(made.report, from: from, to: destination, at: made.made) else {
                    continue
                }
                let name = "\(folder)/\(made.report.fileName)!\(destination.address).eml"
                try Data(message.octets).write(to: URL(fileURLWithPath: name))
                try StandardOutput.write("written \(Self.line(made.report)) to \(destination.address)\n")
            }
            for delivery in ignored {
                try StandardOutput.write(
                    "\(delivery.state.rawValue) \(Self.line(made.report)) to \(Self.plain(delivery.address))"
                        + " (\(Self.plain(delivery.detail ?? "")))\n"
                )
            }
        }
    }

    private var run: SendRun {
        let mta = ReportTransport(settings.sendBy, name: reporter.submitter)
        return SendRun(database, resolver, from: from, limits: settings.sendLimits) { [from] message, address in
            await mta.send(message.octets, from: from, to: address)
        }
    }

    /// `sender.example 1699920000-1700006399 ID 12 messages`
    private static func line(_ report: AggregateReport) -> String {
        "\(report.policy.domain) \(report.period.begin)-\(report.period.lastSecond) \(report.id)"
            + " \(report.messages + report.dropped) messages"
    }

    /// A sender's text, without what a terminal would obey.
    private static func plain(_ text: String) -> String {
        Explanation.plain(text)
    }
}
