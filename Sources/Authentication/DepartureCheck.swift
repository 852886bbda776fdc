internal import ARC
internal import AuthResults
internal import DKIM
internal import DNS
internal import FieldClaims
internal import FieldProvenance
internal import FieldSealing
internal import Mail
internal import MailSignature
internal import Trace

/// What was found when a message that a host of this site sends on arrived: the results that one of our hosts
/// recorded then, proven to be its own, and the state of the ARC chain since.
///
/// A list manager changes a message, so its signatures cannot be judged again when it departs. The seals of a chain
/// can, because they cover only the chain.
struct DepartureCheck: Sendable {
    /// Why nothing is known.
    struct Unproven: Error {
        let reason: String
    }

    private let header: [HeaderField]
    private let fieldsOfSite: TrustedResults
    private let claims: [TrustedResults.Field]
    private let fields: ARCFields
    private let arc: ARCCheck
    private let dkim: DKIMCheck?

    /// What was found on arrival.
    struct Arrival: Sendable {
        let results: AuthenticationResults
        let chain: ARCResult
    }

    /// How many fields of ours are examined: one for each program that checks, but not as many as a sender likes.
    private static let claimLimit = 16

    /// - Parameter signatureLimit: how many DKIM signatures to verify; nil if they are verified elsewhere.
    init(header: [HeaderField], ownIDs: OwnIdentifiers, recovery: EnvelopeRecovery, signatureLimit: Int?) {
        self.header = header
        fieldsOfSite = TrustedResults(in: header, within: TrustBoundary(ownIDs: ownIDs, recovery: recovery))
        claims = Array(fieldsOfSite.claimed.prefix(Self.claimLimit))
        fields = ARCFields(header)
        arc = ARCCheck(header: header)
        dkim = claims.isEmpty ? nil : signatureLimit.map { DKIMCheck(header: header, signatureLimit: $0) }
    }

    var bodyHashSpecifications: [BodyHashes.Specification] { dkim?.bodyHashSpecifications ?? [] }

    func askForKeys(_ answers: inout Answers) {
        dkim?.askForKeys(&answers)
        for question in arc.sealKeyQuestions { _ = answers.request(question) }
    }

    /// The results and the verdict on the chain; nil as long as answers are missing.
    /// - Parameter dkim: the verdicts on the signatures, if they are verified elsewhere.
    func evaluate(
        dkim given: [DKIMVerdict]?,
        digests: [BodyHashes.Specification: BodyHashes.Digest],
        at time: Int64,
        _ answers: inout Answers
    ) -> Result<Arrival, Unproven>? {
        var verdicts = given ?? []
        if let dkim {
            guard let evaluated = dkim.evaluate(digests: digests, at: time, &answers) else { return nil }
            verdicts = evaluated
        }
        let seals = fields.sets.isEmpty ? false : arc.sealsVerify(at: time, &answers)
        guard let seals else { return nil }
        let isUnavailable = arc.sealKeyQuestions.contains { question in
            if case .failure? = answers.answer(to: question)?.outcome { true } else { false }
        }
        do throws(Unproven) {
            let proven = try provenResults(verdicts)
            let chain = try chain(in: proven.results, belowFieldAt: proven.place)
            guard chain != .pass || !isUnavailable else { throw Unproven(reason: "a key of the chain is unavailable") }
            return .success(Arrival(results: proven.results, chain: chain == .pass && !seals ? .fail : chain))
        } catch {
            return .failure(error)
        }
    }

    /// The results of all proven fields that name the same host as the topmost one (RFC 8617, 4.1.1: one field, with
    /// all results of the site), and its place.
    private func provenResults(
        _ verdicts: [DKIMVerdict]
    ) throws(Unproven) -> (results: AuthenticationResults, place: Int) {
        let signatures = CoveringSignatures(header, verdicts: verdicts)
        var found: (results: AuthenticationResults, place: Int, id: Domain?)?
        for claim in claims {
            let proof = fieldsOfSite.proof(of: claim, signedBy: signatures.signer)
            if case .none(let reason) = proof {
                guard found != nil else { throw Unproven(reason: "the field is not proven to be ours: \(reason)") }
                continue
            }
            guard let parsed = try? AuthenticationResults(parsing: claim.value) else {
                guard found != nil else { throw Unproven(reason: "our field cannot be read") }
                continue
            }
            if let first = found {
                if claim.ownName == first.id { found?.results.results += parsed.results }
            } else {
                found = (parsed, claim.place, claim.ownName)
            }
        }
        guard let found else { throw Unproven(reason: "no field of ours says what was found on arrival") }
        return (found.results, found.place)
    }

    /// The state of the chain on arrival, including the sets added since by hosts of ours.
    private func chain(
        in results: AuthenticationResults,
        belowFieldAt place: Int
    ) throws(Unproven) -> ARCResult {
        let told = results.results.filter { $0.method.lowercased() == "arc" }
        guard let told = told.count == 1 ? told.first : nil else {
            /// Two results for one chain count as none.
            guard told.isEmpty else { return .fail }
            guard fields.highestInstance == 0 else { throw Unproven(reason: "our field says nothing about the chain") }
            return .none
        }
        guard let result = ARCResult(rawValue: told.result.lowercased()) else { return .fail }
        /// Our own set of the arrival is above the field.
        let isOurs = !fields.sets.isEmpty && fields.sets.allSatisfy { $0.allSatisfy { $0 < place } }
        return result == .none && isOurs ? .pass : result
    }
}
