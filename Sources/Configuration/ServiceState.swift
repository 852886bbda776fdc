package import Authentication
package import DNS
internal import Foundation
package import Logging
package import Observability
package import ReportStore
internal import StubDNS
internal import Synchronization

/// What is in force: the configuration, and the resolver. Replaced as a whole, never changed.
package final class ServiceState: Sendable {
    package let configuration: ServiceConfiguration
    package let resolver: any Resolver
    package let logger: Logger
    /// Records what is counted for aggregate reports; nil if nothing is.
    package let recorder: ReportRecorder?
    private let isOffline: Bool
    /// What the answers come from, where they come from name servers.
    let cache: CachingResolver?
    let stub: StubResolver?
    private let dnsMetrics: DNSMetrics?

    /// The name to report under where neither the configuration nor the MTA gives one.
    package let hostName = ProcessInfo.processInfo.hostName
    /// Those that were wanted last.
    private let terms = Mutex<(ownName: [UInt8]?, terms: ExaminationTerms)?>(nil)

    /// - Parameters:
    ///   - zone: answers in place of the network; nil for name servers.
    ///   - countsForReports: true for the filter.
    ///   - dnsMetrics: where questions to name servers are counted; nil if they are not.
    /// - Throws: ``StubResolver/StartError``.
    package init(
        _ configuration: ServiceConfiguration,
        zone: ZoneFile?,
        countsForReports: Bool = false,
        dnsMetrics: DNSMetrics? = nil
    ) throws {
        self.configuration = configuration
        logger = Self.logger(configuration)
        isOffline = zone != nil
        self.dnsMetrics = dnsMetrics
        if let zone {
            (resolver, cache, stub) = (CachingResolver(ZoneResolver(zone)), nil, nil)
        } else {
            let (cache, stub) = try Self.resolver(configuration, logger, dnsMetrics)
            (resolver, self.cache, self.stub) = (cache, cache, stub)
        }
        recorder = countsForReports ? Self.recorder(configuration, logger) : nil
    }

    /// The same site under another configuration. Known answers are kept unless other servers are to be asked.
    package init(_ configuration: ServiceConfiguration, after old: ServiceState) throws {
        self.configuration = configuration
        logger = Self.logger(configuration)
        let asksTheSame =
            configuration.nameServers == old.configuration.nameServers
            && configuration.nameServerTimeout == old.configuration.nameServerTimeout
        if old.isOffline || asksTheSame {
            isOffline = old.isOffline
            (resolver, cache, stub) = (old.resolver, old.cache, old.stub)
        } else {
            isOffline = false
            let (cache, stub) = try Self.resolver(configuration, logger, old.dnsMetrics)
            (resolver, self.cache, self.stub) = (cache, cache, stub)
        }
        dnsMetrics = old.dnsMetrics
        let countsTheSame =
            configuration.reports.database == old.configuration.reports.database
            && configuration.reports.storeLimits == old.configuration.reports.storeLimits
        recorder = countsTheSame ? old.recorder : Self.recorder(configuration, logger)
    }

    /// The name to report under, for an MTA of this name.
    package func authservID(forHost ownName: [UInt8]?) -> String {
        let name = ownName.flatMap { $0.isEmpty ? nil : String(validating: $0, as: UTF8.self) }
        return configuration.policy.authservID ?? name ?? hostName
    }

    /// What the filter's examinations have in common, for an MTA of this name; nil if no field can be written under the
    /// name to report under.
    package func filterTerms(forHost ownName: [UInt8]?) -> ExaminationTerms? {
        terms.withLock { terms in
            // Usually one MTA, or several of the same name.
            if let terms, terms.ownName == ownName { return terms.terms }
            var policy = configuration.policy
            // From stored mail any number is removed.
            policy.limits.removals = configuration.removals
            guard let new = ExaminationTerms(policy: policy, authservID: authservID(forHost: ownName)) else {
                return nil
            }
            terms = (ownName, new)
            return new
        }
    }

    private static func recorder(_ configuration: ServiceConfiguration, _ logger: Logger) -> ReportRecorder? {
        configuration.reports.database.map { path in
            ReportRecorder(
                path: path,
                limits: configuration.reports.storeLimits,
                clock: { Int64(Date().timeIntervalSince1970) },
                notify: { logger.warning("\($0)") }
            )
        }
    }

    /// The servers that are asked, for the log.
    package var nameServers: [String] {
        if isOffline { return ["zone files"] }
        return configuration.nameServers.isEmpty ? ["those of /etc/resolv.conf"] : configuration.nameServers
    }

    private static func logger(_ configuration: ServiceConfiguration) -> Logger {
        var logger = Logger(label: "authres", factory: { _ in LineLogHandler(configuration.logFormat) })
        logger.logLevel = configuration.logLevel
        return logger
    }

    private static func resolver(
        _ configuration: ServiceConfiguration,
        _ logger: Logger,
        _ metrics: DNSMetrics?
    ) throws -> (CachingResolver, StubResolver) {
        let stub = try StubResolver(
            servers: configuration.nameServers,
            timeout: configuration.nameServerTimeout,
            notify: { notice in
                var details: Logger.Metadata = [:]
                details[.nameServers] = .array(notice.servers.map { .string("\($0)") })
                switch notice {
                case .noneAnswers: logger.warning("\(notice)", metadata: details)
                case .answersAgain: logger.notice("\(notice)", metadata: details)
                }
            }
        )
        return (CachingResolver(metrics.map { MeasuredResolver(stub, $0) } ?? stub), stub)
    }
}

/// The state in force now. A message in progress keeps the one that it started with.
package final class CurrentServiceState: Sendable {
    /// What clients make us ask, under whatever configuration.
    package let clientQuestions = ClientQuestions()
    private let state: Mutex<ServiceState>

    package init(_ state: ServiceState) {
        self.state = Mutex(state)
    }

    package var value: ServiceState { state.withLock { $0 } }

    package func replace(by state: ServiceState) {
        self.state.withLock { $0 = state }
    }
}
