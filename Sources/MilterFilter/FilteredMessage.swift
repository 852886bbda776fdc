internal import Authentication
internal import Configuration
internal import MailPolicy
internal import Milter
internal import NIOCore
internal import Observability

/// One message, from MAIL to the reply. An object, so that a late answer can tell whether its message is still
/// there.
final class FilteredMessage {
    let state: ServiceState
    var examination: Examination
    let receivedAt: Int64
    let start = ContinuousClock.now
    var end: ContinuousClock.Instant?
    var promise: EventLoopPromise<MessageReply>?
    var deadline: Scheduled<Void>?
    /// How many recipients the MTA has named.
    var recipientCount = 0
    /// Questions whose answers have not come.
    var openCount = 0
    var log: MessageLog
    /// What the rules of the policy examine besides the verdicts.
    let envelope: PolicyEnvelope

    init(
        state: ServiceState,
        examination: Examination,
        receivedAt: Int64,
        log: MessageLog,
        envelope: PolicyEnvelope
    ) {
        self.state = state
        self.receivedAt = receivedAt
        self.examination = examination
        self.log = log
        self.envelope = envelope
    }
}
