public import DNS
public import Mail
internal import MailSignature

/// How one can tell that an Authentication-Results field was written by the host that it names, and not by who sent the
/// message (RFC 8601, 7.1).
public enum FieldProof: Hashable, Sendable {
    /// A signature of this domain covers the field, and passes.
    case signature(of: Domain)
    /// The field stands directly above the Received field of this host, the topmost that the host has written: what came
    /// with the message is below it. That is worth as much as the way by which the header came from the host.
    case position(above: Domain)
    /// There is no proof, and why, in words of ours.
    case none(String)

    /// Looks for a proof.
    /// - Parameters:
    ///   - place: where in the header the field stands, 0 being the top. It must be the topmost that claims the
    ///     authserv-id: one below it is history.
    ///   - header: the fields of the message, from the top.
    ///   - verdicts: one for each DKIM-Signature of the header, from the top, as ``DKIMCheck`` gives them.
    ///   - authservID: what the field claims, without quotes; nil if that is no domain name.
    ///   - hosts: the names by which the hosts of that site call themselves in Received fields.
    public init(
        ofFieldAt place: Int,
        in header: [HeaderField],
        verdicts: [DKIMVerdict],
        authservID: Domain?,
        hosts: Set<Domain>
    ) {
        guard header.indices.contains(place) else {
            self = .none("no such field")
            return
        }
        if let signer = Self.signer(ofFieldAt: place, in: header, verdicts, authservID) {
            self = .signature(of: signer)
            return
        }
        switch Self.host(below: place, in: header, hosts) {
        case .success(let host): self = .position(above: host)
        case .failure(let missing): self = .none("no valid signature of its domain covers it, and \(missing.reason)")
        }
    }

    /// The domain of a signature that proves the field: one that passes, whose `d=` is the authserv-id or a domain above
    /// it, and whose `h=` takes in this very field (RFC 6376 section 5.4.2 counts from below, so that a field added on
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

    /// Fields that a host adds together with ours, so that they may stand between it and the host's Received.
    private static let traceNames = [
        "Authentication-Results", "Received-SPF", "DKIM-Signature", "ARC-Seal", "ARC-Message-Signature",
        "ARC-Authentication-Results",
    ]

    private static func host(
        below place: Int,
        in header: [HeaderField],
        _ hosts: Set<Domain>
    ) -> Result<Domain, Missing> {
        /// Above may stand what hosts behind ours have added. If one of those fields is ours, or may be, then this one
        /// came with the message. What a sender says in HELO can make our own Received unreadable.
        for field in header[..<place] where field.isNamed("Received") {
            guard let received = try? Received(field.value) else {
                return .failure(Missing(reason: "a Received field above it cannot be read"))
            }
            if let host = received.host, hosts.contains(host) {
                return .failure(Missing(reason: "it stands below the Received field of \(host)"))
            }
        }
        let below = header[(place + 1)...].first { field in !traceNames.contains { field.isNamed($0) } }
        guard let below, below.isNamed("Received") else {
            return .failure(Missing(reason: "no Received field stands directly below it"))
        }
        guard let received = try? Received(below.value), let host = received.host else {
            return .failure(Missing(reason: "the Received field below it cannot be read"))
        }
        guard hosts.contains(host) else {
            return .failure(Missing(reason: "the Received field below it is of \(host)"))
        }
        return .success(host)
    }
}
