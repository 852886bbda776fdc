internal import ARC
internal import ARCSealing
internal import AuthResults
internal import DKIM
internal import DNS
internal import FieldClaims
internal import Mail
internal import MailSignature

/// The ARC Set that one message is to get: its results and its place in the chain, or the reason why it gets none.
struct ChainSealing: Sendable {
    private let sealing: Policy.ARCSealing
    private var departure: DepartureCheck?
    /// The message's state on arrival, if it departs, as soon as that is known.
    private var arrival: Result<DepartureCheck.Arrival, DepartureCheck.Unproven>?

    /// Nil for a message that is to have none.
    /// - Parameters:
    ///   - isStranger: true for a message from an external client that is being checked.
    ///   - isFromWithin: true for a message that a host of this site sends on.
    init?(_ policy: Policy, isStranger: Bool, isFromWithin: Bool) {
        guard let sealing = policy.arcSealing else { return nil }
        switch sealing.moment {
        case .arrival: guard isStranger else { return nil }
        case .departure: guard isFromWithin else { return nil }
        }
        self.sealing = sealing
    }

    /// The header is over.
    /// - Parameters:
    ///   - ownIDs: names that only this site may claim.
    ///   - signatureLimit: how many DKIM signatures to verify; nil if they are verified elsewhere.
    mutating func endOfHeader(_ header: [HeaderField], ownIDs: OwnIdentifiers, signatureLimit: Int?) {
        switch sealing.moment {
        case .arrival: break
        case .departure(let recovery):
            departure = DepartureCheck(
                header: header,
                ownIDs: ownIDs,
                recovery: recovery,
                signatureLimit: signatureLimit
            )
        }
    }

    var bodyHashSpecifications: [BodyHashes.Specification] {
        [ARCSealer.bodyHashSpecification] + (departure?.bodyHashSpecifications ?? [])
    }

    func askForKeys(_ answers: inout Answers) {
        departure?.askForKeys(&answers)
    }

    /// - Parameter dkim: the verdicts, if the signatures are verified elsewhere.
    mutating func evaluate(
        dkim: [DKIMVerdict]?,
        digests: [BodyHashes.Specification: BodyHashes.Digest],
        at time: Int64,
        _ answers: inout Answers
    ) {
        if arrival == nil { arrival = departure?.evaluate(dkim: dkim, digests: digests, at: time, &answers) }
    }

    var isSettled: Bool { departure == nil || arrival != nil }

    /// - Parameters:
    ///   - header: the header as it will be below the set.
    ///   - fresh: the results just found, and the verdict on the chain.
    func set(
        over header: [HeaderField],
        _ fresh: (results: AuthenticationResults, chain: ARCVerdict?)?,
        digests: [BodyHashes.Specification: BodyHashes.Digest],
        at time: Int64
    ) -> (fields: [HeaderField], outcome: Judgement.ARCSeal) {
        func omitted(_ reason: String) -> ([HeaderField], Judgement.ARCSeal) { ([], .omitted(reason: reason)) }
        let results: AuthenticationResults
        let chain: ARCResult
        switch sealing.moment {
        case .arrival:
            guard let fresh, let verdict = fresh.chain else { return omitted("the chain was not checked") }
            (results, chain) = (fresh.results, verdict.result)
        case .departure:
            switch arrival {
            case .success(let found)?: (results, chain) = (found.results, found.chain)
            case .failure(let unproven)?: return omitted(unproven.reason)
            case nil: return omitted("the header was not checked")
            }
        }
        guard let body = digests[ARCSealer.bodyHashSpecification] else { return omitted("the body was not hashed") }
        do throws(ChainPosition.Refusal) {
            let position = try ChainPosition(after: ARCFields(header), chain)
            let set = sealing.sealer.set(at: position, results, over: header, body: body, at: time)
            return set.map { ($0, .added(position)) } ?? omitted("too many fields to sign")
        } catch {
            return omitted(error.reason)
        }
    }
}
