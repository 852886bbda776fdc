internal import DNS

/// Identifier Alignment in relaxed mode (RFC 9989, 4.4 and 4.10.2): two domains have the same Organizational Domain.
struct Alignment {
    enum Outcome {
        case aligned, notAligned
        /// It would need a walk more than ``walkLimit``.
        case notExamined
        /// It depends on an answer that is unavailable.
        case unknown(Answer.Failure)
    }

    /// Walks, in addition to that of the author domain, that one message may cause, with eight times as many queries.
    /// A domain that needs a walk is below the author's Organizational Domain, or might be: only a sender who wants
    /// to cause queries has more of them, against whom RFC 9989 section 4.10 bounds the single walk.
    static let walkLimit = 8

    let author: TreeWalk

    /// Asks for the walks of domains that are likely to need one, before it is known whether they do.
    ///
    /// The Organizational Domain of a name is the name or one above it. So a domain that shares only the top-level
    /// domain with the author's, such as that of a mail provider, can be aligned only by a record at the top-level
    /// domain that does not call itself a public suffix: it is asked about when such a record has turned up.
    func ask(_ candidates: [Domain], _ answers: inout Answers) {
        let common = author.names[0].suffix(labels: 2)
        for domain in distinct(candidates.filter({ $0.isEqualOrBelow(common) })) {
            TreeWalk(from: domain).ask(&answers)
        }
    }

    /// The outcomes, one for each of `domains`, and the author's Organizational Domain if it was needed; nil as long
    /// as an answer is missing.
    func outcomes(
        _ domains: [Domain],
        _ answers: inout Answers
    ) -> (outcomes: [Outcome], organizationalDomain: Domain?)? {
        let topLevel = author.names[0].suffix(labels: 1)
        guard domains.contains(where: { $0.isEqualOrBelow(topLevel) }) else {
            return (domains.map { _ in .notAligned }, nil)
        }
        let organization: Domain
        switch author.outcome(&answers) {
        case nil: return nil
        case .failed(let failure):
            return (domains.map { $0.isEqualOrBelow(topLevel) ? .unknown(failure) : .notAligned }, nil)
        case .records(let records): organization = author.organizationalDomain(of: records)
        }
        let walks = distinct(domains.filter { $0.isEqualOrBelow(organization) }).map(TreeWalk.init)
        /// All are asked before any result is read.
        let walked = walks.map { $0.outcome(&answers) }
        var outcomes: [Domain: Outcome] = [:]
        for (walk, outcome) in zip(walks, walked) {
            switch outcome {
            case nil: return nil
            case .failed(let failure): outcomes[walk.names[0]] = .unknown(failure)
            case .records(let records):
                let isEqual = walk.organizationalDomain(of: records) == organization
                outcomes[walk.names[0]] = isEqual ? .aligned : .notAligned
            }
        }
        return (
            domains.map { outcomes[$0] ?? ($0.isEqualOrBelow(organization) ? .notExamined : .notAligned) }, organization
        )
    }

    /// The first ``walkLimit`` different ones, without the author domain.
    private func distinct(_ domains: [Domain]) -> [Domain] {
        var distinct: [Domain] = []
        for domain in domains where domain != author.names[0] && !distinct.contains(domain) {
            distinct.append(domain)
            if distinct.count == Self.walkLimit { break }
        }
        return distinct
    }
}
