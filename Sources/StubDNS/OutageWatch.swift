/// Notices that none of the name servers answers any more, and that one does again. Time is an argument.
///
/// A resolver is silent about a zone whose own servers are dead, and where all questions are about that zone it looks as if
/// it had gone. So before anything is reported, and as long as the silence lasts, the servers are sent a question that each
/// resolver answers by itself.
struct OutageWatch {
    enum Change: Hashable {
        case began
        case ended(after: Duration)
    }

    /// How often a silent server is sent that question.
    static let probeInterval = Duration.seconds(2)

    /// How long all must have been silent. It was found out by a time-out, so that twice this time has passed since the
    /// first question without an answer.
    private let delay: Duration
    private var silentSince: ContinuousClock.Instant?
    private var lastProbe: ContinuousClock.Instant?
    /// True from ``Change/began`` to ``Change/ended(after:)``.
    private(set) var isOutage = false

    /// - Parameter delay: how long one server is waited for.
    init(delay: Duration) {
        self.delay = delay
    }

    /// True while all are silent, whether that has been reported or not.
    var isOpen: Bool { silentSince != nil }

    mutating func note(areAllSilent: Bool, at now: ContinuousClock.Instant) -> Change? {
        guard areAllSilent else {
            defer { self = OutageWatch(delay: delay) }
            guard isOutage, let silentSince else { return nil }
            return .ended(after: silentSince.duration(to: now))
        }
        let since = silentSince ?? now
        silentSince = since
        guard !isOutage, since.duration(to: now) >= delay else { return nil }
        isOutage = true
        return .began
    }

    /// True if the servers are to be sent the question now.
    mutating func probeIsDue(at now: ContinuousClock.Instant) -> Bool {
        guard isOpen else { return false }
        if let lastProbe, lastProbe.duration(to: now) < Self.probeInterval { return false }
        lastProbe = now
        return true
    }
}
