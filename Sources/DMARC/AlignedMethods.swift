package import DNS

extension DMARCVerdict {
    /// Which methods have authenticated a domain that is aligned with the author's, each considered by itself, for
    /// aggregate reports (RFC 9990). The verdict is known as soon as one has. Nil as long as an answer is missing.
    /// - Parameters: as given to ``DMARCCheck/evaluate(spf:dkim:unchecked:_:)``.
    package func alignedMethods(
        spf: DMARCCheck.Identifier?,
        dkim: [DMARCCheck.Identifier],
        _ answers: inout Answers
    ) -> Set<AlignedIdentifier.Method>? {
        guard let domain = authorDomain, let record else { return [] }
        let alignment = Alignment(author: TreeWalk(from: domain))
        var methods: Set<AlignedIdentifier.Method> = []
        let candidates =
            ([spf].compactMap(\.self).map { (AlignedIdentifier.Method.spf, $0, record.spfAlignment) })
            + dkim.map { (.dkim, $0, record.dkimAlignment) }
        let authenticated = candidates.filter { $0.1.outcome == .authenticated }
        for (method, identifier, _) in authenticated where identifier.domain == domain { methods.insert(method) }
        let relaxed = authenticated.filter { $0.2 == .relaxed && !methods.contains($0.0) }
        guard !relaxed.isEmpty else { return methods }
        guard let (outcomes, _) = alignment.outcomes(relaxed.map(\.1.domain), &answers) else { return nil }
        for ((method, _, _), outcome) in zip(relaxed, outcomes) {
            if case .aligned = outcome { methods.insert(method) }
        }
        return methods
    }
}
