internal import NIOCore
internal import Synchronization

/// Reports an event that may happen often: the first time at once, later ones together, in one notice per interval. A
/// log with a line for each of a thousand refused connections a second hides everything else.
final class RepeatedNotice<Detail: Sendable>: Sendable {
    private let interval: TimeAmount
    /// Called with the number of events since the last report, and the last of them.
    private let tell: @Sendable (Int, Detail) -> Void
    private let state = Mutex<(isQuiet: Bool, untold: (count: Int, last: Detail)?)>((false, nil))

    init(every interval: TimeAmount, tell: @escaping @Sendable (Int, Detail) -> Void) {
        self.interval = interval
        self.tell = tell
    }

    /// Records one event.
    /// - Parameter eventLoop: keeps the time.
    func note(_ detail: Detail, on eventLoop: any EventLoop) {
        let isFirst = state.withLock { state in
            if state.isQuiet {
                state.untold = ((state.untold?.count ?? 0) + 1, detail)
                return false
            }
            state.isQuiet = true
            return true
        }
        guard isFirst else { return }
        tell(1, detail)
        wait(on: eventLoop)
    }

    private func wait(on eventLoop: any EventLoop) {
        eventLoop.scheduleTask(in: interval) {
            let untold = self.state.withLock { state in
                defer { state.untold = nil }
                state.isQuiet = state.untold != nil
                return state.untold
            }
            guard let untold else { return }
            self.tell(untold.count, untold.last)
            self.wait(on: eventLoop)
        }
    }
}
