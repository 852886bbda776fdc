internal import ARCSealing
internal import Authentication
package import Configuration
package import DNS
internal import Discovery
internal import Files
internal import Logging
package import Metrics
internal import Milter
internal import MilterFilter
internal import MilterService
internal import Monitoring
internal import NIOCore
internal import NIOPosix
internal import Observability
internal import Octets
internal import ReportStore
internal import UnixSignals

/// The filter as a process: it listens, handles signals, reads its configuration again, and ends after its messages.
package struct FilterDaemon: Sendable {
    /// The source of the configuration, which is read again at SIGHUP.
    package struct ConfigurationSource: Sendable {
        /// The file in use; nil if there is none.
        package let file: String?
        /// The file, if it cannot be read a second time, such as a pipe.
        package let fileReadOnce: @Sendable () -> String?
        package let read: @Sendable () throws(ConfigurationError) -> EffectiveConfiguration

        package init(
            file: String?,
            fileReadOnce: @escaping @Sendable () -> String?,
            read: @escaping @Sendable () throws(ConfigurationError) -> EffectiveConfiguration
        ) {
            self.file = file
            self.fileReadOnce = fileReadOnce
            self.read = read
        }
    }

    package enum Failure: Error, CustomStringConvertible {
        /// It cannot start: socket, descriptors or name servers.
        case unavailable(String)
        /// The socket was closed while it was needed.
        case listenerLost

        package var description: String {
            switch self {
            case .unavailable(let reason): reason
            case .listenerLost: "the socket was closed"
            }
        }
    }

    private let version: String
    /// Versions of the program and of its libraries, for those who watch it.
    private let build: [MetricFamily.Label]
    let metrics = FilterMetrics()
    let source: ConfigurationSource

    /// Time for messages in flight to finish after SIGTERM; systemd waits 90 seconds by default.
    private static let grace = TimeAmount.seconds(50)

    /// - Parameters:
    ///   - version: the program's version, for the log line at the start.
    ///   - build: that and more versions, as labels.
    package init(version: String, build: [MetricFamily.Label], source: ConfigurationSource) {
        self.version = version
        self.build = build
        self.source = source
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Parameters:
    ///   - effective: the configuration to begin with.
    ///   - zone: answers in place of name servers, if given.
    package func run(_ effective: EffectiveConfiguration, zone: ZoneFile?) async throws(Failure) {
        let configuration = effective.configuration
        let fewDescriptors: Int?
        do {
            fewDescriptors = try MilterServer.allowDescriptors(forConnections: configuration.connections)
        } catch {
            throw .unavailable("\(error)")
        }
        let log = LogWriter.shared
        // Does not wait long for a reader of the log that has stopped.
        defer { log.flush(within: .seconds(1)) }
        let states: CurrentServiceState
        do {
            states = CurrentServiceState(
                try ServiceState(
                    configuration,
                    zone: zone,
                    countsForReports: true,
                    dnsMetrics: metrics.dns
                )
            )
        } catch {
            throw .unavailable("no usable name server: \(error)")
        }
        // Trapped before any other process can know that the filter runs.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let manager = ServiceManager()
        let socket = try place(effective, manager)
        // First: metrics are available as soon as the filter's socket is there.
        let metricsListener = try await serveMetrics(states)
        let server = try await start(states, at: socket)
        let logger = states.value.logger
        announce(effective, states.value, listeningAt: socket)
        report(effective, to: logger)
        if manager.sockets.count > (socket.hasPrefix("fd:") ? 1 : 0) {
            logger.warning(
                "systemd passed \(manager.sockets.count) socket(s), but the filter listens only at \(socket)"
            )
        }
        manager.ready("listening at \(socket)")
        watchAnnouncements(states)
        if let fewDescriptors {
            logger.warning(
                "limits.connections is \(configuration.connections), but only \(fewDescriptors) descriptors may be open (ulimit -n)"
            )
        }
        if let file = effective.file, file.setsNothing {
            logger.notice("\(file.name) sets nothing: every setting without a flag or variable has its default")
        }
        let keyCheck = Task { await Self.checkKey(of: states.value) }
        defer { keyCheck.cancel() }
        LibCProgram.releaseCode()
        let isWanted = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                var inForce = effective
                for await signal in signals {
                    guard signal == .sighup else {
                        manager.stopping()
                        logger.notice("\(signal): no new connections; the messages in flight are finished")
                        break
                    }
                    manager.reloading()
                    reload(states, &inForce, listeningAt: configuration.socket)
                    manager.ready("listening at \(socket)")
                }
                return true
            }
            group.addTask {
                try? await server.listenerClosed.get()
                return false
            }
            if let interval = manager.watchdogInterval {
                group.addTask {
                    await reassure(manager, every: interval)
                    return true
                }
            }
            let isWanted = await group.next() ?? true
            if !isWanted { logger.critical("the socket was closed; the filter ends") }
            await server.shutDown(within: Self.grace)
            await metricsListener?.close()
            group.cancelAll()
            return isWanted
        }
        states.value.recorder?.close()
        logger.notice("ended")
        if !isWanted { throw .listenerLost }
    }

    /// Where to listen: on the socket that systemd has passed (sd_listen_fds(3)), unless another is configured.
    private func place(_ effective: EffectiveConfiguration, _ manager: ServiceManager) throws(Failure) -> String {
        let configured = effective.configuration.socket
        guard let passed = manager.sockets.first else { return configured }
        if !effective.isGiven("socket") { return "fd:\(passed)" }
        if case .descriptor(let number) = Endpoint(configured), !manager.sockets.contains(number) {
            throw Failure.unavailable("socket: \(configured) was not passed; systemd passed fd:\(passed)")
        }
        return configured
    }

    /// Tells the service manager that every event loop still does its work; ends when the task is cancelled.
    private func reassure(_ manager: ServiceManager, every interval: Duration) async {
        while !Task.isCancelled {
            for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
                try? await loop.submit {}.get()
            }
            manager.isAlive()
            try? await Task.sleep(for: interval)
        }
    }

    /// The log line at the start: what is running, and with which configuration.
    private func announce(_ effective: EffectiveConfiguration, _ state: ServiceState, listeningAt socket: String) {
        let id = effective.configuration.policy.authservID ?? "the MTA's own name"
        let file = source.file ?? "none"
        switch effective.configuration.logFormat {
        case .text:
            state.logger.notice(
                """
                listening at \(socket): authres \(version), configuration \(file), authserv-id \(id), \
                name servers \(state.nameServers.joined(separator: ", "))
                """
            )
        case .logfmt, .json:
            var details: Logger.Metadata = [:]
            details[.socket] = .string(socket)
            details[.version] = .string(version)
            details[.configuration] = .string(file)
            details[.authservID] = effective.configuration.policy.authservID.map { .string($0) }
            details[.nameServers] = .array(state.nameServers.map { .string($0) })
            state.logger.notice("listening", metadata: details)
        }
    }

    private func note(_ notice: ServerNotice, in state: ServiceState) {
        metrics.count(notice.cause)
        switch state.configuration.logFormat {
        case .text: state.logger.warning("\(notice)")
        case .logfmt, .json:
            var details: Logger.Metadata = [:]
            details[.queue] = notice.queueID.map { .string("\(LogWord($0))") }
            details[.client] = notice.client.map { .string("\(LogWord($0))") }
            state.logger.warning("\(notice.cause)", metadata: details)
        }
    }

    /// Serves metrics and health where the configuration says; nil if it does not.
    private func serveMetrics(_ states: CurrentServiceState) async throws(Failure) -> MetricsListener? {
        let configuration = states.value.configuration
        guard let place = configuration.metrics, let endpoint = Endpoint(place) else { return nil }
        let monitor = FilterMonitor(states, metrics, build: build)
        do {
            return try await MetricsListener.start(
                at: endpoint,
                access: SocketAccess(mode: UInt32(configuration.socketMode), group: nil),
                on: MultiThreadedEventLoopGroup.singleton,
                page: { await monitor.page(at: $0) }
            )
        } catch {
            throw Self.cannotListen(at: place, error)
        }
    }

    private static func cannotListen(at place: String, _ error: any Error) -> Failure {
        if case EndpointError.system(let call, let endpoint, let reason) = error {
            return .unavailable("cannot listen at \(endpoint): \(call): \(reason)")
        }
        return .unavailable("cannot listen at \(place): \(error)")
    }

    private func start(_ states: CurrentServiceState, at socket: String) async throws(Failure) -> MilterServer {
        let configuration = states.value.configuration
        // The setting's form guarantees that the text is an endpoint.
        guard let endpoint = Endpoint(socket) else { throw .unavailable("cannot listen at \(socket): not an endpoint") }
        var serverConfiguration = ServerConfiguration()
        serverConfiguration.connectionLimit = configuration.connections
        // Every stage is accepted, though some are of no use here: test clients take a refused one for a fault. None
        // is answered before the end of the message, so it costs the MTA no round trip.
        serverConfiguration.requirements.unwanted = []
        do {
            return try await MilterServer.start(
                at: endpoint,
                access: SocketAccess(mode: UInt32(configuration.socketMode), group: configuration.socketGroup),
                configuration: serverConfiguration,
                on: MultiThreadedEventLoopGroup.singleton,
                notify: { note($0, in: states.value) },
                makeFilter: { MessageFilter(states, metrics: metrics, on: $0) }
            )
        } catch {
            throw Self.cannotListen(at: socket, error)
        }
    }
}
