/// Answers from a zone file, without a network.
public struct ZoneResolver: Resolver {
    private let zone: ZoneFile
    private let delay: Duration

    /// - Parameter delay: how long each answer takes; without a delay, every answer is known at once.
    public init(_ zone: ZoneFile, delay: Duration = .zero) {
        self.zone = zone
        self.delay = delay
    }

    public func knownAnswer(to question: Question) -> Answer? {
        delay == .zero ? zone.answer(to: question) : nil
    }

    public func answer(to question: Question) async -> Answer {
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
