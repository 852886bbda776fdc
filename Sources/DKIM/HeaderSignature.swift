internal import Mail
internal import MailSignature

/// One signature over a header, ready for libopendkim: the signature's own field and the fields that it selects,
/// nothing else.
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

    /// Other signatures that one may cover: the library canonicalises the header for each of them as well.
    private static let coveredSignaturesLimit = 5

    /// The library's word counts only if it hashed the same octets as we did: what it reads otherwise than RFC 6376 has
    /// it (bare CR, VT and FF as white space, tags by name in any case, a tag whose name ends in b, a signature that
    /// covers itself) is no pass, and no proof against the signature.
    func verify(_ signedFields: inout SignedFields) -> Outcome {
        let signature = candidate.signature
        let selected = signedFields.selected(by: signature.signedNames, except: candidate.index)
        let places = selected.sorted()
        /// A NUL ends what the library hashes.
        guard !places.contains(where: { header[$0].value.contains(0) }) else {
            return .unverifiable("NUL in a signed field")
        }
        /// The library parses these, too, and not as carefully.
        let covered = places.filter { header[$0].isNamed("DKIM-Signature") }
        guard covered.count <= Self.coveredSignaturesLimit else {
            return .unverifiable("covers too many signatures")
        }
        guard covered.allSatisfy({ Self.isWellFormed(header[$0]) }) else {
            return .unverifiable("covers a malformed signature")
        }
        let findings = LibOpenDKIM.verify(
            octets(of: header[candidate.index]),
            over: places.map { octets(of: header[$0]) },
            key: key.canonicalText,
            timestamp: signature.timestamp ?? .max
        )
        let hash = signedFields.hash(
            of: selected,
            signature.headerCanonicalization,
            last: signature.field.unsigned(header[candidate.index])
        )
        guard let findings, findings.headerHash == hash.octets else {
            return .unverifiable("signature in a form that cannot be verified")
        }
        return findings.isVerified ? .verified : .wrong
    }

    /// True for what was parsed strictly; that rsa-sha1 is never verified does not matter here.
    private static func isWellFormed(_ field: HeaderField) -> Bool {
        do {
            _ = try DKIMCheck.Candidate(field, at: 0)
            return true
        } catch {
            return error.result == .policy
        }
    }

    /// The field with CRLF folds and its leading space, as it came over the wire.
    private func octets(of field: HeaderField) -> [UInt8] {
        var field = field
        /// The library refuses a tab before the colon; where it does not count it is left out (RFC 6376, 3.4.2).
        if candidate.signature.headerCanonicalization == .relaxed {
            while let last = field.name.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
                field.name.removeLast()
            }
        }
        return Canonicalization.simple.octets(of: field)
    }
}
