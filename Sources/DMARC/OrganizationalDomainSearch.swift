package import DNS

/// The search for the Organizational Domain of a name (RFC 9989, 4.10.2), for names other than the author's of a
/// message.
package struct OrganizationalDomainSearch: Sendable {
    /// Why it is unknown at present.
    package struct Failure: Error, Hashable, Sendable {
        package let reason: Answer.Failure
    }

    private let walk: TreeWalk

    package init(from name: Domain) {
        walk = TreeWalk(from: name)
    }

    /// The domain; nil as long as an answer is missing.
    package func find(_ answers: inout Answers) -> Result<Domain, Failure>? {
        switch walk.outcome(&answers) {
        case nil: nil
        case .failed(let failure)?: .failure(Failure(reason: failure))
        case .records(let records)?: .success(walk.organizationalDomain(of: records))
        }
    }
}
