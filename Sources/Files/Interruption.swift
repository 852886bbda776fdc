internal import Glibc
internal import Synchronization
internal import UnixSignals

/// Whether the user or the system has asked the run to end.
package final class Interruption: Sendable {
    private let flag = Atomic<Bool>(false)

    package var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// From here on, SIGINT and SIGTERM ask for an orderly end; the second one ends the process at once
    /// with this code.
    package static func trap(exitCode: Int32) async -> Interruption {
        let interruption = Interruption()
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        Task.detached {
            for await _ in signals {
                if interruption.flag.exchange(true, ordering: .relaxed) { _exit(exitCode) }
            }
        }
        return interruption
    }
}
