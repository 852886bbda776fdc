import ArgumentParser
import Configuration
import DNS
import Files
import Foundation
import Logging
import Milter
import MilterFilter
import NIOCore
import NIOPosix
import StubDNS
import UnixSignals

struct MilterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "milter",
        abstract: "Runs the filter that an MTA calls.",
        discussion: """
            SIGTERM ends it: no new connections, the messages in flight are finished. SIGHUP reads the configuration \
            anew; a message in flight keeps the one that it began with, and the socket and the number of connections \
            stay as they are. Logs to standard error, one line a message.
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var zoneOptions: ZoneOptions

    /// How long messages in flight have to come to their end after SIGTERM; systemd waits 90 seconds by default.
    private static let grace = TimeAmount.seconds(50)

    func run() async throws {
        let configuration = try options.load().configuration
        let zone = try zoneOptions.load()
        let fewDescriptors: Int?
        do {
            fewDescriptors = try MilterServer.allowDescriptors(forConnections: configuration.connections)
        } catch {
            StandardError.write("authres: \(error)")
            throw Sysexit.unavailable
        }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let states: CurrentServiceState
        do {
            states = CurrentServiceState(try ServiceState(configuration, zone: zone))
        } catch {
            StandardError.write("authres: no name server can be asked: \(error)")
            throw Sysexit.unavailable
        }
        // Trapped before anyone can know that we are there.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let server = try await start(states)
        let logger = states.value.logger
        logger.notice("listening at \(configuration.socket)")
        if let fewDescriptors {
            logger.warning(
                "limits.connections is \(configuration.connections), but only \(fewDescriptors) descriptors may be open (ulimit -n)"
            )
        }
        let isWanted = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await signal in signals {
                    guard signal == .sighup else {
                        logger.notice("\(signal): no new connections; the messages in flight are finished")
                        break
                    }
                    reload(states, listeningAt: configuration.socket)
                }
                return true
            }
            group.addTask {
                try? await server.listenerClosed.get()
                return false
            }
            let isWanted = await group.next() ?? true
            if !isWanted { logger.critical("the socket was closed; without it there is nothing to do") }
            await server.shutDown(within: Self.grace)
            group.cancelAll()
            return isWanted
        }
        logger.notice("ended")
        if !isWanted { throw Sysexit.software }
    }

    private func start(_ states: CurrentServiceState) async throws -> MilterServer {
        let configuration = states.value.configuration
        // The form of the setting has seen to it that the text is an endpoint.
        guard let endpoint = Endpoint(configuration.socket) else { throw Sysexit.configuration }
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
                notify: { states.value.logger.warning("\($0)") },
                makeFilter: { MessageFilter(states, on: $0) }
            )
        } catch {
            StandardError.write("authres: cannot listen at \(configuration.socket): \(error)")
            throw Sysexit.unavailable
        }
    }

    /// Takes the new configuration if it has no mistake; if it has, they are reported and the old one stays.
    ///
    /// - Parameter socket: where it is listened.
    private func reload(_ states: CurrentServiceState, listeningAt socket: String) {
        let old = states.value
        if let file = options.fileReadOnce {
            // An empty pipe would be a configuration without a setting, and a FIFO would never end.
            old.logger.error("SIGHUP: the configuration stays as it was: \(file) is no file that can be read again")
            return
        }
        do {
            let configuration = try options.load().configuration
            states.replace(by: try ServiceState(configuration, after: old))
            old.logger.notice("SIGHUP: configuration reloaded")
            if configuration.socket != socket {
                old.logger.warning("SIGHUP: listening at \(socket) as before; another socket takes a restart")
            }
        } catch is ExitCode {
            old.logger.error("SIGHUP: the configuration stays as it was, for the mistakes just listed")
        } catch {
            old.logger.error("SIGHUP: the configuration stays as it was: \(error)")
        }
    }
}
