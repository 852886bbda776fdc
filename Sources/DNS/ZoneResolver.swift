/// Answers from a zone file, without a network.
package struct ZoneResolver: Resolver {
    private let zone: ZoneFile
    private let delay: Duration

    /// - Parameter delay: how long each answer takes; without a delay, every answer is known at once.
    package init(_ zone: ZoneFile, delay: Duration = .zero) {
        self.zone = zone
        self.delay = delay
    }

    package func knownAnswer(to question: Question) -> Answer? {
        delay == .zero ? zone.answer(to: question) : nil
    }

    package func answer(to question: Question) async -> Answer {
        if delay > .zero {
            do {
                try await Task.sleep(for: delay)
            } catch {
                return .failure(.unavailable)
            }
        }
        return zone.answer(to: question)
    }
}
