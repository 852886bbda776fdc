/// What is done with Authentication-Results fields of other sites.
public enum ForeignFields: String, CaseIterable, Hashable, Sendable {
    case keep, remove
}
