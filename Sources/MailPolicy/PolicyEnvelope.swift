package import Authentication
package import DNS

/// The input of rules besides the verdicts: the SMTP session as the driver knows it.
package struct PolicyEnvelope: Hashable, Sendable {
    /// Nil if unknown, as for many stored messages; then no rule applies.
    package let peer: Peer?
    package let client: IPAddress?
    /// As given; empty if there was none.
    package let helo: [UInt8]
    /// As given; nil if unknown.
    package let mailFrom: [UInt8]?
    /// Nil if unknown.
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
    /// The decision of the rules for a message; nil if none matches. Without a rule nothing is examined.
    package func decide(_ judgement: Judgement, _ envelope: PolicyEnvelope) -> PolicyDecision? {
        isEmpty ? nil : decide(MessageFacts(judgement, envelope))
    }
}
