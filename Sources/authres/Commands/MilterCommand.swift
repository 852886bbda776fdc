import ArgumentParser
import CommandOptions
import Configuration
import DNS
import Daemon
import Files

struct MilterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "milter",
        abstract: "Runs the filter that an MTA calls.",
        discussion: """
            SIGTERM ends it: no new connections, the messages in flight are finished. SIGHUP reads the configuration \
            again; a message in flight keeps the one that it began with, and the socket and the number of connections \
            stay as they are. Logs to standard error, one line per message. Under systemd it reports when it is ready \
            (Type=notify), uses the socket that is passed to it, and serves the watchdog.
            """
    )

    @OptionGroup var options: ConfigurationOptions<FilterScope>
    @OptionGroup var zoneOptions: ZoneOptions

    func run() async throws {
        let effective = try options.load()
        let source = FilterDaemon.ConfigurationSource(
            file: options.fileInUse,
            fileReadOnce: { options.fileReadOnce },
            read: { () throws(ConfigurationError) in try options.read() }
        )
        do {
            try await FilterDaemon(version: Build.version, build: Build.labels, source: source).run(
                effective,
                zone: try zoneOptions.load()
            )
        } catch FilterDaemon.Failure.unavailable(let reason) {
            StandardError.write("authres: \(reason)")
            throw Sysexit.unavailable
        } catch FilterDaemon.Failure.listenerLost {
            throw Sysexit.software
        }
    }
}
