internal import Mail
internal import MailSignature

/// One signature over a header, ready for libopendkim: only fields that the signature names, and only if they are fit.
struct HeaderSignature {
    enum Outcome {
        case verified
        case wrong
        /// Neither can be said, for a reason of ours.
        case unverifiable(String)
    }

    let header: [HeaderField]
    let candidate: DKIMCheck.Candidate
    let key: KeyRecord

    /// Header fields that are handed over for one signature; the library's selection is quadratic.
    private static let fieldLimit = 1000

    func verify() -> Outcome {
        let signature = candidate.signature
        var fed: [LibOpenDKIM.Field] = []
        for (index, field) in header.enumerated() {
            if index == candidate.index {
                fed.append(LibOpenDKIM.Field(octets: Self.octets(of: field), isCandidate: true))
                continue
            }
            guard isSelectable(field) else { continue }
            guard !field.value.contains(0) else { return .unverifiable("NUL in a signed field") }
            if field.isNamed("DKIM-Signature") && !Self.isFit(field) {
                return .unverifiable("covers a malformed DKIM-Signature")
            }
            fed.append(LibOpenDKIM.Field(octets: Self.octets(of: field), isCandidate: false))
        }
        guard fed.count <= Self.fieldLimit else { return .unverifiable("too many signed fields") }
        let verified = LibOpenDKIM.verify(
            fed,
            key: key.canonicalText,
            timestamp: signature.timestamp ?? .max
        )
        guard let verified else { return .unverifiable("signature not understood") }
        if verified { return .verified }
        return hasUnfaithfulForm ? .unverifiable("signature in a form that cannot be verified") : .wrong
    }

    /// True if the signature names the field, so that it may be hashed.
    private func isSelectable(_ field: HeaderField) -> Bool {
        candidate.signature.signedNames.contains { HeaderField(name: $0, value: []).isNamed(field) }
    }

    /// Another signature's field is handed over only if it was parsed strictly: the library parses it as well.
    private static func isFit(_ field: HeaderField) -> Bool {
        guard let base = try? SignatureField(field.value), (try? MessageSignature(base)) != nil, base.tags.isASCII
        else {
            return false
        }
        guard let i = base.tags["i"] else { return true }
        return (try? DKIMIdentity(i, of: base.domain)) != nil
    }

    /// The field with CRLF folds and its leading space, as it came over the wire.
    private static func octets(of field: HeaderField) -> [UInt8] {
        Canonicalization.simple.octets(of: field)
    }

    /// Forms in which libopendkim 2.11 hashes something else than RFC 6376 says, so that its no means nothing: white
    /// space between a `b` and its `=`, unknown tags whose names end in b, VT and FF in relaxed fields, white space
    /// before a colon, `@` inside a local-part.
    private var hasUnfaithfulForm: Bool {
        let tags = candidate.signature.field.tags
        let value = header[candidate.index].value
        let hasDetachedB = tags.tags.contains { tag in
            guard tag.name == "b", tag.range.lowerBound >= 2 else { return false }
            return value[tag.range.lowerBound - 2] != UInt8(ascii: "b")
        }
        let hasOtherB = tags.tags.contains { $0.name != "b" && $0.name.lowercased().hasSuffix("b") }
        let hasSecondBH = tags.tags.contains { $0.name != "bh" && $0.name.lowercased() == "bh" }
        let hasQuotedAt = tags["i"].map { $0.filter { $0 == UInt8(ascii: "@") }.count > 1 } ?? false
        let hasOddField = header.contains { field in
            isSelectable(field)
                && (field.name.last.map { $0 == 0x20 || $0 == 0x09 } ?? false
                    || field.value.contains { $0 == 0x0B || $0 == 0x0C })
        }
        return hasDetachedB || hasOtherB || hasSecondBH || hasQuotedAt || hasOddField
    }
}

extension HeaderField {
    /// True if both names are the same in any case, white space before the colon ignored.
    fileprivate func isNamed(_ other: HeaderField) -> Bool {
        let trimmed = other.name.prefix { $0 != 0x20 && $0 != 0x09 }
        return name.elementsEqual(trimmed) { $0.asciiLowercased == $1.asciiLowercased }
    }
}
