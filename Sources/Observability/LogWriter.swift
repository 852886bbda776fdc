internal import Foundation
internal import Synchronization

/// Writes the log on its own thread, so that a reader that stops reading holds up neither mail nor signals. Unread
/// lines wait, up to a limit; lines beyond it are dropped, and their number is logged as soon as the log is read
/// again.
///
/// After it has written it pauses for a moment, so that many lines cost one call and no more than a hundred wake-ups of
/// its thread a second; a line after a pause is written at once.
package final class LogWriter: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        /// Lines dropped since their number was last logged.
        var untold = 0
        var lost = 0
        var isWriting = false
        /// Callers waiting until everything is written.
        var flushers: [DispatchSemaphore] = []
    }

    /// The writer of the process.
    package static let shared = LogWriter()

    private let bound: Int
    private let output: @Sendable ([UInt8]) throws -> Void
    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let hurry = DispatchSemaphore(value: 0)
    private static let pause = DispatchTimeInterval.milliseconds(10)

    /// - Parameters:
    ///   - bound: how many octets may wait.
    ///   - output: writes octets, and may block.
    package init(bound: Int = 1 << 20, output: @escaping @Sendable ([UInt8]) throws -> Void = LogWriter.standardError) {
        self.bound = bound
        self.output = output
        let thread = Thread { self.run() }
        thread.name = "log"
        thread.start()
    }

    package static let standardError: @Sendable ([UInt8]) throws -> Void = { octets in
        try FileHandle.standardError.write(contentsOf: Data(octets))
    }

    /// Lines that will never be read.
    package var lost: Int { state.withLock(\.lost) }

    /// Takes a line, which ends with a line break. Never waits.
    package func write(_ line: String) {
        let isFirst = state.withLock { state in
            guard state.waiting.count + line.utf8.count <= bound else {
                state.untold += 1
                state.lost += 1
                return false
            }
            defer { state.waiting += line.utf8 }
            return state.waiting.isEmpty
        }
        // What comes after the first is taken with it.
        if isFirst { news.signal() }
    }

    /// Waits until everything is written, or for this time.
    package func flush(within time: Duration) {
        let flusher = DispatchSemaphore(value: 0)
        let mustWait = state.withLock { state in
            guard state.isWriting || !state.waiting.isEmpty else { return false }
            state.flushers.append(flusher)
            return true
        }
        guard mustWait else { return }
        hurry.signal()
        _ = flusher.wait(timeout: .now() + .milliseconds(Int(time / .milliseconds(1))))
    }

    private func run() {
        while true {
            news.wait()
            let taken = state.withLock { state in
                defer {
                    state.waiting = []
                    state.untold = 0
                    state.isWriting = true
                }
                return (octets: state.waiting, untold: state.untold)
            }
            var octets = taken.octets
            let untold = taken.untold
            // The dropped lines came when no more could wait, so their place is after those that waited.
            if untold > 0 { octets += "authres: \(untold) lines of the log are left out here: it was not read\n".utf8 }
            do {
                if !octets.isEmpty { try output(octets) }
            } catch {
                // A full disk, or a reader that has gone: the lines are lost, and this cannot be reported now.
                let count = octets.count { $0 == UInt8(ascii: "\n") }
                state.withLock { state in
                    state.untold += untold > 0 ? untold + count - 1 : count
                    state.lost += untold > 0 ? count - 1 : count
                }
            }
            let flushers = state.withLock { state in
                state.isWriting = false
                guard state.waiting.isEmpty else { return [DispatchSemaphore]() }
                defer { state.flushers = [] }
                return state.flushers
            }
            for flusher in flushers { flusher.signal() }
            _ = hurry.wait(timeout: .now() + Self.pause)
        }
    }
}
