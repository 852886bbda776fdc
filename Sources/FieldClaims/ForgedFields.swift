internal import AuthResults
public import Mail
internal import Octets

/// Finds the fields of a message that claim to be this site's own and cannot be (RFC 8601, 5), while the header passes.
///
/// It keeps nothing of a field but what was found out, so that a header beyond any limit is still searched to its end.
/// What it keeps can be bounded: beyond the bound a message cannot be cleaned, and ``isOverLimit`` says so.
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
        /// A field of another name, with a line break in it that is no fold, behind which such a field stands.
        indirect case hidden(Reason)
    }

    /// All of them unless ``isOverLimit``.
    public private(set) var removals: [Removal] = []
    /// True if more is to be removed than may be: ``removals`` alone would leave forged fields in the message.
    public private(set) var isOverLimit = false
    /// How many there may be; nil for any number.
    private let limit: Int?
    private let ownIDs: OwnIdentifiers
    private let foreignFields: ForeignFields
    private let alsoRemove: [String]
    /// Fields seen of each name, by a hash of the name in lower case: a header may have as many names as it likes.
    private var occurrences: [Int: Int] = [:]
    private var index = 0

    /// Names that are counted where there is a limit. No header of honest mail has as many.
    private static let nameLimit = 4096

    /// Code points of a claimed id that are shown.
    private static let shownLimit = 255

    /// - Parameter alsoRemove: names of fields to remove whatever they say. Those of ARC (RFC 8617) are not among them:
    ///   the sets are signed, and one field less breaks the chain.
    /// - Parameter limit: how many removals there may be; nil for any number.
    public init(
        ownIDs: OwnIdentifiers,
        foreignFields: ForeignFields,
        alsoRemove: [String],
        limit: Int? = nil
    ) {
        self.limit = limit
        self.ownIDs = ownIDs
        self.foreignFields = foreignFields
        self.alsoRemove = alsoRemove.map { $0.lowercased() }.filter {
            $0 != AuthenticationResults.fieldName.lowercased() && !$0.hasPrefix("arc-")
        }
    }

    /// Takes the next field of the header.
    public mutating func inspect(_ field: HeaderField) {
        guard !isOverLimit else { return }
        defer { index += 1 }
        let occurrence = count(field)
        if let (id, reason) = verdict(on: field) {
            remove(field, occurrence, id, reason)
        } else {
            for hidden in field.hiddenFields {
                guard let (id, reason) = verdict(on: hidden) else { continue }
                return remove(field, occurrence, id, .hidden(reason))
            }
        }
    }

    /// Which of the fields of its name it is; nil if it is not counted, as it has one name too many.
    private mutating func count(_ field: HeaderField) -> Int? {
        var hasher = Hasher()
        for octet in field.bareName { hasher.combine(octet.asciiLowercased) }
        let name = hasher.finalize()
        if limit != nil, occurrences.count >= Self.nameLimit, occurrences[name] == nil { return nil }
        let occurrence = occurrences[name, default: 0] + 1
        occurrences[name] = occurrence
        return occurrence
    }

    /// Why the field is to go, and the id it claims; nil if it stays.
    private func verdict(on field: HeaderField) -> (id: String?, reason: Reason)? {
        if field.isNamed(AuthenticationResults.fieldName) { return verdict(on: field.value) }
        return alsoRemove.contains(where: field.isNamed) ? (nil, .byName) : nil
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

    private mutating func remove(_ field: HeaderField, _ occurrence: Int?, _ id: String?, _ reason: Reason) {
        guard let occurrence, removals.count < limit ?? .max else {
            isOverLimit = true
            return
        }
        let id = id.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(Self.shownLimit))) }
        // Forged fields by the thousand are alike: they share what they have in common.
        let last = removals.last
        let name: [UInt8] =
            if let last, field.bareName.elementsEqual(last.name) { last.name } else { Array(field.bareName) }
        removals.append(
            Removal(
                name: name,
                occurrence: occurrence,
                index: index,
                claimedID: id == last?.claimedID ? last?.claimedID : id,
                reason: reason
            )
        )
    }
}

extension HeaderField {
    /// The name without white space before the colon.
    fileprivate var bareName: ArraySlice<UInt8> { name.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } }
}

extension ForgedFields.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ownID: "claims our authserv-id"
        case .otherVersion: "unsupported version"
        case .unreadable(let why): why
        case .foreign: "foreign field"
        case .byName: "removed by name"
        case .hidden(let reason): "hides a field: \(reason)"
        }
    }
}
