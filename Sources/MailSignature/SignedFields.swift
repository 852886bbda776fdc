package import Mail
internal import Octets

/// A header as its signatures see it: fields by name, and each field canonicalised once, however many signatures
/// cover it. All of it is linear in the header and the `h=` tags, whatever a sender writes in either.
package struct SignedFields: Sendable {
    private let header: [HeaderField]
    /// The places of the fields of each name (lower case, without white space before the colon), from the top.
    private let places: [[UInt8]: [Int]]
    private var canonicalized: [Canonicalization: [Int: [UInt8]]] = [:]

    package init(_ header: [HeaderField]) {
        self.header = header
        var places = [[UInt8]: [Int]](minimumCapacity: header.count)
        for (place, field) in header.enumerated() {
            var name = field.name.map(\.asciiLowercased)
            while let last = name.last, last.isWhiteSpace { name.removeLast() }
            places[name, default: []].append(place)
        }
        self.places = places
    }

    /// How many fields have this name, which is in lower case.
    package func count(of name: String) -> Int {
        places[Array(name.utf8)]?.count ?? 0
    }

    /// The places of the fields that `h=` names, in its order: each name selects the lowest field of that name that
    /// is not yet selected, or nothing if none is left (RFC 6376, 5.4.2).
    /// - Parameter own: the place of the signature itself, which was not in the header that was signed.
    package func selected(by names: [[UInt8]], except own: Int?) -> [Int] {
        var left = places
        return names.compactMap { name in
            let name = name.map(\.asciiLowercased)
            let place = left[name]?.popLast()
            return place != nil && place == own ? left[name]?.popLast() : place
        }
    }

    /// The field at a place as it is hashed, without its final CRLF.
    package mutating func octets(at place: Int, _ canonicalization: Canonicalization) -> [UInt8] {
        if let octets = canonicalized[canonicalization]?[place] { return octets }
        let octets = canonicalization.octets(of: header[place])
        canonicalized[canonicalization, default: [:]][place] = octets
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
