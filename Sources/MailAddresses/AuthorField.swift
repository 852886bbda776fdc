public import DNS

/// The From field of a message (RFC 5322, 3.6.2), read as strictly as a decision about its domain needs.
///
/// What a reader shows and what a check judges must be the same mailbox. Where the obsolete forms of RFC 5322 section 4
/// make that a matter of taste (source routes, comments between the labels of a domain, empty list elements), the field
/// is refused; only the dots of an unquoted display name (`John Q. Public`) are let pass, for they cannot be taken for
/// an address. Nothing is decoded: an encoded-word (RFC 2047) that hides an address is a word.
public struct AuthorField: Hashable, Sendable {
    public struct Mailbox: Hashable, Sendable {
        /// As written, quotes included.
        public let localPart: [UInt8]
        /// U-labels have become A-labels. Nil for an address literal, which names no domain.
        public let domain: Domain?
    }

    /// The mailboxes in their order, those inside groups (RFC 6854) included; a group may leave none.
    public let mailboxes: [Mailbox]
    /// True if by the grammar the author is clear, but readers in use take another one. Either an address, quotes and
    /// comments in it included, or the name of a group holds what looks like an address itself, as in
    /// `"admin@bank.example"@evil.example` (nodemailer before 7.0.7, GHSA-mm7p-fcc7-pg87, and all that search for the
    /// first or last `@` or bracket). Or an encoded-word seems to reach over quotes and comments (Python's `email`). Or
    /// what is written left to right is shown from right to left. A display name is a name, whatever it says (RFC 9989,
    /// 11.4).
    public let isMisleading: Bool

    /// Why the field names no author. The raw value is fit for a reason shown to people.
    public enum Defect: String, Error, Hashable, Sendable {
        case empty = "the From field is empty"
        case octets = "octets in From that are neither text nor UTF-8"
        case comment = "unterminated comment in From"
        case quotedString = "unterminated quoted string in From"
        case sourceRoute = "source route in From"
        case encodedWord = "encoded-word in an address in From"
        case domain = "From has a domain that is none"
        case syntax = "From is not a list of mailboxes"
    }

    /// Reads the octets after the colon; folds are LF, as in every ``HeaderField``.
    /// ```
    /// from = "From:" (mailbox-list / address-list) CRLF      (RFC 6854, 2.1)
    /// ```
    public init(_ value: [UInt8]) throws(Defect) {
        /// RFC 6532 section 3 lets UTF-8 in; anything else above 127 has no meaning that two readers share.
        guard let text = String(validating: value, as: UTF8.self) else { throw .octets }
        var parser = MailboxListParser(octets: value)
        mailboxes = try parser.addressList()
        isMisleading = parser.isMisleading || EncodedWordReach(value).crossesTokens || text.overridesDirection
    }
}

extension String {
    /// True if U+202D or U+202E stands in it, which set the direction in which all that follows is shown: people see
    /// `moc.live@bank.example` where `elpmaxe.knab@evil.com` was written (Shen et al., "Weak Links", 2021, A14).
    fileprivate var overridesDirection: Bool {
        unicodeScalars.contains { $0 == "\u{202D}" || $0 == "\u{202E}" }
    }
}
