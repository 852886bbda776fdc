import Authentication
import DNS
import Foundation
import Logging
import StubDNS
import Synchronization

/// What is in force: the configuration, and who answers questions. Replaced as a whole, never changed.
final class Site: Sendable {
    let configuration: Configuration
    let resolver: any Resolver
    let logger: Logger
    private let isOffline: Bool

    /// The name to report under where neither the configuration nor the MTA gives one.
    let hostName = ProcessInfo.processInfo.hostName

    /// - Parameter zone: answers for a world without a network; nil for name servers.
    /// - Throws: ``StubResolver/StartError``.
    init(_ configuration: Configuration, zone: ZoneFile?) throws {
        self.configuration = configuration
        logger = Self.logger(configuration)
        isOffline = zone != nil
        resolver = try zone.map { ZoneResolver($0) } ?? Self.resolver(configuration)
    }

    /// The same site under another configuration. Answers that are known stay known unless other servers are to be
    /// asked.
    init(_ configuration: Configuration, after old: Site) throws {
        self.configuration = configuration
        logger = Self.logger(configuration)
        let asksTheSame =
            configuration.nameServers == old.configuration.nameServers
            && configuration.nameServerTimeout == old.configuration.nameServerTimeout
        if old.isOffline || asksTheSame {
            isOffline = old.isOffline
            resolver = old.resolver
        } else {
            isOffline = false
            resolver = try Self.resolver(configuration)
        }
    }

    private static func logger(_ configuration: Configuration) -> Logger {
        var logger = Logger(label: "authres")
        logger.logLevel = configuration.logLevel
        return logger
    }

    private static func resolver(_ configuration: Configuration) throws -> any Resolver {
        CachingResolver(
            try StubResolver(servers: configuration.nameServers, timeout: configuration.nameServerTimeout)
        )
    }
}

/// The site in force now. Whoever has begun a message keeps the one he began with.
final class CurrentSite: Sendable {
    private let site: Mutex<Site>

    init(_ site: Site) {
        self.site = Mutex(site)
    }

    var value: Site { site.withLock { $0 } }

    func replace(by site: Site) {
        self.site.withLock { $0 = site }
    }
}
