internal import AuthResults
public import Mail

/// Finds the fields of a message that claim to be this site's own and cannot be (RFC 8601, 5), while the header passes.
///
/// It keeps nothing of a field but what was found out, so that a header beyond any limit is still searched to its end.
public struct ForgedFields: Sendable {
    /// One field that is to be removed.
    public struct Removal: Hashable, Sendable {
        /// The name as received, without white space before the colon.
        public let name: [UInt8]
        /// Which of the fields of this name it is, from the top: 1 is the first.
        public let occurrence: Int
        /// Where it stands in the header as received: 0 is the first field.
        public let index: Int
        /// The id that the field claims, if one could be read; cut off where it is too long to be shown.
        public let claimedID: String?
        public let reason: Reason
    }

    /// Why a field is removed.
    public enum Reason: Hashable, Sendable {
        case ownID
        case otherVersion
        /// No id can be read, and why.
        case unreadable(String)
        /// Foreign fields are removed by configuration.
        case foreign
        /// A field that is removed by its name, by configuration.
        case byName
    }

    public private(set) var removals: [Removal] = []
    private let ownIDs: OwnIdentifiers
    private let foreignFields: Policy.ForeignFields
    private let alsoRemove: [String]
    /// Fields seen of each name that matters, Authentication-Results first.
    private var occurrences: [Int]
    private var index = 0

    /// Code points of a claimed id that are shown.
    private static let shownLimit = 255

    /// - Parameter alsoRemove: names of fields to remove whatever they say. Those of ARC (RFC 8617) are not among them:
    ///   the sets are signed, and one field less breaks the chain.
    public init(ownIDs: OwnIdentifiers, foreignFields: Policy.ForeignFields, alsoRemove: [String]) {
        self.ownIDs = ownIDs
        self.foreignFields = foreignFields
        self.alsoRemove = alsoRemove.map { $0.lowercased() }.filter {
            $0 != AuthenticationResults.fieldName.lowercased() && !$0.hasPrefix("arc-")
        }
        occurrences = Array(repeating: 0, count: self.alsoRemove.count + 1)
    }

    /// Takes the next field of the header.
    public mutating func inspect(_ field: HeaderField) {
        defer { index += 1 }
        if field.isNamed(AuthenticationResults.fieldName) {
            occurrences[0] += 1
            if let (id, reason) = verdict(on: field.value) { remove(field, occurrences[0], id, reason) }
            return
        }
        for (position, name) in alsoRemove.enumerated() where field.isNamed(name) {
            occurrences[position + 1] += 1
            remove(field, occurrences[position + 1], nil, .byName)
            return
        }
    }

    /// Why the field with this value is to go, and the id it claims; nil if it stays.
    private func verdict(on value: [UInt8]) -> (id: String?, reason: Reason)? {
        switch ClaimedAuthservID(value) {
        case .otherVersion(let id):
            return (id, .otherVersion)
        case .unreadable(let why):
            return (nil, .unreadable(why))
        case .claims(let ids):
            if let own = ids.first(where: ownIDs.contains) { return (own, .ownID) }
            return foreignFields == .remove ? (ids.first, .foreign) : nil
        }
    }

    private mutating func remove(_ field: HeaderField, _ occurrence: Int, _ id: String?, _ reason: Reason) {
        removals.append(
            Removal(
                name: Array(field.name.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }),
                occurrence: occurrence,
                index: index,
                claimedID: id.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(Self.shownLimit))) },
                reason: reason
            )
        )
    }
}

extension ForgedFields.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ownID: "claims our authserv-id"
        case .otherVersion: "unsupported version"
        case .unreadable(let why): why
        case .foreign: "foreign field"
        case .byName: "removed by name"
        }
    }
}
