package import AuthResultsLint
internal import Authentication
package import Configuration
internal import FieldProvenance
package import Mail

/// Judges the place of a field. A host puts its fields above the Received field that it writes (RFC 8601, 4.1), so a
/// field below the one with which our hosts accepted the message came with the message (RFC 8601, 7.1).
package struct PositionCheck: Sendable {
    private let boundary: TrustBoundary

    /// Nil if the configuration does not say which hosts and names are ours.
    package init?(_ configuration: ServiceConfiguration) {
        let authservID = configuration.policy.authservID.map { [$0] } ?? []
        let hosts = configuration.ownHosts ?? authservID
        guard !hosts.isEmpty else { return nil }
        boundary = TrustBoundary(
            ids: (authservID.isEmpty ? hosts : authservID) + configuration.policy.ownIDs,
            hosts: hosts,
            trustedRelays: configuration.policy.trustedRelays
        )
    }

    /// The findings about the places of the Authentication-Results fields in a header, each with the field's index.
    package func findings(in header: [HeaderField], _ lint: Lint) -> [(index: Int, finding: Finding)] {
        let results = TrustedResults(in: header, within: boundary)
        return results.fields.compactMap { field in
            finding(field, results.border, lint).map { (field.place, $0) }
        }
    }

    private func finding(_ field: TrustedResults.Field, _ border: ReceivedBorder, _ lint: Lint) -> Finding? {
        let isOwn = field.ownID != nil
        switch field.side {
        case .above: return nil
        case .unknown:
            // Directly above a Received field of ours, if one that cannot be read.
            guard isOwn, border.index == nil || border.inner != nil else { return nil }
            return lint.finding(
                .positionUnknown,
                "claims to be ours, but no Received field of our own host is known to be below it: nothing proves it",
                hint: "list the hosts in own-hosts by the names they write after by"
            )
        case .below: break
        }
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
}
