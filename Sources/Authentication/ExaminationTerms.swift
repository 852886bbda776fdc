internal import FieldClaims

/// What the examinations of a site have in common: its policy, the name that it reports under, and what follows from
/// them. It is made once, and shared by any number of messages.
package final class ExaminationTerms: Sendable {
    let policy: Policy
    /// Those of the policy. There are at most six: in a set they would be hashed each time.
    let checks: [Policy.Check]
    let authservID: String
    let ownIDs: OwnIdentifiers
    /// As every message begins.
    let forgedFields: ForgedFields

    /// Nil if nothing could be reported under `authservID`: it is empty or holds a control character.
    package init?(policy: Policy, authservID: String) {
        guard ResultsField.canBear(authservID) else { return nil }
        self.policy = policy
        checks = Array(policy.checks)
        self.authservID = authservID
        ownIDs = OwnIdentifiers([authservID] + policy.ownIDs)
        forgedFields = ForgedFields(
            ownIDs: ownIDs,
            foreignFields: policy.foreignFields,
            alsoRemove: policy.alsoRemove,
            limit: policy.limits.removals
        )
    }
}
