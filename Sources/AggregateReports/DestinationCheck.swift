internal import DMARC
package import DNS

/// Whether a destination wants the reports of a domain (RFC 9990: external destinations): any domain can name any
/// address, including one that it wants to flood.
package struct DestinationCheck: Sendable {
    package enum Outcome: Hashable, Sendable {
        /// Reports go to these addresses: the destination itself, or those that it names instead.
        case send([ReportDestination])
        /// Nothing is sent; the reason is a text of our own.
        case ignore(String)
        /// It is unknown at present.
        case later(String)
    }

    private let policyDomain: Domain
    private let destination: ReportDestination
    private let policyWalk: OrganizationalDomainSearch
    private let hostWalk: OrganizationalDomainSearch

    package init(_ destination: ReportDestination, for policyDomain: Domain) {
        self.destination = destination
        self.policyDomain = policyDomain
        policyWalk = OrganizationalDomainSearch(from: policyDomain)
        hostWalk = OrganizationalDomainSearch(from: destination.host)
    }

    /// The outcome, or nil as long as answers are missing.
    package func evaluate(_ answers: inout Answers) -> Outcome? {
        let mail = answers.request(Question(destination.host, .mx))
        guard let isExternal = isExternal(&answers) else { return nil }
        let outcome: Outcome
        switch isExternal {
        case .failure(let failure): return .later("organizational domain: \(failure.reason)")
        case .success(false): outcome = .send([destination])
        case .success(true):
            guard let allowed = permission(&answers) else { return nil }
            outcome = allowed
        }
        guard case .send(let destinations) = outcome else { return outcome }
        // A host that accepts no mail (RFC 7505) gets none.
        guard let mail else { return nil }
        if mail.records.contains(.mx(preference: 0, exchange: nil)), mail.records.count == 1 {
            return .ignore("\(destination.host) accepts no mail (null MX)")
        }
        return .send(destinations)
    }

    private struct Failure: Error {
        let reason: String
    }

    private func isExternal(_ answers: inout Answers) -> Result<Bool, Failure>? {
        guard policyDomain != destination.host else { return .success(false) }
        let own = policyWalk.find(&answers)
        let other = hostWalk.find(&answers)
        guard let own, let other else { return nil }
        switch (own, other) {
        case (.success(let own), .success(let other)): return .success(own != other)
        case (.failure(let failure), _), (_, .failure(let failure)):
            return .failure(Failure(reason: failure.reason.rawValue))
        }
    }

    /// ```
    /// <policy domain>._report._dmarc.<host> TXT "v=DMARC1..."
    /// ```
    private func permission(_ answers: inout Answers) -> Outcome? {
        guard let name = destination.host.prefixed(by: policyDomain.text + "._report._dmarc") else {
            return .ignore("the name of its permission is too long")
        }
        guard let answer = answers.request(Question(name, .txt)) else { return nil }
        if case .failure(let failure) = answer.outcome { return .later("\(name): \(failure.rawValue)") }
        let records = answer.texts.compactMap { DMARCRecord($0) }
        guard let record = records.first else {
            return .ignore("\(destination.host) has not published that it accepts reports on \(policyDomain)")
        }
        guard let uris = record.statedReportURIs else { return .send([destination]) }
        let replacements = uris.compactMap { ReportDestination($0) }
        guard !replacements.isEmpty, replacements.allSatisfy({ $0.host == destination.host }) else {
            return .ignore("\(name) names an address of another host")
        }
        return .send(replacements)
    }
}
