internal import AuthResults
internal import AuthServ
internal import Authentication
internal import DNS
package import FieldClaims
internal import FieldProvenance
package import Mail
package import ServerQuery
package import StoredMail
package import Trace

/// What can be said of every Authentication-Results field of a header, by signature, by position and by the hosts
/// that handled the message; the first of these that holds is named.
package struct HopVerification {
    /// One field and its verification.
    struct Field {
        /// Its place in the header: 1 is the first field.
        let position: Int
        /// The id as it can be read; nil if it cannot.
        let id: String?
        let hops: HopProof.Verdict
        /// By signature or position; only the topmost of our fields is tried.
        let field: FieldProof?

        enum Verdict: String {
            case proven
            case notOurs = "not-ours"
            case notProven = "not-proven"
            case unknown
        }

        /// A signature holds whatever the hosts say; a position does not hold against a host that says it removes
        /// such fields from incoming mail.
        var verdict: Verdict {
            if case .signature? = field { return .proven }
            switch hops {
            case .notOurs: return .notOurs
            case .proven: return .proven
            case .notProven: return isPositioned ? .proven : .notProven
            case .unknown: return isPositioned ? .proven : .unknown
            }
        }

        fileprivate var isPositioned: Bool { if case .position? = field { true } else { false } }
    }

    let hops: [HopProof.Hop]
    let fields: [Field]
    let claimed: FieldVerification

    /// - Parameters:
    ///   - claimed: the topmost field that claims to be ours, and its proof by signature or position.
    ///   - ownIDs: the ids in the configuration.
    ///   - horizon: how many seconds before an answer it is taken to hold.
    package init(
        _ header: [HeaderField],
        claimed: FieldVerification,
        ownIDs: OwnIdentifiers,
        recovery: EnvelopeRecovery,
        inquiry: HopInquiry,
        horizon: Int64
    ) async {
        self.claimed = claimed
        let passed = recovery.envelope(of: header)
        let answers = await inquiry.answers(of: passed.hops.map(\.host))
        hops = zip(passed.hops, answers).map { hop, answer in
            HopProof.Hop(
                place: hop.index,
                host: hop.host,
                isBorder: hop.number == passed.border?.number,
                receivedAt: hop.date?.secondsSince1970,
                answer: answer
            )
        }
        let proof = HopProof(hops: hops, horizon: horizon)
        fields = header.indices.filter { header[$0].isNamed(AuthenticationResults.fieldName) }.map { place in
            let position = place + 1
            guard case .claims(let ids) = ClaimedAuthservID(header[place].value), let id = ids.first else {
                let reason = "no authserv-id can be read"
                return Field(position: position, id: nil, hops: .notProven(reason), field: nil)
            }
            let isClaimed = claimed.position == position
            let shown = isClaimed ? claimed.claimedID ?? id : id
            let claim = HopProof.Claim(
                place: place,
                id: shown,
                names: ids.compactMap(Self.name),
                isOwn: ids.contains(where: ownIDs.contains)
            )
            return Field(
                position: position,
                id: shown,
                hops: proof.verdict(on: claim),
                field: isClaimed ? claimed.proof : nil
            )
        }
    }

    /// The id without a queue ID after it.
    private static func name(_ id: String) -> Domain? {
        Domain(internationalized: Array(id.utf8.prefix { $0 != UInt8(ascii: "/") }))
    }

    /// Our topmost field; if there is none, the first that the hosts prove.
    var decisive: Field? {
        fields.first { $0.position == claimed.position } ?? fields.first { $0.verdict == .proven }
    }

    /// True if the decisive field is proven, and there is none that one of our hosts should have removed.
    package var isProven: Bool {
        decisive?.verdict == .proven && !fields.contains { $0.verdict == .notOurs }
    }

    // MARK: For people

    /// Lines for one message; the first is the same as without the hosts.
    package func text(file: String, explains: Bool) -> String {
        var lines = ["\(file): \(summary)"]
        lines += hops.map { hop in
            "hop: Received field \(hop.place + 1) by \(hop.host?.text ?? "an own host")"
                + (hop.isBorder ? " (border)" : "") + ": \(hop.answer)"
        }
        for field in fields {
            lines.append("field \(field.position) (\(Explanation.plain(field.id ?? "?"))): \(Self.text(field))")
            if explains { lines += explanation(of: field) }
        }
        return lines.joined(separator: "\n")
    }

    private var summary: String {
        guard let decisive else { return claimed.text }
        switch (decisive.verdict, decisive.field) {
        case (.proven, .signature?), (.proven, .position?): return claimed.text
        default:
            let place = "field \(decisive.position) (\(Explanation.plain(decisive.id ?? "?"))): "
            return place + (decisive.verdict == .proven ? "ours: " + Self.reason(decisive.hops) : Self.text(decisive))
        }
    }

    private static func text(_ field: Field) -> String {
        switch field.verdict {
        case .proven:
            if case .proven = field.hops { return "proven: " + reason(field.hops) }
            return "proven: " + (field.field.map(text) ?? "")
        case .notOurs: return "NOT ours: " + reason(field.hops)
        case .notProven: return "not proven: " + reason(field.hops)
        case .unknown: return "unknown: " + reason(field.hops)
        }
    }

    static func reason(_ verdict: HopProof.Verdict) -> String {
        switch verdict {
        case .proven(let hop):
            let host = hop.host?.text ?? "an own host"
            return "above the Received field of \(host), which says that it removes forged fields" + ids(hop)
        case .notOurs(let hop):
            let host = hop.host?.text ?? "an own host"
            return "below the Received field \(hop.place + 1) of \(host): it came in with the message"
        case .notProven(let reason), .unknown(let reason): return reason
        }
    }

    private static func ids(_ hop: HopProof.Hop) -> String {
        guard case .announces(let ids, _) = hop.answer else { return "" }
        return " of " + ids.map(\.text).joined(separator: ", ")
    }

    private static func text(_ proof: FieldProof) -> String {
        switch proof {
        case .signature(let domain): "a valid signature of \(domain) covers it"
        case .position(let host): "it is directly above the Received field of \(host)"
        case .none(let reason): reason
        }
    }

    private func explanation(of field: Field) -> [String] {
        guard field.position == claimed.position else {
            return [
                "  by signature and position: only the topmost field of ours is tried",
                "  by hops: " + Self.reason(field.hops),
            ]
        }
        return claimed.explanation + ["  by hops: " + Self.reason(field.hops)]
    }
}
