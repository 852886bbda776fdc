internal import Synchronization

/// Keeps the answers of another resolver, and asks it each question once, however many callers wait for the answer.
///
/// An answer is returned as it came: its `ttl` is that of the first time, not what is left of it.
package final class CachingResolver: Resolver {
    package struct Limits: Sendable {
        /// Octets for the kept answers, approximately.
        package var memory = 8 << 20
        /// The shortest time for which an answer is kept, whatever its TTL: the questions of one message, and of
        /// others at the same time, see one answer.
        var leastTTL = Duration.seconds(5)
        /// RFC 8767, 4: no longer than a week; a day is plenty.
        var greatestTTL = Duration.seconds(86_400)
        /// RFC 2308, 5: one to three hours "have been found to work well".
        var greatestNegativeTTL = Duration.seconds(10_800)
        /// Questions that may be in progress at a time. Further questions are not asked: messages that come and go
        /// faster than a dead name server is given up must not pile up here.
        package var outstanding = 20_000
        /// For answers that are failures. RFC 2308, 7: at most five minutes.
        var failureTTL = Duration.seconds(5)

        package init() {}
    }

    private struct State {
        var cache: AnswerCache
        /// The callers waiting for each question, by number. A question is in the table as long as upstream is being
        /// asked.
        var waiting: [Question: [UInt64: Waiter]] = [:]
        var waiters: UInt64 = 0
        var hits = 0

        mutating func newWaiter() -> UInt64 {
            waiters += 1
            return waiters
        }
    }

    private typealias Waiter = @Sendable (Answer) -> Void

    /// What there is at one moment, and what was since the beginning.
    package struct Statistics: Hashable, Sendable {
        /// Questions that were answered from the cache.
        package let hits: Int
        /// Answers that are kept.
        package let entries: Int
        /// Questions that upstream has not answered yet.
        package let outstanding: Int
    }

    private enum Entry {
        case answered(Answer)
        case waits
        /// The first caller: upstream must be asked.
        case asks
    }

    private let upstream: any Resolver
    private let outstandingLimit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameters:
    ///   - upstream: answers the questions that are not in the cache.
    ///   - now: the time by which answers expire.
    package init(
        _ upstream: any Resolver,
        limits: Limits = Limits(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.upstream = upstream
        outstandingLimit = limits.outstanding
        self.now = now
        state = Mutex(State(cache: AnswerCache(limits: limits)))
    }

    package func knownAnswer(to question: Question) -> Answer? {
        let now = now()
        let answer = state.withLock { state in
            let answer = state.cache.answer(to: question, at: now)
            if answer != nil { state.hits += 1 }
            return answer
        }
        if let answer { return answer }
        guard let answer = upstream.knownAnswer(to: question) else { return nil }
        state.withLock { $0.cache.keep(answer, to: question, at: now) }
        return answer
    }

    package var statistics: Statistics {
        state.withLock { state in
            Statistics(hits: state.hits, entries: state.cache.count, outstanding: state.waiting.count)
        }
    }

    package func answer(to question: Question) async -> Answer {
        if let answer = knownAnswer(to: question) { return answer }
        let waiter = state.withLock { $0.newWaiter() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                /// A task is marked as cancelled before its handler runs: a task cancelled before it is registered
                /// returns here; one cancelled later is removed by the handler.
                enter(question, waiter, isAbandoned: { Task.isCancelled }) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            let take = state.withLock { $0.waiting[question]?.removeValue(forKey: waiter) }
            take?(.failure(.unavailable))
        }
    }

    package func ask(_ question: Question, then take: @escaping @Sendable (Answer) -> Void) {
        if let answer = knownAnswer(to: question) { return take(answer) }
        enter(question, state.withLock { $0.newWaiter() }, take)
    }

    /// Has a caller wait for the answer, and asks upstream if it is the first.
    private func enter(
        _ question: Question,
        _ waiter: UInt64,
        isAbandoned: () -> Bool = { false },
        _ take: @escaping Waiter
    ) {
        let now = now()
        let entry = state.withLock { state -> Entry in
            if isAbandoned() { return .answered(.failure(.unavailable)) }
            if let answer = state.cache.answer(to: question, at: now) { return .answered(answer) }
            let isFirst = state.waiting[question] == nil
            if isFirst && state.waiting.count >= outstandingLimit { return .answered(.failure(.unavailable)) }
            state.waiting[question, default: [:]][waiter] = take
            return isFirst ? .asks : .waits
        }
        switch entry {
        case .answered(let answer): take(answer)
        case .waits: break
        case .asks: ask(question)
        }
    }

    /// In no caller's task: the first one may be cancelled while the others still wait.
    private func ask(_ question: Question) {
        upstream.ask(question) { [self] answer in
            let now = now()
            let waiting = state.withLock { state in
                state.cache.keep(answer, to: question, at: now)
                return state.waiting.removeValue(forKey: question)
            }
            for take in waiting?.values ?? [:].values { take(answer) }
        }
    }
}
