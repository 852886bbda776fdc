internal import Authentication
package import StatusCodes

/// What is to be done with a message.
package enum Action: String, CaseIterable, Hashable, Sendable {
    /// It goes on, and no later rule is tried.
    case accept
    case reject
    /// The reply asks the sender to try again later.
    case tempfail
    /// The MTA holds it until a person has looked at it.
    case quarantine

    /// The class of the reply to the sender, if there is one.
    var replyClass: EnhancedCode.Class? {
        switch self {
        case .accept, .quarantine: nil
        case .reject: .permanentFailure
        case .tempfail: .transientFailure
        }
    }
}

/// One rule: the messages it is about, and the action.
package struct Rule: Hashable, Sendable {
    package var name: String
    /// All of them must be fulfilled.
    package var when: [Condition] = []
    /// A message that fulfils all of these is left to later rules; an empty list is no exception.
    package var except: [Condition] = []
    package var action: Action
    /// The action is reported, but not done.
    package var isDryRun = false
    /// In place of the codes that are registered for the cause.
    package var code: Int?
    package var enhancedCode: EnhancedCode?
    /// In place of the built-in text.
    package var text: String?
    /// Whether the reply has the domain's explanation of an SPF failure (RFC 7208, 6.2).
    package var tellsExplanation = false

    package init(name: String, action: Action) {
        self.name = name
        self.action = action
    }

    /// Letters, digits, `.`, `_` and `-`: a name is used in logs and counters.
    package static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// The peers that the rule is about if it does not say so: external clients, or authenticated ones if it has a
    /// condition on that.
    private var impliedPeers: [Peer] {
        for case .result(.auth, let results) in when where results.contains("pass") {
            return results.contains("none") ? [.stranger, .authenticated] : [.authenticated]
        }
        return [.stranger]
    }

    /// ``when``, and the peers that the rule is about.
    package var conditions: [Condition] {
        let saysPeer = when.contains { if case .peer = $0 { true } else { false } }
        return saysPeer ? when : when + [.peer(impliedPeers)]
    }

    package func matches(_ facts: MessageFacts) -> Bool {
        conditions.allSatisfy { $0.matches(facts) } && !isExcepted(facts)
    }

    func isExcepted(_ facts: MessageFacts) -> Bool {
        !except.isEmpty && except.allSatisfy { $0.matches(facts) }
    }

    /// Why no message can ever match; nil if one may.
    package var contradiction: String? {
        let conditions = conditions
        for (index, condition) in conditions.enumerated() {
            for other in conditions[index...] where condition.excludes(other) || other.excludes(condition) {
                return "\(condition.key) and \(other.key) exclude each other"
            }
        }
        let isAllExcepted =
            !except.isEmpty && except.allSatisfy { exception in conditions.contains { exception.covers($0) } }
        return isAllExcepted ? "except takes out all that when lets in" : nil
    }

    /// True if every message that `later` matches is matched.
    func covers(_ later: Rule) -> Bool {
        /// A rule that is only being tried lets the message go on to the next.
        guard !isDryRun || later.isDryRun else { return false }
        let others = later.conditions
        guard conditions.allSatisfy({ condition in others.contains { condition.covers($0) } }) else { return false }
        if except.isEmpty { return true }
        /// No message that the later rule matches is excepted from this one: the later rule excepts as much itself,
        /// or does not match what is excepted here.
        let exceptsAsMuch =
            !later.except.isEmpty
            && later.except.allSatisfy { other in except.contains { other.covers($0) } }
        let isApart = except.contains { exception in
            others.contains { exception.excludes($0) || $0.excludes(exception) }
        }
        return exceptsAsMuch || isApart
    }
}
