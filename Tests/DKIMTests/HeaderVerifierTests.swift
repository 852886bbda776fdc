import DKIM
import DNS
import Mail
import MailSignature
import SigningSupport
import Testing

/// Which way a signature goes, and that both ways come to the same end.
@Suite struct HeaderVerifierTests {
    /// What the two ways say of one signature under one key.
    struct Judgement: Hashable, Sendable {
        let verifier: HeaderVerifier
        let outcome: HeaderSignature.Outcome
        /// Our own word, whose ever counts.
        let ownOutcome: HeaderSignature.Outcome
    }

    /// Of every signature of a message that is in good form, under every key that is there for it. The body, the times
    /// and the bits of the key do not come into it.
    static func judgements(on message: SignedMessage) -> [Judgement] {
        var signedFields = SignedFields(message.header)
        var judgements: [Judgement] = []
        for (place, field) in message.header.enumerated() where field.isNamed("DKIM-Signature") {
            guard let candidate = try? DKIMCheck.Candidate(field, at: place) else { continue }
            let question = candidate.signature.field.keyQuestion
            var answers = Answers([question: message.answers[question.name.text] ?? Answer(.nameError)])
            guard
                case .success(let keys) = KeyRecord.read(question, for: candidate.signature.field.algorithm, &answers)
            else { continue }
            let signature = HeaderSignature(candidate, in: message.header, &signedFields)
            for key in keys {
                let found = signature.verify(under: key)
                judgements.append(
                    Judgement(
                        verifier: found.verifier,
                        outcome: found.outcome,
                        ownOutcome: signature.ownOutcome(under: key)
                    )
                )
            }
        }
        return judgements
    }

    /// The corpus, judged once for all tests.
    private static let judged = Corpus.cases.map { message in
        Judged(message: message, judgements: judgements(on: message.signedMessage))
    }

    struct Judged: Sendable, CustomTestStringConvertible {
        let message: Corpus.Case
        let judgements: [Judgement]

        var testDescription: String { message.name }
    }

    /// True unless one way says that the signature verifies and the other that it does not. Keys under 1,024 bits, or
    /// with an exponent of more than 33, are none to swift-crypto.
    static func isAgreed(_ judgement: Judgement) -> Bool {
        if case .unverifiable = judgement.ownOutcome { return true }
        return judgement.outcome == judgement.ownOutcome
    }

    @Test func `where libopendkim judges a message of the corpus, our own word is the same`() {
        #expect(Self.judged.count { $0.judgements.contains { $0.verifier == .library } } > 400)
        for judged in Self.judged {
            #expect(judged.judgements.allSatisfy(Self.isAgreed), "\(judged)")
        }
    }

    @Test func `an ordinary signature goes to libopendkim`() {
        let ordinary = Self.judged.filter { $0.message.maker != "script" }
        #expect(ordinary.count > 100)
        #expect(Set(ordinary.flatMap(\.judgements).map(\.verifier)) == [.library])
    }

    /// Signatures of the corpus that pass by each of the causes: no cause without a signature that needs it.
    @Test(arguments: HeaderVerifier.Cause.allCases.filter { $0 != .readOtherwise })
    func `every cause lets a signature pass that libopendkim would not`(_ cause: HeaderVerifier.Cause) {
        let passing = Self.judged.filter { $0.message.expect.contains("pass") }.flatMap(\.judgements)
        #expect(passing.contains { $0.verifier == .own(cause) && $0.outcome == .verified })
    }

    /// The causes are foreseen: what the library is asked, it answers. (That it would refuse what an `x=` or `l=`
    /// settles before it is asked does not count.)
    @Test func `libopendkim reads what it is given as we do`() {
        for judged in Self.judged where judged.message.expect.allSatisfy({ $0 == "pass" }) {
            #expect(!judged.judgements.contains { $0.verifier == .own(.readOtherwise) }, "\(judged)")
        }
    }
}
