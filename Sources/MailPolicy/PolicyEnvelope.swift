package import Authentication
package import DNS

/// What rules look at beyond the verdicts: the SMTP session as the driver knows it.
package struct PolicyEnvelope: Hashable, Sendable {
    /// Nil if nobody knows, as of many a stored message; then no rule is about it.
    package let peer: Peer?
    package let client: IPAddress?
    /// As given; empty if there was none.
    package let helo: [UInt8]
    /// As given; nil if it is not known.
    package let mailFrom: [UInt8]?
    /// Nil if it is not known.
    package let isEncrypted: Bool?

    package init(peer: Peer?, client: IPAddress?, helo: [UInt8], mailFrom: [UInt8]?, isEncrypted: Bool?) {
        self.peer = peer
        self.client = client
        self.helo = helo
        self.mailFrom = mailFrom
        self.isEncrypted = isEncrypted
    }
}

extension PolicyRules {
    /// What the rules come to for a message; nil if none matches. Without a rule nothing is looked at.
    package func decide(_ judgement: Judgement, _ envelope: PolicyEnvelope) -> PolicyDecision? {
        isEmpty ? nil : decide(MessageFacts(judgement, envelope))
    }
}
