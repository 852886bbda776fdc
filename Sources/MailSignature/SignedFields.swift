package import Mail

/// A header as its signatures see it: fields by name, and each field canonicalised once, however many signatures
/// cover it. All of it is linear in the header and the `h=` tags, whatever a sender writes in either.
package struct SignedFields: Sendable {
    /// The fields of one name.
    private struct Group {
        var count = 0
        /// The place of the lowest that is not yet selected.
        var lowest: Int?
    }

    private let header: [HeaderField]
    private let groups: [FieldName: Group]
    /// For each place, that of the next field of the same name above.
    private let above: [Int?]
    /// For each place, the field as the simple and as the relaxed canonicalisation have it, where it was asked for.
    private var canonicalized: [[UInt8]?]

    package init(_ header: [HeaderField]) {
        self.header = header
        var groups = [FieldName: Group](minimumCapacity: header.count)
        above = header.indices.map { place in
            func add(_ group: inout Group) -> Int? {
                defer { group = Group(count: group.count + 1, lowest: place) }
                return group.lowest
            }
            return add(&groups[FieldName(header[place].name), default: Group()])
        }
        self.groups = groups
        canonicalized = Array(repeating: nil, count: 2 * header.count)
    }

    /// How many fields have this name.
    package func count(of name: FieldName) -> Int {
        groups[name]?.count ?? 0
    }

    /// The places of the fields that `h=` names, in its order: each name selects the lowest field of that name that
    /// is not yet selected, or nothing if none is left (RFC 6376, 5.4.2).
    /// - Parameter own: the place of the signature itself, which was not in the header that was signed.
    package func selected(by names: [[UInt8]], except own: Int?) -> [Int] {
        var left = groups
        func take(_ group: inout Group?) -> Int? {
            guard var place = group?.lowest else { return nil }
            if place == own {
                guard let next = above[place] else { return nil }
                place = next
            }
            group?.lowest = above[place]
            return place
        }
        return names.compactMap { take(&left[FieldName($0)]) }
    }

    /// The field at a place as it is hashed, without its final CRLF.
    package mutating func octets(at place: Int, _ canonicalization: Canonicalization) -> [UInt8] {
        let index = canonicalization == .simple ? 2 * place : 2 * place + 1
        if let octets = canonicalized[index] { return octets }
        let octets = canonicalization.octets(of: header[place])
        canonicalized[index] = octets
        return octets
    }

    /// The hash that a signature at `place` signs.
    package mutating func hash(of signature: MessageSignature, at place: Int) -> HeaderHash {
        hash(
            of: selected(by: signature.signedNames, except: place),
            signature.headerCanonicalization,
            last: signature.field.unsigned(header[place])
        )
    }

    /// The hash of the fields at these places, in this order, and of the signature with an empty `b=` and without a
    /// CRLF (RFC 6376, 3.7; erratum 5252).
    package mutating func hash(
        of places: [Int],
        _ canonicalization: Canonicalization,
        last unsigned: HeaderField
    ) -> HeaderHash {
        var hash = HeaderHash()
        for place in places { hash.updateLine(octets(at: place, canonicalization)) }
        hash.update(canonicalization.octets(of: unsigned))
        return hash
    }
}

extension SignatureField {
    /// The field that these tags were read from, with an empty `b=` (RFC 6376, 3.7).
    package func unsigned(_ field: HeaderField) -> HeaderField {
        guard let range = tags.tag("b")?.range, range.upperBound <= field.value.count else { return field }
        var field = field
        field.value.removeSubrange(range)
        return field
    }
}
