internal import AuthResults
internal import DNS
internal import FieldClaims
internal import FieldSealing
internal import Mail
internal import MailSignature

/// The end of an examination: the field, its seal, and the edits of the header.
extension Examination {
    /// The result; nil while the message has not ended or answers are missing, and for a message that
    /// ``hasTooManyForgedFields``.
    package var judgement: Judgement? {
        mutating get { judge() }
    }

    private mutating func judge() -> Judgement? {
        guard let digests, !hasTooManyForgedFields, isSettled else { return nil }
        guard isChecked else {
            let arcSet = arcSet(over: fields, nil, digests)
            return Judgement(
                verdicts: verdicts,
                results: nil,
                edits: HeaderEdits(additions: arcSet.fields),
                removed: [],
                arcSeal: arcSet.outcome
            )
        }
        let fresh = ResultsField(verdicts: verdicts, client: client)
        guard let results = fresh.results(authservID: terms.authservID) else { return nil }
        let field = fresh.field(results)
        let kept = keptFields
        var additions = (seal(field, over: kept, digests).map { [$0] } ?? []) + [field]
        if terms.policy.writesReceivedSPF, let spf = verdicts.spf {
            additions.append(
                ReceivedSPF(
                    spf,
                    client: client,
                    mailFrom: mailFrom,
                    helo: heloArgument,
                    receiver: terms.authservID
                ).field
            )
        }
        // All changes first (RFC 8617, 5.1): the set signs our own field's seal as well.
        let arcSet = arcSet(over: additions + kept, results, digests)
        return Judgement(
            verdicts: verdicts,
            results: results,
            edits: HeaderEdits(removals: forgedFields.removals.map(\.edit), additions: arcSet.fields + additions),
            removed: forgedFields.removals,
            arcSeal: arcSet.outcome
        )
    }

    /// The header without the removed fields; empty if nothing is to be signed.
    private var keptFields: [HeaderField] {
        let removed = Set(forgedFields.removals.map(\.index))
        return fields.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    }

    /// The signature over our field, for a message that was fully examined: a header over the limits has none.
    private func seal(
        _ field: HeaderField,
        over header: [HeaderField],
        _ digests: [BodyHashes.Specification: BodyHashes.Digest]
    ) -> HeaderField? {
        guard let seal = terms.policy.seal, headerLimit == nil, let body = digests[FieldSeal.bodyHashSpecification]
        else {
            return nil
        }
        return seal.seal(field, over: header, body: body, at: receivedAt)
    }

    /// The ARC Set for the top of a header, if the message is to have one.
    /// - Parameter fresh: the results just found.
    private func arcSet(
        over header: [HeaderField],
        _ fresh: AuthenticationResults?,
        _ digests: [BodyHashes.Specification: BodyHashes.Digest]
    ) -> (fields: [HeaderField], outcome: Judgement.ARCSeal?) {
        guard let chainSealing else { return ([], nil) }
        if let headerLimit { return ([], .omitted(reason: headerLimit)) }
        return chainSealing.set(
            over: header,
            fresh.map { ($0, verdicts.arc) },
            digests: digests,
            at: receivedAt
        )
    }
}

extension ForgedFields.Removal {
    /// The removal as an edit of the header.
    fileprivate var edit: HeaderEdits.Removal { HeaderEdits.Removal(name: name, occurrence: occurrence) }
}
