internal import AuthResults
internal import Authentication
internal import DMARC
internal import DNS

/// A mistake in a rule, and what to write instead.
package struct RuleMistake: Error, Hashable, Sendable {
    package let text: String
    /// The index of the value that is wrong, if it is a value.
    package var index: Int?

    package init(_ text: String, index: Int? = nil) {
        self.text = text
        self.index = index
    }
}

extension Condition {
    /// Every key that a condition can have, in the order in which they are documented.
    package static let keys =
        Policy.Check.allCases.map(\.rawValue) + ["dmarc-policy"] + DomainKey.allCases.map(\.rawValue)
        + ["clients", "peer"] + FactKey.allCases.map(\.rawValue)

    /// Reads a key and its values; every mistake in them is returned.
    package static func read(_ key: String, _ texts: [String]) -> (condition: Condition?, mistakes: [RuleMistake]) {
        guard !texts.isEmpty else { return (nil, [RuleMistake("has no value, so no message would match it")]) }
        if let check = Policy.Check(rawValue: key) {
            return list(texts, { text throws(RuleMistake) in try result(text, of: check) }, { .result(check, $0) })
        }
        if let domainKey = DomainKey(rawValue: key) {
            return list(texts, pattern, { .domain(domainKey, $0) })
        }
        if let fact = FactKey(rawValue: key) { return truth(texts, fact) }
        switch key {
        case "dmarc-policy": return list(texts, dmarcPolicy, { .dmarcPolicy($0) })
        case "clients": return list(texts, network, { .clients($0) })
        case "peer": return list(texts, peer, { .peer($0) })
        default: return (nil, [RuleMistake(unknown(key))])
        }
    }

    /// A registered method that is not checked here is not a misspelt key.
    private static func unknown(_ key: String) -> String {
        let known = "known here: " + keys.joined(separator: ", ")
        return Registry.method(key) == nil
            ? "no such condition; \(known)" : "the method is not checked by this program; \(known)"
    }

    private static func list<Value>(
        _ texts: [String],
        _ value: (String) throws(RuleMistake) -> Value,
        _ condition: ([Value]) -> Condition
    ) -> (Condition?, [RuleMistake]) {
        var values: [Value] = []
        var mistakes: [RuleMistake] = []
        for (index, text) in texts.enumerated() {
            do throws(RuleMistake) {
                values.append(try value(text))
            } catch {
                mistakes.append(RuleMistake(error.text, index: index))
            }
        }
        return (mistakes.isEmpty ? condition(values) : nil, mistakes)
    }

    private static func truth(_ texts: [String], _ key: FactKey) -> (Condition?, [RuleMistake]) {
        switch texts {
        case ["true"]: (.fact(key, true), [])
        case ["false"]: (.fact(key, false), [])
        default: (nil, [RuleMistake("\(texts.joined(separator: ", ").debugDescription) is not true or false")])
        }
    }

    private static func result(_ text: String, of check: Policy.Check) throws(RuleMistake) -> String {
        guard let method = Registry.method(check.rawValue) else { return text }
        let active = method.results.filter { $0.status == .active }.map(\.name).joined(separator: ", ")
        switch method.result(text)?.status {
        case .active: return text
        case .deprecated: throw RuleMistake("\(text) is deprecated and never given; one of: \(active)")
        case nil: throw RuleMistake("\(text.debugDescription) is not a result of \(check.rawValue); one of: \(active)")
        }
    }

    private static func dmarcPolicy(_ text: String) throws(RuleMistake) -> String {
        guard DMARCRecord.Policy(rawValue: text) != nil else {
            throw RuleMistake("\(text.debugDescription) is not a DMARC policy; one of: none, quarantine, reject")
        }
        return text
    }

    private static func pattern(_ text: String) throws(RuleMistake) -> DomainPattern {
        guard let pattern = DomainPattern(text) else {
            throw RuleMistake("\(text.debugDescription) is not a name such as example.org or *.example.org")
        }
        return pattern
    }

    private static func network(_ text: String) throws(RuleMistake) -> IPNetwork {
        guard let network = IPNetwork(text) else {
            throw RuleMistake("\(text.debugDescription) is not a network such as 192.0.2.0/24 or 2001:db8::/32")
        }
        return network
    }

    private static func peer(_ text: String) throws(RuleMistake) -> Peer {
        guard let peer = Peer(rawValue: text) else {
            let known = Peer.allCases.map(\.rawValue).joined(separator: ", ")
            throw RuleMistake("\(text.debugDescription) is not a kind of peer; one of: \(known)")
        }
        return peer
    }
}
