internal import DNS
internal import Synchronization

/// Connects those who ask with the thread that answers.
final class QueryExchange: Sendable {
    struct Request {
        let ticket: UInt64
        let question: Question
    }

    private struct State {
        var waiting: [UInt64: @Sendable (Answer) -> Void] = [:]
        var requests: [Request] = []
        var tickets: UInt64 = 0
        var isClosed = false
        /// True from when the thread is woken until it looks at the requests.
        var isSignalled = false

        mutating func newTicket() -> UInt64 {
            tickets += 1
            return tickets
        }

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

    // MARK: The side that asks

    func answer(to question: Question) async -> Answer {
        let ticket = state.withLock { $0.newTicket() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                /// A task is marked as cancelled before its handler runs: a task cancelled before it is registered
                /// returns here; one cancelled later is removed by the handler.
                post(Request(ticket: ticket, question: question), isAbandoned: { Task.isCancelled }) {
                    continuation.resume(returning: $0)
                }
            }
        } onCancel: {
            deliver(.failure(.unavailable), to: ticket)
        }
    }

    /// `take` gets the answer on the thread.
    func ask(_ question: Question, then take: @escaping @Sendable (Answer) -> Void) {
        post(Request(ticket: state.withLock { $0.newTicket() }, question: question), take)
    }

    private func post(
        _ request: Request,
        isAbandoned: () -> Bool = { false },
        _ take: @escaping @Sendable (Answer) -> Void
    ) {
        let (isPosted, wakes) = state.withLock { state in
            guard !state.isClosed, !isAbandoned() else { return (false, false) }
            state.waiting[request.ticket] = take
            state.requests.append(request)
            return (true, state.signal())
        }
        if wakes { wakeUp.signal() }
        if !isPosted { take(.failure(.unavailable)) }
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
        for take in waiting { take(.failure(.unavailable)) }
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

    /// False if no caller waits for it any more.
    func isAwaited(_ ticket: UInt64) -> Bool {
        state.withLock { $0.waiting[ticket] != nil }
    }

    func deliver(_ answer: Answer, to ticket: UInt64) {
        state.withLock { $0.waiting.removeValue(forKey: ticket) }?(answer)
    }
}
