internal import Foundation

/// The service manager that started this process, such as systemd, if it wants status messages (sd_notify(3),
/// sd_watchdog_enabled(3)) or has passed sockets (sd_listen_fds(3)). Without one, nothing is sent.
package struct ServiceManager: Sendable {
    private let socket: String?
    /// How often it is told that the filter is alive: twice in its watchdog time; nil for never.
    package let watchdogInterval: Duration?
    /// The descriptors of the sockets that it has opened for the filter.
    package let sockets: Range<Int32>

    /// The first descriptor that is passed (SD_LISTEN_FDS_START).
    private static let firstSocket: Int32 = 3

    /// - Parameters:
    ///   - environment: the variables of the process, which may be inherited from a process that they were meant for.
    ///   - processID: the ID of this process.
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        processID: Int32 = ProcessInfo.processInfo.processIdentifier
    ) {
        /// A variable that names the process it is meant for is ignored by any other.
        func isMeant(_ name: String, orAbsent isAbsentAllowed: Bool) -> Bool {
            environment[name].map { Int32($0) == processID } ?? isAbsentAllowed
        }
        let path = environment["NOTIFY_SOCKET"]
        socket = path.flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        let isWatched = socket != nil && microseconds > 0 && isMeant("WATCHDOG_PID", orAbsent: true)
        watchdogInterval = isWatched ? .microseconds(microseconds / 2) : nil
        let count = environment["LISTEN_FDS"].flatMap { Int32($0) } ?? 0
        let isPassed = (1...1024).contains(count) && isMeant("LISTEN_PID", orAbsent: false)
        sockets = Self.firstSocket..<Self.firstSocket + (isPassed ? count : 0)
    }

    /// The filter listens, or has read its configuration again.
    package func ready(_ status: String) { notify("READY=1\nSTATUS=\(status)") }

    /// The configuration is being read again; ``ready(_:)`` follows, whether it is accepted or not.
    package func reloading() { notify("RELOADING=1\nMONOTONIC_USEC=\(LibCService.monotonicMicroseconds)") }

    package func stopping() { notify("STOPPING=1\nSTATUS=finishing the messages in flight") }

    /// Everything that serves connections still runs.
    package func isAlive() { notify("WATCHDOG=1") }

    private func notify(_ state: String) {
        guard let socket else { return }
        // A manager that does not listen needs no message.
        _ = LibCService.send(Array(state.utf8), toSocketAt: socket)
    }
}
