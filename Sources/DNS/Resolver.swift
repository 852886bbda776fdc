/// A type that answers questions: a stub resolver, a cache before it, a zone file.
package protocol Resolver: Sendable {
    /// The answer if it is available at once: no waiting, no hop to another thread.
    func knownAnswer(to question: Question) -> Answer?

    /// The answer, however long it takes within the resolver's own timeout. It does not throw: trouble is
    /// ``Answer/Outcome/failure(_:)``. A caller whose task is cancelled gets ``Answer/Failure/unavailable`` at once.
    func answer(to question: Question) async -> Answer

    /// The same for a caller with many open questions, of which none is to cost a task: `take` gets the answer, once,
    /// before this returns or later on another thread, which it must not keep.
    func ask(_ question: Question, then take: @escaping @Sendable (Answer) -> Void)
}

extension Resolver {
    package func ask(_ question: Question, then take: @escaping @Sendable (Answer) -> Void) {
        Task { take(await answer(to: question)) }
    }
}
