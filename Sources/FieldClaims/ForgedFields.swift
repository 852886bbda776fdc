internal import AuthResults
public import Mail
internal import Octets

/// Finds the fields of a message that claim to be this site's own but cannot be (RFC 8601, 5), while the header
/// passes.
///
/// Of a field it keeps only the findings, so that a header beyond any limit is still searched to its end. Their
/// number can be limited: a message with more cannot be cleaned, and ``isOverLimit`` is true.
public struct ForgedFields: Sendable {
    /// One field that is to be removed.
    public struct Removal: Hashable, Sendable {
        /// The name as received, without white space before the colon.
        public let name: [UInt8]
        /// Its number among the fields of this name, from the top: 1 is the first.
        public let occurrence: Int
        /// Its place in the header as received: 0 is the first field.
        public let index: Int
        /// The id that the field claims, if one could be read; truncated if it is too long to be shown.
        public let claimedID: String?
        public let reason: Reason
    }

    /// Why a field is removed.
    public enum Reason: Hashable, Sendable {
        case ownID
        case otherVersion
        /// No id can be read; with the cause.
        case unreadable(String)
        /// Foreign fields are removed by configuration.
        case foreign
        /// A field that is removed because of its name, by configuration.
        case byName
        /// A field of another name, with a line break in it that is not a fold, after which there is such a field.
        indirect case hidden(Reason)
    }

    /// All of them unless ``isOverLimit``.
    public private(set) var removals: [Removal] = []
    /// True if more must be removed than allowed: ``removals`` alone would leave forged fields in the message.
    public private(set) var isOverLimit = false
    /// The maximum number; nil for any number.
    private let limit: Int?
    private let ownIDs: OwnIdentifiers
    private let foreignFields: ForeignFields
    private let alsoRemove: [String]
    /// Fields of each name so far, by a hash of the name in lower case: a header may have any number of names.
    private var occurrences: [Int: Int] = [:]
    private var index = 0

    /// Names that are counted if there is a limit. No header of honest mail has as many.
    private static let nameLimit = 4096

    /// Code points of a claimed id that are shown.
    private static let shownLimit = 255

    /// - Parameters:
    ///   - ownIDs: the ids that only this site may claim.
    ///   - foreignFields: whether fields of other sites are kept.
    ///   - alsoRemove: names of fields to remove whatever their content. Those of ARC (RFC 8617) are not allowed: the
    ///     sets are signed, and removing a field breaks the chain.
    ///   - limit: the maximum number of removals; nil for any number.
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

    /// Its number among the fields of its name; nil if it is not counted, because there are too many names.
    private mutating func count(_ field: HeaderField) -> Int? {
        let name = Self.hash(of: field.bareName)
        if limit != nil, occurrences.count >= Self.nameLimit, occurrences[name] == nil { return nil }
        func next(_ count: inout Int) -> Int {
            count += 1
            return count
        }
        return next(&occurrences[name, default: 0])
    }

    /// The hash of a name in any case, eight octets at a time.
    private static func hash(of name: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        var word: UInt64 = 0
        var count = 0
        for octet in name {
            word = word << 8 | UInt64(octet.asciiLowercased)
            count += 1
            if count.isMultiple(of: 8) { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(count)
        return hasher.finalize()
    }

    /// Why the field is to be removed, and the id it claims; nil if it is kept.
    private func verdict(on field: HeaderField) -> (id: String?, reason: Reason)? {
        if field.isNamed(AuthenticationResults.fieldName) { return verdict(on: field.value) }
        return alsoRemove.contains(where: field.isNamed) ? (nil, .byName) : nil
    }

    /// Why the field with this value is to be removed, and the id it claims; nil if it is kept.
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
        // Thousands of forged fields are alike: they share their common parts.
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
