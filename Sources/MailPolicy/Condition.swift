package import Authentication
package import DNS

/// One condition of a rule on a message: a key and the values that fulfil it.
package enum Condition: Hashable, Sendable {
    /// The result of a method is one of these.
    case result(Policy.Check, [String])
    /// The DMARC policy that applies is one of these.
    case dmarcPolicy([String])
    case domain(DomainKey, [DomainPattern])
    case clients([IPNetwork])
    case peer([Peer])
    case fact(FactKey, Bool)

    /// The role of the domain.
    package enum DomainKey: String, CaseIterable, Hashable, Sendable {
        case author = "from"
        case mailFrom = "mail-from"
        case helo
        /// The last sealer of an ARC chain that passes: it vouches for the message as it is, and for the statements
        /// of those before it, which cannot vouch for what came after them.
        case arcSealer = "arc-sealer"
    }

    package enum FactKey: String, CaseIterable, Hashable, Sendable {
        case isEncrypted = "tls"
        case hasForgedFields = "forged-fields"
        case isNullSender = "null-sender"
    }

    package var key: String {
        switch self {
        case .result(let check, _): check.rawValue
        case .dmarcPolicy: "dmarc-policy"
        case .domain(let key, _): key.rawValue
        case .clients: "clients"
        case .peer: "peer"
        case .fact(let key, _): key.rawValue
        }
    }

    /// The check that must run for it to be known; nil if none is needed.
    package var check: Policy.Check? {
        switch self {
        case .result(let check, _): check
        case .dmarcPolicy, .domain(.author, _): .dmarc
        case .domain(.arcSealer, _): .arc
        case .domain(.mailFrom, _), .domain(.helo, _), .clients, .peer, .fact: nil
        }
    }

    /// The values as written.
    package var values: [String] {
        switch self {
        case .result(_, let results): results
        case .dmarcPolicy(let policies): policies
        case .domain(_, let patterns): patterns.map(\.description)
        case .clients(let networks): networks.map(\.description)
        case .peer(let peers): peers.map(\.rawValue)
        case .fact(_, let value): [String(value)]
        }
    }

    package func matches(_ facts: MessageFacts) -> Bool {
        switch self {
        case .result(let check, let results): facts.results[check].map(results.contains) ?? false
        case .dmarcPolicy(let policies): facts.dmarcPolicy.map(policies.contains) ?? false
        case .domain(let key, let patterns):
            !facts.domains(key).isEmpty
                && facts.domains(key).allSatisfy { domain in patterns.contains { $0.matches(domain) } }
        case .clients(let networks): facts.client.map { client in networks.contains { $0.contains(client) } } ?? false
        case .peer(let peers): facts.peer.map(peers.contains) ?? false
        case .fact(let key, let value): facts.fact(key) == value
        }
    }

    /// True if every message that fulfils `other` fulfils this one.
    func covers(_ other: Condition) -> Bool {
        switch (self, other) {
        case (.domain(_, let patterns), .domain(_, let others)):
            key == other.key && others.allSatisfy { other in patterns.contains { $0.covers(other) } }
        case (.clients(let networks), .clients(let others)):
            others.allSatisfy { other in
                networks.contains { $0.prefixLength <= other.prefixLength && $0.contains(other.address) }
            }
        // The sealer of a chain that passes has sealed one that passes.
        case (.result(.arc, let results), .domain(.arcSealer, _)): results.contains("pass")
        case (.result(.auth, let results), .peer([.authenticated])): results.contains("pass")
        default: key == other.key && other.values.allSatisfy(values.contains)
        }
    }

    /// True if no message fulfils both.
    func excludes(_ other: Condition) -> Bool {
        switch (self, other) {
        case (.result(.arc, let results), .domain(.arcSealer, _)): !results.contains("pass")
        case (.fact(.isNullSender, true), .domain(.mailFrom, _)): true
        // Only a record can have a policy (RFC 9989, 4.10).
        case (.result(.dmarc, ["none"]), .dmarcPolicy): true
        case (.domain, _), (.clients, _): false
        default: key == other.key && !other.values.contains(where: values.contains)
        }
    }
}

extension MessageFacts {
    /// All of them must fit: it is unknown which of several authors a reader will see.
    func domains(_ key: Condition.DomainKey) -> [Domain] {
        switch key {
        case .author: authorDomains
        case .mailFrom: [mailFromDomain].compactMap(\.self)
        case .helo: [helo].compactMap(\.self)
        case .arcSealer: results[.arc] == "pass" ? arcSealers.suffix(1) : []
        }
    }

    func fact(_ key: Condition.FactKey) -> Bool? {
        switch key {
        case .isEncrypted: isEncrypted
        case .hasForgedFields: hasForgedFields
        case .isNullSender: isNullSender
        }
    }

    /// The message's value for a condition; nil if it is unknown, or was not checked.
    package func value(for condition: Condition) -> String? {
        switch condition {
        case .result(let check, _): results[check]
        case .dmarcPolicy: dmarcPolicy
        case .domain(let key, _):
            domains(key).isEmpty ? nil : domains(key).map(\.text).joined(separator: " and ")
        case .clients: client?.description
        case .peer: peer?.rawValue
        case .fact(let key, _): fact(key).map { String($0) }
        }
    }
}
