public import DKIM
public import DNS
public import Mail
internal import MailSignature
public import Trace

/// Proof that an Authentication-Results field was written by the host that it names, and not by the sender of the
/// message (RFC 8601, 7.1).
public enum FieldProof: Hashable, Sendable {
    /// A signature of this domain covers the field, and passes.
    case signature(of: Domain)
    /// The field is directly above the Received field of this host, and above it there are only fields that hosts of
    /// ours have added: what came with the message is below.
    case position(above: Domain)
    /// There is no proof; with the reason in our own words.
    case none(String)

    /// Looks for a proof.
    /// - Parameters:
    ///   - place: the field's place in the header, 0 being the top. It must be the topmost that claims the
    ///     authserv-id: one below it is history.
    ///   - header: the fields of the message, from the top.
    ///   - verdicts: one for each DKIM-Signature of the header, from the top, as ``DKIMCheck`` gives them.
    ///   - authservID: the id that the field claims, without quotes; nil if it is not a domain name.
    ///   - recovery: knows which Received fields hosts of ours have written.
    public init(
        ofFieldAt place: Int,
        in header: [HeaderField],
        verdicts: [DKIMVerdict],
        authservID: Domain?,
        recovery: EnvelopeRecovery
    ) {
        guard header.indices.contains(place) else {
            self = .none("no such field")
            return
        }
        if let signer = Self.signer(ofFieldAt: place, in: header, verdicts, authservID) {
            self = .signature(of: signer)
            return
        }
        switch Self.host(below: place, in: header, recovery) {
        case .success(let host): self = .position(above: host)
        case .failure(let missing): self = .none("no valid signature of its domain covers it, and \(missing.reason)")
        }
    }

    /// The domain of a signature that proves the field: one that passes, whose `d=` is the authserv-id or a domain
    /// above it, and whose `h=` covers this very field (RFC 6376 section 5.4.2 counts from below, so a field added on
    /// top of a signed one is not signed).
    private static func signer(
        ofFieldAt place: Int,
        in header: [HeaderField],
        _ verdicts: [DKIMVerdict],
        _ authservID: Domain?
    ) -> Domain? {
        guard let authservID else { return nil }
        let signatures = header.indices.filter { header[$0].isNamed("DKIM-Signature") }
        guard signatures.count == verdicts.count else { return nil }
        let fields = SignedFields(header)
        for (index, verdict) in zip(signatures, verdicts) where verdict.result == .pass && !verdict.isTesting {
            guard let domain = verdict.domain, authservID.isEqualOrBelow(domain),
                let field = try? SignatureField(header[index].value),
                let signature = try? MessageSignature(field)
            else { continue }
            if fields.selected(by: signature.signedNames, except: index).contains(place) { return domain }
        }
        return nil
    }

    private struct Missing: Error {
        let reason: String
    }

    /// Fields that a host adds together with ours, so they may be between it and the host's Received field.
    private static let traceNames = [
        "Authentication-Results", "Received-SPF", "DKIM-Signature", "ARC-Seal", "ARC-Message-Signature",
        "ARC-Authentication-Results",
    ]

    /// If a Received field above was not written by a host of ours, the sender may have written this field and the
    /// Received field below it; and everything below the border, where our host met an external client, came with the
    /// message.
    private static func host(
        below place: Int,
        in header: [HeaderField],
        _ recovery: EnvelopeRecovery
    ) -> Result<Domain, Missing> {
        let envelope = recovery.envelope(of: header)
        switch (envelope.border, envelope.reason) {
        case (let border?, _) where place > border.index:
            let host = border.host.map(\.text) ?? "an own host"
            return .failure(Missing(reason: "it is below the Received field of \(host), which met an external client"))
        case (_?, _), (nil, .fromWithin), (nil, nil): break
        case (nil, let reason?): return .failure(Missing(reason: reason.description))
        }
        let below = header[(place + 1)...].first { field in !traceNames.contains { field.isNamed($0) } }
        guard let below, below.isNamed("Received") else {
            return .failure(Missing(reason: "no Received field is directly below it"))
        }
        guard let received = try? Received(below.value), let host = received.host else {
            return .failure(Missing(reason: "the Received field below it cannot be read"))
        }
        guard recovery.ownHosts.contains(host) else {
            return .failure(Missing(reason: "the Received field below it is of \(host)"))
        }
        return .success(host)
    }
}
