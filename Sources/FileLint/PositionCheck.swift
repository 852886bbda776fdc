internal import AuthResults
package import AuthResultsLint
internal import Authentication
package import Configuration
internal import DNS
internal import FieldClaims
package import Mail
internal import Octets
internal import Trace

/// Judges the place of a field. A host puts its fields above the Received field that it writes (RFC 8601, 4.1), so a
/// field below the one with which our hosts accepted the message came with the message (RFC 8601, 7.1).
package struct PositionCheck: Sendable {
    private let ownHosts: HostPatterns
    private let ownIDs: OwnIdentifiers
    private let recovery: EnvelopeRecovery

    /// Nil if the configuration does not say which hosts and names are ours.
    package init?(_ configuration: ServiceConfiguration) {
        let authservID = configuration.policy.authservID.map { [$0] } ?? []
        let hosts = configuration.ownHosts ?? authservID
        guard !hosts.isEmpty else { return nil }
        ownHosts = HostPatterns(hosts)
        ownIDs = OwnIdentifiers((authservID.isEmpty ? hosts : authservID) + configuration.policy.ownIDs)
        recovery = EnvelopeRecovery(ownHosts: ownHosts, trustedRelays: configuration.policy.trustedRelays)
    }

    /// The findings about the places of the Authentication-Results fields in a header, each with the field's index.
    package func findings(in header: [HeaderField], _ lint: Lint) -> [(index: Int, finding: Finding)] {
        let border = border(of: header)
        return header.indices.compactMap { index in
            guard header[index].isNamed(AuthenticationResults.fieldName) else { return nil }
            return finding(header[index], at: index, border, lint).map { (index, $0) }
        }
    }

    private func finding(_ field: HeaderField, at index: Int, _ border: Int?, _ lint: Lint) -> Finding? {
        let isOwn = claimsUs(field)
        guard let border else {
            guard isOwn else { return nil }
            return lint.finding(
                .positionUnknown,
                "claims to be ours, but there is no Received field of our own host on top: nothing proves it",
                hint: "list the hosts in own-hosts by the names they write after by"
            )
        }
        guard index > border else { return nil }
        guard isOwn else {
            return lint.finding(
                .notOurs,
                "is below the Received field of our host: it came in with the message (RFC 8601, 7.1)"
            )
        }
        return lint.finding(
            .belowReceived,
            "claims to be ours, but is below the Received field of our host: forged, or put in the wrong place "
                + "(RFC 8601, 4.1 and 7.1)",
            hint: "remove such fields where mail comes in"
        )
    }

    private func claimsUs(_ field: HeaderField) -> Bool {
        guard case .claims(let ids) = ClaimedAuthservID(field.value) else { return false }
        return ids.contains(where: ownIDs.contains)
    }

    /// The place of the Received field with which our hosts accepted the message: that of the border hop; the lowest,
    /// if all are ours; and if nothing more is known, the topmost, if it is ours.
    private func border(of header: [HeaderField]) -> Int? {
        let envelope = recovery.envelope(of: header)
        if let hop = envelope.border { return hop.index }
        let received = header.indices.filter { header[$0].isNamed("Received") }
        if envelope.reason == .fromWithin { return received.last }
        return received.first.flatMap { index in
            Self.host(header[index].value).flatMap { ownHosts.contains($0) ? index : nil }
        }
    }

    /// The host that wrote a Received field, even one with too little to recover an envelope from.
    private static func host(_ value: [UInt8]) -> Domain? {
        if let received = try? Received(value) { return received.host }
        let words = value.split { $0.isWhiteSpace || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: ";") }
        // The text after `from` is the client's.
        guard let by = words.indices.first(where: { $0 != 1 && words[$0].elementsEqual("by".utf8) }),
            by + 1 < words.count
        else { return nil }
        return Domain(words[by + 1])
    }
}
