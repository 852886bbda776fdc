package import Authentication
package import DNS
package import Mail
package import Trace

/// The envelope of a stored message as given by the user, in place of what its header shows.
package struct GivenEnvelope: Sendable {
    package var client: IPAddress?
    package var helo: [UInt8]?
    package var mailFrom: [UInt8]?
    package var submission: Submission?
    package var time: JudgementTime

    package init(
        client: IPAddress? = nil,
        helo: [UInt8]? = nil,
        mailFrom: [UInt8]? = nil,
        submission: Submission? = nil,
        time: JudgementTime = .received
    ) {
        self.client = client
        self.helo = helo
        self.mailFrom = mailFrom
        self.submission = submission
        self.time = time
    }

    /// Replaces recovered values by the given ones.
    func apply(to envelope: inout RecoveredEnvelope) {
        envelope.give(client: client, helo: helo, mailFrom: mailFrom, receivedAt: time.date)
    }
}

/// The time at which signatures must be valid.
package enum JudgementTime: Hashable, Sendable {
    /// When our first host received the message; now, if that is unknown.
    case received
    case now
    case at(DateTime)

    /// The date, if one was given.
    package var date: DateTime? {
        guard case .at(let date) = self else { return nil }
        return date
    }

    /// Seconds since 1970.
    package func seconds(of envelope: RecoveredEnvelope, now: Int64) -> Int64 {
        switch self {
        case .received: envelope.receivedAt?.value.secondsSince1970 ?? now
        case .now: now
        case .at(let date): date.secondsSince1970
        }
    }
}
