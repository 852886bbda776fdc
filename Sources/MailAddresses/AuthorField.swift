public import DNS

/// What the readers in use may take for the author's domain in one From field (RFC 5322, 3.6.2).
///
/// A clear field has the domains of its mailboxes, whatever its display names say: a name is a name (RFC 9989, 11.4).
/// Clear is what RFC 5322 section 3.4 allows, with octets of any charset, empty list members and dots anywhere in a
/// local part, because no reader finds another domain through them; that is `MailboxListParser`. Any other field
/// can be read in different ways, so every domain that a reader might find in it is a reading: that is
/// `DomainSearch`. A field with one reading is read alike by all, however it breaks the grammar.
public struct AuthorField: Hashable, Sendable {
    /// A domain that a reader may take for the author's.
    public struct Reading: Hashable, Sendable {
        /// With U-labels converted to A-labels.
        public let domain: Domain
        /// True if it results only from leaving out octets that others see: `a.examplefoo` from `ann@a.example foo`
        /// (Python's `email.utils`). If there is no such domain, it is not an author's.
        public internal(set) var isPatched = false
    }

    /// In the order in which they were found, each domain once; more than ``AuthorDomains/limit`` are not all found.
    public let readings: [Reading]
    /// True if some readers may see an author in none of ``readings``: one at an address literal, or one shown from
    /// right to left although it is written from left to right.
    public let hasOtherAuthors: Bool

    /// Reads the octets after the colon; folds are LF, as in every `HeaderField`.
    public init(_ value: [UInt8]) {
        if let domains = Self.clearDomains(value) {
            var seen: Set<Domain> = []
            readings = domains.filter { seen.insert($0).inserted }.map { Reading(domain: $0) }
            hasOtherAuthors = false
        } else {
            let search = DomainSearch(value)
            readings = search.readings
            hasOtherAuthors = search.namesLiteral || value.overridesDirection
        }
    }

    /// The domains of the mailboxes in their order, those in groups (RFC 6854) included; nil if the field is not clear.
    private static func clearDomains(_ value: [UInt8]) -> [Domain]? {
        var parser = MailboxListParser(octets: value)
        guard let domains = try? parser.addressList(), !domains.isEmpty, !parser.isMisleading,
            !value.overridesDirection, !EncodedWordSpan(value).crossesTokens
        else { return nil }
        if parser.hasOddDots, value.count(where: { $0 == UInt8(ascii: "@") }) != domains.count { return nil }
        return domains
    }
}
