internal import Authentication
package import Configuration
package import DNS
internal import FieldClaims
package import Files
internal import Foundation
package import Mail
internal import MailPolicy
package import Mailboxes
internal import Trace

/// Examines stored messages: the second driver of the engine, beside the milter's `MessageFilter`.
///
/// The events are the same and in the same order; only their source differs. So the same message with the same
/// envelope and the same answers gets the same field, octet for octet.
package struct MessageExaminer: Sendable {
    package let resolver: any Resolver
    package let authservID: String
    /// Nil for as many messages at the same time as there are processors.
    package let slots: WorkSlots?
    private let policy: Policy
    private let rules: PolicyRules
    private let recovery: EnvelopeRecovery
    private let given: GivenEnvelope
    /// Seconds since 1970.
    private let now: Int64

    /// The ids whose fields are read and proven, in addition to the examination; nil for none.
    private var readIDs: OwnIdentifiers?
    /// Used to judge the places of these fields.
    private var readRecovery: EnvelopeRecovery
    private let hasOwnHosts: Bool

    /// Nil if the authserv-id cannot be used in a field.
    /// - Parameters:
    ///   - usesFromLine: whether the From_ line of an mbox may supply what the header does not have.
    ///   - now: seconds since 1970.
    package init?(
        _ state: ServiceState,
        resolver: any Resolver,
        given: GivenEnvelope,
        usesFromLine: Bool = false,
        now: Int64 = Int64(Date().timeIntervalSince1970),
        slots: WorkSlots? = nil
    ) {
        policy = state.configuration.policy
        rules = state.configuration.rules
        authservID = policy.authservID ?? state.hostName
        let client = Client(address: nil)
        guard Examination(policy: policy, authservID: authservID, client: client) != nil else { return nil }
        recovery = EnvelopeRecovery(
            ownHosts: HostPatterns(state.configuration.ownHosts ?? [authservID]),
            trustedRelays: policy.trustedRelays,
            usesFromLine: usesFromLine
        )
        self.slots = slots
        readRecovery = recovery
        hasOwnHosts = state.configuration.ownHosts != nil
        self.resolver = resolver
        self.given = given
        self.now = now
    }

    /// From now on ``verification(of:_:_:)`` reads fields that have one of our ids or one of these. The configured
    /// removals do not change.
    package mutating func readFields(of ids: [String]) {
        readIDs = OwnIdentifiers([authservID] + policy.ownIDs + ids)
        if !hasOwnHosts { readRecovery.ownHosts = HostPatterns([authservID] + ids) }
    }

    /// Whether the message's field that claims to be ours is ours; nil if this was not asked for.
    package func verification(
        of message: SpooledMessage,
        _ variant: MboxVariant?,
        _ examined: ExaminedMessage
    ) throws(FileFailure) -> FieldVerification? {
        guard let readIDs else { return nil }
        return FieldVerification(
            try message.header(limit: policy.limits.headerOctets, variant),
            verdicts: examined.judgement.verdicts.dkim ?? [],
            ownIDs: readIDs,
            recovery: readRecovery
        )
    }

    /// Reads a message to its end and examines it, as far as possible without waiting for the DNS.
    ///
    /// The header is held until its end: the engine needs the envelope before it, and the envelope is recovered from
    /// it. One that is too large to be held is read twice.
    /// - Parameters:
    ///   - variant: how the mbox that contains the message quotes; nil for a separate message.
    ///   - fromLine: the From_ line above it.
    package func begin(
        _ message: SpooledMessage,
        variant: MboxVariant? = nil,
        fromLine: MboxFromLine? = nil
    ) throws(FileFailure) -> StoredExamination {
        let fieldLimit = max(MessageScanner.defaultFieldLimit, policy.limits.headerOctets)
        var header = StoredHeader()
        var begun: BegunExamination?
        try message.scan(variant, fieldLimit: fieldLimit) { event in
            if begun != nil { return begun?.take(event) ?? false }
            if case .field(let scanned) = event {
                header.append(scanned.field)
                return true
            }
            guard let fields = header.fields else { return false }
            begun = begin(header.trace, fromLine, fields)
            return begun?.take(event) ?? false
        }
        if begun == nil {
            begun = begin(header.trace, fromLine, header.fields ?? [])
            if header.fields == nil {
                try message.scan(variant, fieldLimit: fieldLimit) { begun?.take($0) ?? false }
            }
        }
        guard var begun = begun.take() else { throw FileFailure(authservID, code: EINVAL) }
        begun.end()
        return StoredExamination(
            examination: begun.examination,
            envelope: begun.envelope,
            judgedAt: begun.time,
            trace: header.trace,
            variant: variant,
            rules: rules,
            policyEnvelope: policyEnvelope(begun.envelope)
        )
    }

    /// An examination that has been told the envelope and these fields; nil if no field can be written under the
    /// authserv-id.
    private func begin(
        _ trace: TraceFields,
        _ fromLine: MboxFromLine?,
        _ fields: [HeaderField]
    ) -> BegunExamination? {
        var envelope = recovery.envelope(of: trace.fields, fromLine: fromLine)
        given.apply(to: &envelope)
        // A user's submission is not mail from outside, but the header does not prove who the user is.
        let isStranger = !envelope.isSubmission || policy.checkAuthenticated
        let client = Client(
            address: isStranger ? envelope.client?.value : nil,
            name: envelope.reverseName.map { Array($0.value.text.utf8) } ?? []
        )
        let time = given.time.seconds(of: envelope, now: now)
        guard var examination = Examination(policy: policy, authservID: authservID, client: client) else { return nil }
        if let helo = envelope.helo?.value { examination.helo(helo) }
        examination.begin(mailFrom: envelope.mailFrom?.value, submission: given.submission, receivedAt: time)
        for field in fields { examination.header(field) }
        return BegunExamination(examination: examination, envelope: envelope, time: time)
    }

    /// The input for the rules of the policy. If the client of a message is unknown, it cannot be said what would
    /// have been done with it, unless it came from within.
    private func policyEnvelope(_ envelope: RecoveredEnvelope) -> PolicyEnvelope {
        let isAuthenticated = envelope.isSubmission || given.submission != nil
        let peer: Peer? =
            switch (envelope.client, envelope.reason) {
            case (nil, .fromWithin), (nil, .localDelivery): isAuthenticated ? .authenticated : .local
            case (nil, _): isAuthenticated ? .authenticated : nil
            case (let client?, _):
                Peer(Client(address: client.value), isAuthenticated: isAuthenticated, policy: policy)
            }
        return PolicyEnvelope(
            peer: peer,
            client: envelope.client?.value,
            helo: envelope.helo?.value ?? [],
            mailFrom: envelope.mailFrom?.value,
            isEncrypted: envelope.border?.isEncrypted
        )
    }

    /// Examines a message to the end.
    package func examine(
        _ message: SpooledMessage,
        variant: MboxVariant? = nil,
        fromLine: MboxFromLine? = nil
    ) async throws -> ExaminedMessage {
        try await begin(message, variant: variant, fromLine: fromLine).finish(resolver)
    }
}

extension MessageScanner {
    /// Octets of one field that are kept unless more are asked for.
    static let defaultFieldLimit = 256 * 1024
}

extension SpooledMessage {
    /// The events of the message from its beginning, unquoted, until `take` returns false.
    func scan(
        _ variant: MboxVariant?,
        fieldLimit: Int,
        _ take: (MessageScanner.Event) -> Bool
    ) throws(FileFailure) {
        var scanner = MessageScanner(fieldLimit: fieldLimit)
        var unquoter = variant.map { MboxUnquoter($0) }
        var offset = 0
        while true {
            var piece = try piece(at: offset)
            if piece.isEmpty { break }
            offset += piece.count
            while !piece.isEmpty {
                var plain: ArraySlice<UInt8>
                if let unquoted = unquoter?.next(&piece) {
                    plain = unquoted
                } else {
                    plain = piece
                    piece = []
                }
                while let event = scanner.next(&plain) {
                    guard take(event) else { return }
                }
            }
        }
        while var plain = unquoter?.end() {
            while let event = scanner.next(&plain) {
                guard take(event) else { return }
            }
        }
        while let event = scanner.end() {
            guard take(event) else { return }
        }
    }
}
