internal import NIOCore
internal import Synchronization

/// Tells of what happens often: the first time at once, what comes after it together, one notice in an interval. A log
/// with a line for each of a thousand refused connections a second hides what else there is to know.
final class RepeatedNotice<Detail: Sendable>: Sendable {
    private let interval: TimeAmount
    /// Called with how often it has happened since it was told last, and the last of it.
    private let tell: @Sendable (Int, Detail) -> Void
    private let state = Mutex<(isQuiet: Bool, untold: (count: Int, last: Detail)?)>((false, nil))

    init(every interval: TimeAmount, tell: @escaping @Sendable (Int, Detail) -> Void) {
        self.interval = interval
        self.tell = tell
    }

    /// It happened.
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
