/// What becomes of Authentication-Results fields of other sites.
public enum ForeignFields: String, CaseIterable, Hashable, Sendable {
    case keep, remove
}
