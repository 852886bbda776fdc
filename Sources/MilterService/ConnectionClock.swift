internal import Milter
internal import NIOCore

/// How long a connection may take for what it is doing. Time is an argument.
struct ConnectionClock {
    enum Due {
        case nothing
        /// The MTA is to be told that the answer takes longer.
        case progress
        case close(ServerNotice.Cause)
    }

    private let configuration: ServerConfiguration
    /// When the MTA was last heard, or answered.
    private var lastActivity: NIODeadline
    private var nextProgress = NIODeadline.distantFuture
    /// Since when a frame is incomplete, and since when replies are not taken, as far as ``due(_:in:isBetweenFrames:isWritable:)``
    /// has seen.
    private var incompleteSince: NIODeadline?
    private var unwrittenSince: NIODeadline?

    init(_ configuration: ServerConfiguration, at now: NIODeadline) {
        self.configuration = configuration
        lastActivity = now
    }

    /// Octets came, or the MTA was answered.
    mutating func noteActivity(at now: NIODeadline) {
        lastActivity = now
    }

    /// A frame is complete.
    mutating func noteFrame() {
        incompleteSince = nil
    }

    /// The MTA has taken what was written.
    mutating func noteWritten() {
        unwrittenSince = nil
    }

    mutating func beginAnswer(at now: NIODeadline) {
        nextProgress = now + configuration.progressInterval
    }

    /// What there is to do about a connection in this state; to be asked every second or so.
    mutating func due(
        _ now: NIODeadline,
        in state: Session.State,
        isBetweenFrames: Bool,
        isWritable: Bool
    ) -> Due {
        if Self.isOver(&unwrittenSince, now, holds: isWritable, configuration.writeTimeout) { return .close(.notRead) }
        if state == .answering {
            guard now >= nextProgress else { return .nothing }
            nextProgress = now + configuration.progressInterval
            return .progress
        }
        if Self.isOver(&incompleteSince, now, holds: isBetweenFrames, configuration.frameTimeout) {
            return .close(.slowFrame)
        }
        let limit = state == .negotiating ? configuration.negotiationTimeout : configuration.idleTimeout
        return now - lastActivity >= limit ? .close(.timedOut) : .nothing
    }

    /// True if something has not been as it should be for so long.
    private static func isOver(
        _ since: inout NIODeadline?,
        _ now: NIODeadline,
        holds: Bool,
        _ limit: TimeAmount
    ) -> Bool {
        guard !holds else {
            since = nil
            return false
        }
        let start = since ?? now
        since = start
        return now - start >= limit
    }
}
