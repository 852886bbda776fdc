package import DNS
package import Mail
package import MailSignature

/// The Authenticated Received Chain of one message (RFC 8617): what each host on the way claims to have found, and
/// signatures that prove that it claimed so. Whether a host is to be trusted is not decided here.
package struct ARCCheck: Sendable {
    private enum Chain: Sendable {
        case none
        case broken(ARCChain.Defect)
        case sets([ARCSet])
    }

    private let header: [HeaderField]
    private let chain: Chain

    /// - Parameter header: the fields as received, from the top.
    package init(header: [HeaderField]) {
        self.header = header
        do {
            let sets = try ARCChain(header).sets
            chain = sets.isEmpty ? .none : .sets(sets)
        } catch {
            chain = .broken(error)
        }
    }

    /// How the body must be hashed for the chain, for its newest set first.
    package var bodyHashSpecifications: [BodyHashes.Specification] {
        sets.reversed().compactMap { try? $0.messageSignature.get().bodyHashSpecification }
    }

    /// Asks for the keys of all sets; at the end of the header their names are known.
    package func askForKeys(_ answers: inout Answers) {
        for question in keyQuestions { _ = answers.request(question) }
    }

    /// The verdict, or nil as long as a key is missing.
    /// - Parameters:
    ///   - digests: those of the whole body.
    ///   - time: seconds since 1970 at which signatures must be valid.
    package func evaluate(
        digests: [BodyHashes.Specification: BodyHashes.Digest],
        at time: Int64,
        _ answers: inout Answers
    ) -> ARCVerdict? {
        switch chain {
        case .none:
            return ARCVerdict(.none, sets: 0)
        case .broken(let defect):
            return ARCVerdict(.fail, reason: defect.reason, sets: defect.sets)
        case .sets(let sets):
            askForKeys(&answers)
            guard keyQuestions.allSatisfy({ answers.answer(to: $0) != nil }) else { return nil }
            var validation = ARCValidation(header: header, digests: digests, time: time, answers: answers)
            return validation.verdict(on: sets)
        }
    }

    /// Whether every seal of the chain verifies, however the message was changed since: nil as long as a key is
    /// missing, false for a message without a chain. For a host that passes on a message that was judged before it
    /// was changed.
    /// - Parameter time: as in ``evaluate(digests:at:_:)``.
    package func sealsVerify(at time: Int64, _ answers: inout Answers) -> Bool? {
        guard !sets.isEmpty else { return false }
        let questions = sealKeyQuestions
        let known = questions.map { answers.request($0) }
        guard known.allSatisfy({ $0 != nil }) else { return nil }
        var validation = ARCValidation(header: header, digests: [:], time: time, answers: answers)
        return validation.sealProblem(of: sets) == nil
    }

    /// Where the keys of the seals are.
    package var sealKeyQuestions: [Question] { sets.reversed().map(\.seal.field.keyQuestion) }

    private var sets: [ARCSet] {
        guard case .sets(let sets) = chain else { return [] }
        return sets
    }

    private var keyQuestions: [Question] {
        sets.reversed().flatMap { set in
            [set.seal.field.keyQuestion, (try? set.messageSignature.get())?.field.keyQuestion].compactMap { $0 }
        }
    }
}
