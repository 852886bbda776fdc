import ARCSealing
import ArgumentParser
import Authentication
import Configuration
import DNS
import Discovery
import Files
import Foundation
import Logging
import Milter
import MilterFilter
import MilterService
import NIOCore
import NIOPosix
import Observability
import Octets
import ReportStore
import StubDNS
import UnixSignals

struct MilterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "milter",
        abstract: "Runs the filter that an MTA calls.",
        discussion: """
            SIGTERM ends it: no new connections, the messages in flight are finished. SIGHUP reads the configuration \
            anew; a message in flight keeps the one that it began with, and the socket and the number of connections \
            stay as they are. Logs to standard error, one line a message. Under systemd it says when it is ready (Type=notify), \
            takes the socket that is passed, and answers the watchdog.
            """
    )

    @OptionGroup var options: ConfigurationOptions<FilterScope>
    @OptionGroup var zoneOptions: ZoneOptions

    /// How long messages in flight have to come to their end after SIGTERM; systemd waits 90 seconds by default.
    private static let grace = TimeAmount.seconds(50)

    func run() async throws {
        let effective = try options.load()
        let configuration = effective.configuration
        let zone = try zoneOptions.load()
        let fewDescriptors: Int?
        do {
            fewDescriptors = try MilterServer.allowDescriptors(forConnections: configuration.connections)
        } catch {
            StandardError.write("authres: \(error)")
            throw Sysexit.unavailable
        }
        let log = LogWriter.shared
        // A reader of the log that has stopped is not waited for to end.
        defer { log.flush(within: .seconds(1)) }
        let states: CurrentServiceState
        do {
            states = CurrentServiceState(try ServiceState(configuration, zone: zone, countsForReports: true))
        } catch {
            StandardError.write("authres: no name server can be asked: \(error)")
            throw Sysexit.unavailable
        }
        // Trapped before anyone can know that we are there.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let manager = ServiceManager()
        let socket = try place(effective, manager)
        let server = try await start(states, at: socket)
        let logger = states.value.logger
        announce(effective, states.value, listeningAt: socket)
        report(effective, to: logger)
        if manager.sockets.count > (socket.hasPrefix("fd:") ? 1 : 0) {
            logger.warning(
                "systemd passed \(manager.sockets.count) socket(s), of which all but \(socket) are unused"
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
            logger.notice("\(file.name) sets nothing: every setting that no flag or variable gives has its default")
        }
        let keyCheck = Task { await Self.checkKey(of: states.value) }
        defer { keyCheck.cancel() }
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
            if !isWanted { logger.critical("the socket was closed; without it there is nothing to do") }
            await server.shutDown(within: Self.grace)
            group.cancelAll()
            return isWanted
        }
        states.value.recorder?.close()
        logger.notice("ended")
        if !isWanted { throw Sysexit.software }
    }

    /// Warns if verifiers will not find the key of our ARC Sets. The filter runs all the same: a record that is
    /// published late, or a name server that is down, is no reason to hold back mail.
    private static func checkKey(of state: ServiceState) async {
        guard let sealer = state.configuration.policy.arcSealing?.sealer else { return }
        let answer = await state.resolver.answer(to: sealer.keyQuestion)
        guard let problem = sealer.problem(with: answer) else { return }
        state.logger.warning("arc-seal: \(problem): \(sealer.keyQuestion.name); publish TXT \"\(sealer.keyRecord)\"")
    }

    /// Where to listen: at the socket that systemd has passed (sd_listen_fds(3)), unless another is configured.
    private func place(_ effective: EffectiveConfiguration, _ manager: ServiceManager) throws -> String {
        let configured = effective.configuration.socket
        guard let passed = manager.sockets.first else { return configured }
        if !effective.isGiven("socket") { return "fd:\(passed)" }
        if case .descriptor(let number) = Endpoint(configured), !manager.sockets.contains(number) {
            StandardError.write("authres: socket: \(configured) was not passed; systemd passed fd:\(passed)")
            throw Sysexit.unavailable
        }
        return configured
    }

    /// Tells the service manager that every event loop still does what it is given; ends when it is cancelled.
    private func reassure(_ manager: ServiceManager, every interval: Duration) async {
        while !Task.isCancelled {
            for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
                try? await loop.submit {}.get()
            }
            manager.isAlive()
            try? await Task.sleep(for: interval)
        }
    }

    /// The line of a start: what is running, and by which configuration.
    private func announce(_ effective: EffectiveConfiguration, _ state: ServiceState, listeningAt socket: String) {
        let id = effective.configuration.policy.authservID ?? "the MTA's own name"
        let file = options.fileInUse ?? "none"
        switch effective.configuration.logFormat {
        case .text:
            state.logger.notice(
                """
                listening at \(socket): authres \(Authres.version), configuration \(file), authserv-id \(id), \
                name servers \(state.nameServers.joined(separator: ", "))
                """
            )
        case .logfmt, .json:
            var details: Logger.Metadata = [:]
            details[.socket] = .string(socket)
            details[.version] = .string(Authres.version)
            details[.configuration] = .string(file)
            details[.authservID] = effective.configuration.policy.authservID.map { .string($0) }
            details[.nameServers] = .array(state.nameServers.map { .string($0) })
            state.logger.notice("listening", metadata: details)
        }
    }

    private func note(_ notice: ServerNotice, in state: ServiceState) {
        switch state.configuration.logFormat {
        case .text: state.logger.warning("\(notice)")
        case .logfmt, .json:
            var details: Logger.Metadata = [:]
            details[.queue] = notice.queueID.map { .string("\(LogWord($0))") }
            details[.client] = notice.client.map { .string("\(LogWord($0))") }
            state.logger.warning("\(notice.cause)", metadata: details)
        }
    }

    private func start(_ states: CurrentServiceState, at socket: String) async throws -> MilterServer {
        let configuration = states.value.configuration
        // The form of the setting has seen to it that the text is an endpoint.
        guard let endpoint = Endpoint(socket) else { throw Sysexit.configuration }
        var serverConfiguration = ServerConfiguration()
        serverConfiguration.connectionLimit = configuration.connections
        // Every stage may be told, though some are of no use here: test clients take a refused one for a fault. None is
        // answered before the end of the message, so it costs the MTA no round trip.
        serverConfiguration.requirements.unwanted = []
        do {
            return try await MilterServer.start(
                at: endpoint,
                access: SocketAccess(mode: UInt32(configuration.socketMode), group: configuration.socketGroup),
                configuration: serverConfiguration,
                on: MultiThreadedEventLoopGroup.singleton,
                notify: { note($0, in: states.value) },
                makeFilter: { MessageFilter(states, on: $0) }
            )
        } catch EndpointError.system(let call, let endpoint, let reason) {
            StandardError.write("authres: cannot listen at \(endpoint): \(call): \(reason)")
            throw Sysexit.unavailable
        } catch {
            StandardError.write("authres: cannot listen at \(socket): \(error)")
            throw Sysexit.unavailable
        }
    }

    /// What a postmaster should know about a configuration that is in force from now on.
    private func report(_ effective: EffectiveConfiguration, to logger: Logger) {
        for warning in effective.warnings { logger.warning("\(warning)") }
        if effective.configuration.isDryRun {
            logger.notice("dry-run: messages are judged and logged, and not changed")
        }
    }

    /// Nothing waits for it: mail goes on whatever it finds.
    private func watchAnnouncements(_ states: CurrentServiceState) {
        let watch = AnnouncementWatch(states.value)
        Task { await watch.look() }
    }

    /// Takes the new configuration if it has no mistake and can be meant; if not, that is reported and the old one stays.
    ///
    /// - Parameter socket: where it is listened.
    private func reload(
        _ states: CurrentServiceState,
        _ inForce: inout EffectiveConfiguration,
        listeningAt socket: String
    ) {
        let old = states.value
        if let file = options.fileReadOnce {
            // An empty pipe would be a configuration without a setting, and a FIFO would never end.
            old.logger.error("SIGHUP: the configuration stays as it was: \(file) is no file that can be read again")
            return
        }
        do {
            let new = try options.read()
            let change = ConfigurationChange(from: inForce, to: new)
            if let refusal = change.refusal {
                old.logger.error("SIGHUP: the configuration stays as it was: \(refusal)")
                return
            }
            let configuration = new.configuration
            let state = try ServiceState(configuration, after: old)
            states.replace(by: state)
            // Messages in flight keep the old state; what they add is written down when the recorder has its next turn.
            if state.recorder !== old.recorder { old.recorder?.retire() }
            Task { await Self.checkKey(of: state) }
            inForce = new
            let settings = change.settings
            old.logger.notice(
                "SIGHUP: configuration reloaded: \(settings.isEmpty ? "no setting has changed" : settings.joined(separator: "; "))"
            )
            if let (id, newID) = change.authservID {
                old.logger.warning(
                    """
                    SIGHUP: the authserv-id was \(id ?? "the MTA's name") and is \(newID ?? "the MTA's name") now: fields that \
                    claim the old one are kept, unless own-ids has it
                    """
                )
            }
            watchAnnouncements(states)
            report(new, to: old.logger)
            if configuration.socket != socket {
                old.logger.warning("SIGHUP: listening at \(socket) as before; another socket takes a restart")
            }
        } catch let error as ConfigurationError {
            for mistake in error.mistakes { old.logger.error("SIGHUP: \(mistake)") }
            old.logger.error("SIGHUP: the configuration stays as it was, for the mistakes just listed")
        } catch {
            old.logger.error("SIGHUP: the configuration stays as it was: \(error)")
        }
    }
}
