internal import DNS

/// The policy that applies to an author domain (RFC 9989, 4.10.1).
struct AppliedPolicy {
    let found: TreeWalk.Found
    let source: DMARCVerdict.Source
    /// Nil if the record is at the author domain, so that no walk was needed.
    let organizationalDomain: Domain?

    enum Discovery {
        case applied(AppliedPolicy)
        case absent
        case failed(Answer.Failure)
    }

    /// Finds it; nil as long as an answer that counts is missing.
    ///
    /// It is the record of the author domain, otherwise that of its Organizational Domain, otherwise that of the
    /// public suffix above it. Records between these places determine the organizational domain and are not policies.
    static func discover(_ walk: TreeWalk, _ answers: inout Answers) -> Discovery? {
        switch walk.start(&answers) {
        case nil: return nil
        case .failed(let failure): return .failed(failure)
        case .found(let record):
            let found = TreeWalk.Found(name: walk.names[0], record: record)
            return .applied(AppliedPolicy(found: found, source: .authorDomain, organizationalDomain: nil))
        case .nothing: break
        }
        switch walk.outcome(&answers) {
        case nil: return nil
        case .failed(let failure): return .failed(failure)
        case .records(let records):
            let organization = walk.organizationalDomain(of: records)
            if let own = records.first(where: { $0.name == organization }) {
                return .applied(
                    AppliedPolicy(found: own, source: .organizationalDomain, organizationalDomain: organization)
                )
            }
            /// An Organizational Domain without a record is below a public suffix that has one, or there is none.
            guard let suffix = records.last else { return .absent }
            return .applied(AppliedPolicy(found: suffix, source: .publicSuffix, organizationalDomain: organization))
        }
    }

    enum Evaluation {
        case policy(DMARCRecord.Policy)
        case failed(Answer.Failure)
    }

    /// What the owner wants done with mail of `author`, after `sp=`, `np=` and `t=`: the value of `policy.dmarc` (RFC
    /// 9989, 9.1). Nil as long as a necessary answer is missing.
    ///
    /// A domain is non-existent if the answer to a query for it is NXDOMAIN (RFC 9989, 3.2.13; RFC 8020). That for
    /// `_dmarc` below it proves nothing, because this name may be missing in a domain that exists. A TXT query is as
    /// good as any, and SPF has usually asked it. A zone that denies names in the compact way (RFC 9824; erratum
    /// 8995) answers NODATA for them: its names exist, and `np=` is not applied, unless its resolver restores the
    /// NXDOMAIN. The question is asked only where `np=` makes a difference: most policies have none.
    func evaluate(for author: Domain, _ answers: inout Answers) -> Evaluation? {
        let record = found.record
        var policy = record.policy
        switch source {
        case .authorDomain: break
        case .organizationalDomain, .publicSuffix:
            policy = record.subdomainPolicy ?? policy
            if let nonexistent = record.nonexistentPolicy, nonexistent != policy {
                guard let existence = answers.request(Question(author, .txt)) else { return nil }
                switch existence.outcome {
                case .nameError: policy = nonexistent
                case .records, .noData: break
                case .failure(let failure): return .failed(failure)
                }
            }
        }
        return .policy(record.isTesting ? policy.lowered : policy)
    }
}
