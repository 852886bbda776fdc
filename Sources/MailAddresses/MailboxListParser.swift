internal import DNS
internal import Octets

/// The productions of RFC 5322 section 3.4, as far as all readers in use read them alike. That includes octets of any
/// charset, which RFC 6532 section 3.2 allows in UTF-8, and of the obsolete forms `obs-phrase` and the empty members
/// of `obs-mbox-list`. It excludes addresses without a domain, including address literals.
///
/// Every octet is read at most twice: as the beginning of an addr-spec, and if it is not one, as a display name.
struct MailboxListParser {
    /// What is in the field is not a list of mailboxes that all readers read alike.
    struct Unclear: Error {}

    let octets: [UInt8]
    var index = 0
    private var domains: [Domain] = []
    /// True if an address, including quotes and comments in it, or the name of a group contains text that looks like
    /// an address, as in `"admin@bank.example"@evil.example` (nodemailer before 7.0.7, GHSA-mm7p-fcc7-pg87, and all
    /// programs that search for the first or last `@` or bracket).
    private(set) var isMisleading = false
    /// True if a local part has dots where the grammar has none. Readers that do not accept such an address (Perl's
    /// Email::Address) continue with the next, in a display name or comment.
    private(set) var hasOddDots = false

    init(octets: [UInt8]) {
        self.octets = octets
    }

    /// ```
    /// address-list  = (address *("," address)) / obs-addr-list
    /// address       = mailbox / group
    /// obs-addr-list = *([CFWS] ",") address *("," [address / CFWS])
    /// ```
    mutating func addressList() throws(Unclear) -> [Domain] {
        try list(endedBy: nil)
        return domains
    }

    /// The members up to `end`, or to the end of the field. A list without members is left to the caller.
    private mutating func list(endedBy end: UInt8?) throws(Unclear) {
        try cfws()
        while current != end {
            if current != UInt8(ascii: ",") { try mailboxOrGroup(groupsAllowed: end == nil) }
            guard current == UInt8(ascii: ",") else { break }
            index += 1
            try cfws()
        }
        guard current == end else { throw Unclear() }
    }

    /// ```
    /// mailbox      = name-addr / addr-spec
    /// name-addr    = [display-name] angle-addr
    /// display-name = phrase
    /// ```
    /// Which of them it is shows only after the first word: at an `@`, a `<`, or a `:`.
    private mutating func mailboxOrGroup(groupsAllowed: Bool) throws(Unclear) {
        try cfws()
        let start = index
        if let localPart = try localPart(), current == UInt8(ascii: "@") {
            return try addrSpec(localPart, since: start)
        }
        index = start
        if current != UInt8(ascii: "<") { try phrase() }
        switch current {
        case UInt8(ascii: "<"): try angleAddr()
        case UInt8(ascii: ":") where groupsAllowed && index > start:
            isMisleading = isMisleading || octets[start..<index].contains { $0.isAddressMark }
            try group()
        default: throw Unclear()
        }
    }

    /// ```
    /// group      = display-name ":" [group-list] ";" [CFWS]
    /// group-list = mailbox-list / CFWS / obs-group-list
    /// ```
    private mutating func group() throws(Unclear) {
        index += 1
        try list(endedBy: UInt8(ascii: ";"))
        index += 1
        try cfws()
    }

    /// ```
    /// angle-addr = [CFWS] "<" addr-spec ">" [CFWS]
    /// ```
    /// A route before the addr-spec (`<@a,@b:c@d>`, obs-route) is refused: readers differ on which domain it names.
    private mutating func angleAddr() throws(Unclear) {
        index += 1
        let start = index
        try cfws()
        guard current != UInt8(ascii: "@"), current != UInt8(ascii: ",") else { throw Unclear() }
        guard let localPart = try localPart() else { throw Unclear() }
        try addrSpec(localPart, since: start)
        guard current == UInt8(ascii: ">") else { throw Unclear() }
        isMisleading = isMisleading || octets[start..<index].count(where: \.isAddressMark) > 1
        index += 1
        try cfws()
    }

    /// ```
    /// addr-spec = local-part "@" domain
    /// domain    = dot-atom
    /// ```
    private mutating func addrSpec(_ localPart: ArraySlice<UInt8>, since start: Int) throws(Unclear) {
        guard current == UInt8(ascii: "@") else { throw Unclear() }
        /// RFC 2047 section 5: an encoded-word must not appear in an addr-spec. Some readers decode it there.
        guard !localPart.containsEncodedWord else { throw Unclear() }
        index += 1
        try cfws()
        guard let text = dotAtomText(), !text.containsForeignDot, let domain = Domain(inMail: Array(text)) else {
            throw Unclear()
        }
        isMisleading = isMisleading || octets[start..<index].count(where: \.isAddressMark) > 1
        hasOddDots = hasOddDots || localPart.hasOddDots
        try cfws()
        domains.append(domain)
    }

    /// ```
    /// local-part = dot-atom / quoted-string
    /// dot-atom   = [CFWS] 1*(atext / ".") [CFWS]
    /// ```
    /// Dots where the grammar has none (`a..b@example.com`, as some carriers have assigned) change nothing in the
    /// domain. The white space and comments after it are skipped. Nil if there is none here.
    private mutating func localPart() throws(Unclear) -> ArraySlice<UInt8>? {
        let start = index
        if current == UInt8(ascii: "\"") {
            _ = try quotedString()
        } else {
            while let octet = current, octet.isInternationalAtext || octet == UInt8(ascii: ".") { index += 1 }
            guard index > start else { return nil }
        }
        let text = octets[start..<index]
        try cfws()
        return text
    }

    /// ```
    /// phrase     = 1*word / obs-phrase
    /// word       = atom / quoted-string
    /// obs-phrase = word *(word / "." / CFWS)
    /// ```
    private mutating func phrase() throws(Unclear) {
        guard current != UInt8(ascii: ".") else { throw Unclear() }
        while let octet = current {
            if octet == UInt8(ascii: "\"") {
                _ = try quotedString()
            } else if octet.isInternationalAtext || octet == UInt8(ascii: ".") {
                index += 1
            } else {
                return
            }
            try cfws()
        }
    }
}

extension UInt8 {
    /// True for characters that make people and programs see an address.
    fileprivate var isAddressMark: Bool {
        self == UInt8(ascii: "@") || self == UInt8(ascii: "<") || self == UInt8(ascii: ">")
    }
}

extension ArraySlice<UInt8> {
    /// True if a dot is at an end, or next to another. A quoted string has no odd dots.
    fileprivate var hasOddDots: Bool {
        guard first != UInt8(ascii: "\"") else { return false }
        return split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).contains(where: \.isEmpty)
    }
}
