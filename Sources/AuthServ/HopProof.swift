package import DNS

/// Proves an Authentication-Results field by the announcements of the hosts that handled the message.
///
/// A host that announces that it removes forged fields of a name accepts no field of that name from outside. So one
/// above its Received field was written by it or by a host of ours after it; one below came in with the message, and
/// should not be there. Of several such hosts the lowest counts.
package struct HopProof: Hashable, Sendable {
    /// A host of ours that the message passed, from the top.
    package struct Hop: Hashable, Sendable {
        /// The Received field: its place in the header, 0 being the first field.
        package let place: Int
        package let host: Domain?
        /// It met an external client: the part below was never examined.
        package let isBorder: Bool
        /// Seconds since 1970.
        package let receivedAt: Int64?
        package let answer: HopAnswer

        package init(place: Int, host: Domain?, isBorder: Bool, receivedAt: Int64?, answer: HopAnswer) {
            self.place = place
            self.host = host
            self.isBorder = isBorder
            self.receivedAt = receivedAt
            self.answer = answer
        }

        fileprivate var name: String { host?.text ?? "an own host" }
    }

    /// The field to prove.
    package struct Claim: Hashable, Sendable {
        package let place: Int
        /// The id as shown.
        package let id: String
        /// The id as a name, in every reading that is one.
        package let names: [Domain]
        /// True if the configuration lists it as one of ours.
        package let isOwn: Bool

        package init(place: Int, id: String, names: [Domain], isOwn: Bool) {
            self.place = place
            self.id = id
            self.names = names
            self.isOwn = isOwn
        }
    }

    package enum Verdict: Hashable, Sendable {
        case proven(by: Hop)
        case notOurs(below: Hop)
        case notProven(String)
        /// A host did not answer, so it may be either.
        case unknown(String)
    }

    package let hops: [Hop]
    /// How many seconds before it was given an answer is taken to hold.
    package let horizon: Int64

    package init(hops: [Hop], horizon: Int64) {
        self.hops = hops
        self.horizon = horizon
    }

    package func verdict(on claim: Claim) -> Verdict {
        guard !hops.isEmpty else {
            return .notProven("the Received fields show no host of ours that handled the message")
        }
        let lowest = hops.lastIndex { Self.names(claim, $0.answer) }
        // A host below that did not answer may be the decisive one.
        let silent = hops[(lowest.map { $0 + 1 } ?? 0)...].filter { $0.answer.reasonUnknown != nil }
        guard let lowest else {
            guard let first = silent.first, let reason = first.answer.reasonUnknown else {
                return .notProven("no host that handled the message announces \(claim.id)")
            }
            return .unknown("\(first.name): \(reason)")
        }
        let isAbove = claim.place < hops[lowest].place
        if let doubt = silent.first(where: { (claim.place < $0.place) != isAbove }) {
            return .unknown("\(doubt.name): \(doubt.answer.reasonUnknown ?? "")")
        }
        let hop = hops[lowest]
        if let problem = timeProblem(hop) { return .notProven(problem) }
        return isAbove ? .proven(by: hop) : .notOurs(below: hop)
    }

    private static func names(_ claim: Claim, _ answer: HopAnswer) -> Bool {
        switch answer {
        case .announces(let ids, _): claim.names.contains { ids.contains($0) }
        case .conforms: claim.isOwn
        case .nothing, .unknown: false
        }
    }

    /// The answer is of today; whether the host removed forged fields when the message came is another question.
    private func timeProblem(_ hop: Hop) -> String? {
        guard let askedAt = hop.answer.askedAt else { return nil }
        guard let receivedAt = hop.receivedAt else {
            return "the Received field of \(hop.name) does not say when the message came"
        }
        guard askedAt - receivedAt > horizon else { return nil }
        let days = (askedAt - receivedAt) / 86_400
        return "too old: \(hop.name) was asked \(days) days after the message came"
    }
}

/// The announcement of a host of ours about its fields.
package enum HopAnswer: Hashable, Sendable {
    case announces([Domain], askedAt: Int64)
    /// It removes forged fields, but does not say of which name: those that are configured.
    case conforms(askedAt: Int64)
    /// Nothing of the kind.
    case nothing
    case unknown(String)

    package init(_ announcement: Announcement, askedAt: Int64) {
        if !announcement.conforms {
            self = .nothing
        } else if !announcement.ids.isEmpty {
            self = .announces(announcement.ids, askedAt: askedAt)
        } else if announcement.refused.isEmpty {
            self = .conforms(askedAt: askedAt)
        } else {
            self = .unknown(announcement.findings.map(\.rawValue).joined(separator: ", "))
        }
    }

    /// Seconds since 1970.
    package var askedAt: Int64? {
        switch self {
        case .announces(_, let askedAt), .conforms(let askedAt): askedAt
        case .nothing, .unknown: nil
        }
    }

    var reasonUnknown: String? {
        switch self {
        case .unknown(let reason): reason
        case .announces, .conforms, .nothing: nil
        }
    }
}

extension HopAnswer: CustomStringConvertible {
    package var description: String {
        switch self {
        case .announces(let ids, _): "conforms, ids " + ids.map(\.text).joined(separator: ", ")
        case .conforms: "conforms, names no id"
        case .nothing: "nothing announced"
        case .unknown(let reason): "unknown: \(reason)"
        }
    }
}
