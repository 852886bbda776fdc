internal import Authentication
package import StatusCodes

/// The registered codes that state why a message is refused (RFC 7372, RFC 8617, RFC 7208, RFC 6376).
package struct ReplyCodes: Hashable, Sendable {
    package let basic: Int
    package let enhanced: EnhancedCode

    package init(_ basic: Int, _ enhanced: EnhancedCode) {
        self.basic = basic
        self.enhanced = enhanced
    }

    private static func permanent(_ subject: Int, _ detail: Int) -> ReplyCodes {
        ReplyCodes(550, EnhancedCode(.permanentFailure, subject, detail))
    }

    private static func transient(_ subject: Int, _ detail: Int) -> ReplyCodes {
        ReplyCodes(451, EnhancedCode(.transientFailure, subject, detail))
    }

    /// The codes of a rejection for these results, each of which is a reason to refuse.
    static func permanent(_ failures: [(check: Policy.Check, result: String)], dkimPasses: Bool) -> ReplyCodes {
        guard failures.count < 2, let failure = failures.first else {
            // RFC 7372, 4: more than one check failed; without any, it is the site's own policy.
            return failures.isEmpty ? permanent(7, 1) : permanent(7, 26)
        }
        switch (failure.check, failure.result) {
        case (.spf, "fail"), (.spf, "softfail"): return permanent(7, 23)
        case (.spf, "temperror"), (.spf, "permerror"): return permanent(7, 24)
        case (.spf, _): return permanent(7, 1)
        // A signature that verifies, which this site does not accept.
        case (.dkim, "policy"): return permanent(7, 21)
        case (.dkim, _): return permanent(7, 20)
        case (.iprev, _): return permanent(7, 25)
        case (.arc, _): return permanent(7, 29)
        // A signature passes, but not one of the author's; otherwise neither SPF nor DKIM has authenticated the
        // author, which is two failures.
        case (.dmarc, "fail"): return dkimPasses ? permanent(7, 22) : permanent(7, 26)
        case (.dmarc, "temperror"): return permanent(4, 3)
        case (.dmarc, _), (.auth, _): return permanent(7, 1)
        }
    }

    /// The codes of a deferral for these results.
    static func transient(_ failures: [(check: Policy.Check, result: String)]) -> ReplyCodes {
        let temporary = failures.filter { $0.result == "temperror" }
        if temporary.count > 1 { return transient(4, 3) }
        switch temporary.first?.check {
        case .spf: return transient(7, 24)
        // RFC 6376, 6.3: the key server is unavailable.
        case .dkim: return transient(7, 5)
        case .iprev, .dmarc, .arc, .auth: return transient(4, 3)
        case nil: break
        }
        // RFC 7372 registers no other code for a failure that may resolve itself.
        if failures.count == 1, failures[0].check == .spf, failures[0].result == "permerror" { return transient(7, 24) }
        return transient(7, 1)
    }
}

extension Rule {
    /// The results for which this rule matches a message: those that it asks for and that are failures.
    func failures(_ facts: MessageFacts) -> [(check: Policy.Check, result: String)] {
        let checks = askedResults.map(\.check)
        return Policy.Check.allCases.compactMap { check in
            guard checks.contains(check), let result = facts.results[check], Self.isFailure(check, result) else {
                return nil
            }
            return (check, result)
        }
    }

    /// The checks that it asks about, and their results. A policy belongs to DMARC, whether it passes or fails.
    private var askedResults: [(check: Policy.Check, results: [String])] {
        var asked = when.compactMap { condition -> (check: Policy.Check, results: [String])? in
            if case .result(let check, let results) = condition { (check, results) } else { nil }
        }
        let asksForPolicy = when.contains { if case .dmarcPolicy = $0 { true } else { false } }
        if asksForPolicy, !asked.contains(where: { $0.check == .dmarc }) { asked.append((.dmarc, ["pass", "fail"])) }
        return asked
    }

    private static func isFailure(_ check: Policy.Check, _ result: String) -> Bool {
        switch (check, result) {
        case (_, "pass"), (.auth, _): false
        // Saying nothing is not a failure; but a message without a signature has none that passes (RFC 7372, 3.1).
        case (.arc, "none"), (.dmarc, "none"), (.spf, "none"), (.spf, "neutral"): false
        default: true
        }
    }

    /// Every pair of codes that a reply of this rule can have, as text; none if it has no reply.
    package var possibleCodes: [String] {
        var messages = [MessageFacts()]
        for (check, results) in askedResults {
            messages = messages.flatMap { facts in
                Set(results).map { result in
                    var facts = facts
                    facts.results[check] = result
                    return facts
                }
            }
        }
        return Set(messages.compactMap(codes).map { "\($0.basic) \($0.enhanced)" }).sorted()
    }

    /// The codes of the reply to a message that it matches; nil if there is none.
    package func codes(_ facts: MessageFacts) -> ReplyCodes? {
        let failures = failures(facts)
        let asksForDKIM = when.contains { if case .result(.dkim, _) = $0 { true } else { false } }
        let usual: ReplyCodes
        switch action {
        case .accept, .quarantine: return nil
        case .reject:
            usual = .permanent(failures, dkimPasses: asksForDKIM && facts.results[.dkim] == "pass")
        case .tempfail: usual = .transient(failures)
        }
        let enhanced = enhancedCode ?? usual.enhanced
        let registered = enhancedCode.flatMap(StatusCodeRegistry.code)
        let basic = registered.flatMap { $0.basicCode(in: enhanced.statusClass) } ?? usual.basic
        return ReplyCodes(code ?? basic, enhanced)
    }
}
