internal import DNS
internal import Octets

/// The productions of RFC 5322 section 3.4, with UTF-8 as RFC 6532 section 3.2 adds it, over octets that are valid
/// UTF-8. Obsolete forms are not in here, but for `obs-phrase`.
///
/// Every octet is looked at twice at most: as the beginning of an addr-spec, and if it is none, as a display name.
struct MailboxListParser {
    typealias Defect = AuthorField.Defect

    let octets: [UInt8]
    var index = 0
    private var mailboxes: [AuthorField.Mailbox] = []
    private(set) var isMisleading = false

    init(octets: [UInt8]) {
        self.octets = octets
    }

    /// ```
    /// address-list = address *("," address)
    /// address      = mailbox / group
    /// ```
    mutating func addressList() throws(Defect) -> [AuthorField.Mailbox] {
        try cfws()
        guard current != nil else { throw .empty }
        try mailboxOrGroup(groupsAllowed: true)
        while current == UInt8(ascii: ",") {
            index += 1
            try mailboxOrGroup(groupsAllowed: true)
        }
        guard current == nil else { throw unexpected }
        return mailboxes
    }

    /// ```
    /// mailbox      = name-addr / addr-spec
    /// name-addr    = [display-name] angle-addr
    /// display-name = phrase
    /// ```
    /// Which of them it is shows only behind the first word: at an `@`, a `<`, or a `:`.
    private mutating func mailboxOrGroup(groupsAllowed: Bool) throws(Defect) {
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
        default: throw unexpected
        }
    }

    /// ```
    /// group      = display-name ":" [group-list] ";" [CFWS]
    /// group-list = mailbox-list / CFWS
    /// ```
    private mutating func group() throws(Defect) {
        index += 1
        try cfws()
        if current != UInt8(ascii: ";") {
            try mailboxOrGroup(groupsAllowed: false)
            while current == UInt8(ascii: ",") {
                index += 1
                try mailboxOrGroup(groupsAllowed: false)
            }
        }
        guard current == UInt8(ascii: ";") else { throw unexpected }
        index += 1
        try cfws()
    }

    /// ```
    /// angle-addr = [CFWS] "<" addr-spec ">" [CFWS]
    /// ```
    /// A route before the addr-spec (`<@a,@b:c@d>`, obs-route) is refused: readers differ on which domain it names.
    private mutating func angleAddr() throws(Defect) {
        index += 1
        let start = index
        try cfws()
        guard current != UInt8(ascii: "@"), current != UInt8(ascii: ",") else { throw .sourceRoute }
        guard let localPart = try localPart() else { throw unexpected }
        try addrSpec(localPart, since: start)
        guard current == UInt8(ascii: ">") else { throw unexpected }
        isMisleading = isMisleading || octets[start..<index].count(where: \.isAddressMark) > 1
        index += 1
        try cfws()
    }

    /// ```
    /// addr-spec = local-part "@" domain
    /// domain    = dot-atom / domain-literal
    /// ```
    private mutating func addrSpec(_ localPart: ArraySlice<UInt8>, since start: Int) throws(Defect) {
        guard current == UInt8(ascii: "@") else { throw unexpected }
        /// RFC 2047 section 5: an encoded-word must not appear in an addr-spec. Some readers decode it there.
        guard !localPart.containsEncodedWord else { throw .encodedWord }
        index += 1
        try cfws()
        let domain: Domain?
        if current == UInt8(ascii: "[") {
            domain = nil
            try domainLiteral()
        } else {
            guard let text = try dotAtomText() else { throw unexpected }
            guard !text.containsEncodedWord else { throw .encodedWord }
            guard !text.containsForeignDot, let name = Domain(internationalized: text), name.isPlain else {
                throw .domain
            }
            domain = name
        }
        isMisleading = isMisleading || octets[start..<index].count(where: \.isAddressMark) > 1
        try cfws()
        mailboxes.append(AuthorField.Mailbox(localPart: Array(localPart), domain: domain))
    }

    /// ```
    /// local-part = dot-atom / quoted-string
    /// dot-atom   = [CFWS] dot-atom-text [CFWS]
    /// ```
    /// The white space and comments behind it are skipped. Nil if there is none here.
    private mutating func localPart() throws(Defect) -> ArraySlice<UInt8>? {
        let text: ArraySlice<UInt8>
        if current == UInt8(ascii: "\"") {
            text = try quotedString()
        } else {
            guard let atoms = try dotAtomText() else { return nil }
            text = atoms
        }
        try cfws()
        return text
    }

    /// ```
    /// phrase     = 1*word / obs-phrase
    /// word       = atom / quoted-string
    /// obs-phrase = word *(word / "." / CFWS)
    /// ```
    private mutating func phrase() throws(Defect) {
        guard current != UInt8(ascii: ".") else { throw .syntax }
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

    /// ```
    /// domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]
    /// dtext          = %d33-90 / %d94-126
    /// ```
    private mutating func domainLiteral() throws(Defect) {
        index += 1
        while let octet = current {
            switch octet {
            case UInt8(ascii: "]"):
                index += 1
                return
            case UInt8(ascii: "["), UInt8(ascii: "\\"): throw .syntax
            default: try textOrFold()
            }
        }
        throw .syntax
    }
}

extension UInt8 {
    /// True for what makes people and programs see an address.
    fileprivate var isAddressMark: Bool {
        self == UInt8(ascii: "@") || self == UInt8(ascii: "<") || self == UInt8(ascii: ">")
    }
}

extension ArraySlice<UInt8> {
    /// True if a character stands in it that IDNA takes for a dot (U+3002, U+FF0E, U+FF61; UTS #46, 2.3). It is in no
    /// U-label (RFC 5890, 2.3.2.1), and who reads mail by its grammar sees no dot there.
    fileprivate var containsForeignDot: Bool {
        let dots: [[UInt8]] = [[0xE3, 0x80, 0x82], [0xEF, 0xBC, 0x8E], [0xEF, 0xBD, 0xA1]]
        return contains { $0 >= 0x80 } && dots.contains { dot in indices.contains { self[$0...].starts(with: dot) } }
    }

    /// True if `=?` stands in it and `?=` behind it: `"=?" charset "?" encoding "?" encoded-text "?="` (RFC 2047, 2).
    fileprivate var containsEncodedWord: Bool {
        var isOpen = false
        for (first, second) in zip(self, dropFirst()) {
            if first == UInt8(ascii: "="), second == UInt8(ascii: "?") { isOpen = true }
            if isOpen, first == UInt8(ascii: "?"), second == UInt8(ascii: "=") { return true }
        }
        return false
    }
}

extension Domain {
    /// True if nothing but letters, digits, hyphens and underscores stands between the dots. The other octets that
    /// RFC 5322 lets into a dot-atom (`'`, `|`, `/`) are in no domain that mail uses, and end a name for some readers.
    fileprivate var isPlain: Bool {
        text.utf8.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
