internal import Metrics
internal import MilterService
internal import Observability

extension FilterMetrics {
    /// What the server reports of its connections.
    func count(_ cause: ServerNotice.Cause) {
        switch cause {
        case .protocolError, .timedOut, .slowFrame, .notRead: protocolErrors.add()
        case .filterFailed: messages.add(.tempfail)
        // The filter has counted the message as given up.
        case .lostMidMessage: break
        case .tooManyConnections(_, let refused): refusals.add(.limit, refused)
        case .acceptFailed(_, let times): refusals.add(.accept, times)
        }
    }
}
