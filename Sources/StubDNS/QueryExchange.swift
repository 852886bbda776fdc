internal import DNS
internal import Synchronization

/// Connects the tasks that ask with the thread that answers.
final class QueryExchange: Sendable {
    struct Request {
        let ticket: UInt64
        let question: Question
    }

    private struct State {
        var waiting: [UInt64: CheckedContinuation<Answer, Never>] = [:]
        var requests: [Request] = []
        var tickets: UInt64 = 0
        var isClosed = false
        /// True from when the thread is woken until it looks at the requests.
        var isSignalled = false

        /// True if the thread must be woken.
        mutating func signal() -> Bool {
            defer { isSignalled = true }
            return !isSignalled
        }
    }

    private let state = Mutex(State())
    /// Readable when there is something to take.
    let wakeUp: LibCThreads.Event

    /// Nil if the system has no descriptor left.
    init?() {
        guard let wakeUp = LibCThreads.Event() else { return nil }
        self.wakeUp = wakeUp
    }

    // MARK: The tasks' side

    func answer(to question: Question) async -> Answer {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                post(Request(ticket: ticket, question: question), continuation)
            }
        } onCancel: {
            deliver(.failure(.unavailable), to: ticket)
        }
    }

    private func post(_ request: Request, _ continuation: CheckedContinuation<Answer, Never>) {
        let (isPosted, wakes) = state.withLock { state in
            /// A task is marked as cancelled before its handler runs: a task cancelled before it is registered
            /// returns here; one cancelled later is removed by the handler.
            guard !state.isClosed, !Task.isCancelled else { return (false, false) }
            state.waiting[request.ticket] = continuation
            state.requests.append(request)
            return (true, state.signal())
        }
        if wakes { wakeUp.signal() }
        if !isPosted { continuation.resume(returning: .failure(.unavailable)) }
    }

    /// Answers all waiting and all later questions with a failure; the thread ends.
    func close() {
        let (waiting, wakes) = state.withLock { state in
            state.isClosed = true
            state.requests = []
            defer { state.waiting = [:] }
            return (state.waiting.values, state.signal())
        }
        if wakes { wakeUp.signal() }
        for continuation in waiting { continuation.resume(returning: .failure(.unavailable)) }
    }

    // MARK: The thread's side

    /// The questions asked since the last call; nil when it is time to end.
    func take() -> [Request]? {
        wakeUp.clear()
        return state.withLock { state in
            state.isSignalled = false
            guard !state.isClosed else { return nil }
            defer { state.requests = [] }
            return state.requests
        }
    }

    /// False if no task waits for it any more.
    func isAwaited(_ ticket: UInt64) -> Bool {
        state.withLock { $0.waiting[ticket] != nil }
    }

    func deliver(_ answer: Answer, to ticket: UInt64) {
        state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: answer)
    }
}
