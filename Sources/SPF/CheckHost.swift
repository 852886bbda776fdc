internal import DNS

/// check_host() (RFC 7208, 4) for one domain: a function of the known answers.
struct CheckHost: Sendable {
    struct Outcome: Hashable, Sendable {
        let result: SPFResult
        var reason: String?
        /// The term of the domain's own record (or the one it redirects to) that matched.
        var mechanism: String?
        var explanation: String?
        var queryingTerms = 0
        var voidLookups = 0
    }

    let domain: Domain
    let context: MacroContext
    let voidLookupLimit: Int
    /// Whether the explanation of a fail is fetched.
    let explains: Bool
    /// Nil as long as an answer is missing.
    private(set) var outcome: Outcome?

    init(domain: Domain, context: MacroContext, voidLookupLimit: Int, explains: Bool) {
        self.domain = domain
        self.context = context
        self.voidLookupLimit = voidLookupLimit
        self.explains = explains
    }

    /// Computes the outcome, or asks for what is missing.
    /// - Parameter records: the relevant parts of the records that were read for this client.
    mutating func evaluate(_ records: inout [Domain: SPFRecord], _ answers: inout Answers) {
        guard outcome == nil else { return }
        let evaluation = Evaluation(of: domain, context: context, voidLimit: voidLookupLimit)
        swap(&evaluation.answers, &answers)
        swap(&evaluation.parsed, &records)
        outcome = finish(evaluation)
        swap(&evaluation.answers, &answers)
        swap(&evaluation.parsed, &records)
    }

    private func finish(_ evaluation: Evaluation) -> Outcome? {
        guard var outcome = outcome(of: evaluation) else { return nil }
        if explains, outcome.result == .fail {
            do throws(Evaluation.Stop) {
                outcome.explanation = try evaluation.explanation()
            } catch {
                /// Whatever else goes wrong, there is no explanation, and that is not an error (RFC 7208, 6.2).
                if case .missing = error { return nil }
            }
        }
        outcome.queryingTerms = min(evaluation.termCount, Evaluation.termLimit)
        outcome.voidLookups = evaluation.voidCount
        return outcome
    }

    private func outcome(of evaluation: Evaluation) -> Outcome? {
        let ending = evaluation.hasRecord() ? LibSPF2.run(evaluation) : .stopped
        switch evaluation.stop {
        case .missing:
            evaluation.askAhead()
            return nil
        case .noRecord(let reason): return Outcome(result: .none, reason: reason)
        case .temporary(let reason): return Outcome(result: .temperror, reason: reason)
        case .permanent(let reason): return Outcome(result: .permerror, reason: reason)
        case nil: break
        }
        switch ending {
        case .matched(let qualifier):
            return Outcome(result: SPFResult(qualifier), mechanism: evaluation.decidingTerm)
        case .fellThrough:
            return Outcome(result: .neutral, reason: "no term matched")
        case .stopped:
            return Outcome(result: .temperror, reason: "no memory")
        }
    }
}

extension SPFResult {
    /// RFC 7208, 4.6.2.
    init(_ qualifier: Directive.Qualifier) {
        switch qualifier {
        case .pass: self = .pass
        case .fail: self = .fail
        case .softfail: self = .softfail
        case .neutral: self = .neutral
        }
    }
}

extension Evaluation {
    /// The entry that decided, in the record of the domain being checked or one that it redirects to: the last one
    /// asked for, or the include that led to it.
    private var decidingEntry: Entry {
        var entry = entries[currentEntry]
        while let include = records[entry.record].include { entry = entries[include] }
        return entry
    }

    var decidingTerm: String? {
        guard case .directive(let directive) = decidingEntry.matter else { return nil }
        return String(decoding: directive.text, as: UTF8.self)
    }

    /// The text that the deciding record offers for a fail (RFC 7208, 6.2); nil if there is none or anything is wrong
    /// with it. Its queries are not counted (4.6.4).
    func explanation() throws(Stop) -> String? {
        let entry = decidingEntry
        let loaded = records[entry.record]
        guard let spec = loaded.record.explanation, let name = try name(of: spec, in: loaded.domain) else { return nil }
        let texts = try ask(Question(name, .txt)).texts
        guard let text = texts.first, texts.count == 1 else { return nil }
        var parser = MacroStringParser(text[...], .explanation)
        guard let string = try? parser.macroString() else { return nil }
        let validated = string.usesValidatedName ? try validatedName(in: loaded.domain) : []
        return context.explanation(string, domain: loaded.domain, validatedName: validated)
    }
}
