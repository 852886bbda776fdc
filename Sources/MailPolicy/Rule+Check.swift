internal import StatusCodes

extension Rule {
    /// Mistakes in the rule's reply: keys, and why.
    package var replyMistakes: [(key: String, text: String)] {
        guard let replyClass = action.replyClass else {
            let given = [
                ("code", code != nil), ("enhanced-code", enhancedCode != nil), ("text", text != nil),
                ("spf-explanation", tellsExplanation),
            ]
            return given.filter(\.1).map {
                ($0.0, "action \(action.rawValue) has no reply; only reject and tempfail have one")
            }
        }
        var mistakes: [(key: String, text: String)] = []
        let first = replyClass.rawValue
        if let code, code / 100 != first {
            mistakes.append(("code", "\(code): action \(action.rawValue) takes a code from \(first)00 to \(first)99"))
        }
        if let enhancedCode {
            if let text = Self.mistake(enhancedCode, code, in: replyClass) { mistakes.append(("enhanced-code", text)) }
        } else if let code, code / 100 == first, code != Self.usualCode(replyClass) {
            // Each of the codes that the checks lead to is registered with its basic code; most are registered with
            // no other.
            mistakes.append(("code", "\(code): takes an enhanced-code that it is registered with; see `authres codes`"))
        }
        return mistakes
    }

    private static func usualCode(_ replyClass: EnhancedCode.Class) -> Int {
        switch replyClass {
        case .success: 250
        case .transientFailure: 451
        case .permanentFailure: 550
        }
    }

    private static func mistake(_ enhanced: EnhancedCode, _ code: Int?, in replyClass: EnhancedCode.Class) -> String? {
        guard enhanced.statusClass == replyClass else {
            return "\(enhanced): this action takes a code that begins with \(replyClass.rawValue)"
        }
        guard let registered = StatusCodeRegistry.code(enhanced) else {
            return "\(enhanced) is not registered; see `authres codes`"
        }
        let basicCodes = "\(registered.name) (\(registered.meaning)) goes with \(registered.basicCodes)"
        if let code {
            return registered.goes(with: code, in: replyClass) || code / 100 != replyClass.rawValue
                ? nil : "\(enhanced): \(basicCodes), not \(code)"
        }
        return registered.basicCode(in: replyClass) == nil ? "\(enhanced): \(basicCodes)" : nil
    }
}
