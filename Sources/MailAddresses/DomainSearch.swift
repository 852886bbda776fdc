internal import DNS
internal import Octets

/// Every domain that a reader might find in a From field whose grammar is broken or obsolete.
///
/// Readers in use were tried (Python's `email.utils` and `email.policy`, Perl's Email::Address::XS, Mail::Address and
/// Email::Address; `Tests/integration/test_readers.py`). They take the first mailbox or the last, the text in angle
/// brackets or before them, a quoted string for an address or for a name; they skip comments, a route, white space
/// and extra dots, or stop at them. They all agree that a domain follows an at sign. So every at sign counts: in the
/// field as it is, with its comments removed, with its encoded-words decoded, and as shown from right to left.
struct DomainSearch {
    /// True if an address literal was found, which names no domain.
    private(set) var namesLiteral = false

    private var found: [AuthorField.Reading] = []
    /// Names of one label. Mail uses them only between local machines, and they come up wherever an at sign is a
    /// separate word, so they count only if nothing else is found.
    private var single: [AuthorField.Reading] = []

    /// In the order in which they were found, each domain once; the search ends beyond ``AuthorDomains/limit``. If
    /// all of them are patched, no reader has a better one.
    var readings: [AuthorField.Reading] {
        guard found.allSatisfy(\.isPatched) else { return found }
        return (found.isEmpty ? single : found).map { AuthorField.Reading(domain: $0.domain) }
    }

    init(_ value: [UInt8]) {
        search(value)
        search(CommentlessText(value).octets)
        for allowsMarks in [true, false] {
            if let words = EncodedWords(value, allowingMarks: allowsMarks) { search(words.decoded) }
        }
        if value.overridesDirection { search(value.shownFromRightToLeft) }
    }

    private mutating func search(_ text: [UInt8]) {
        var rest = text[...]
        while let at = rest.firstIndex(of: UInt8(ascii: "@")), found.count <= AuthorDomains.limit {
            rest = rest[(at + 1)...]
            read(behindAtSign: rest.prefix { !"<>,;:@()".utf8.contains($0) })
            let member = rest.prefix { !",@".utf8.contains($0) }
            readWithoutMarks(member.prefix { !$0.isSpaceOrBreak })
            if rest[member.endIndex...].first != UInt8(ascii: "@") { readWithoutMarks(member) }
        }
    }

    /// ```
    /// obs-domain = atom *("." atom)
    /// atom       = [CFWS] 1*atext [CFWS]
    /// ```
    /// Some readers stop at white space, some where the grammar does, and Python's `email.utils` does not stop: it
    /// turns `ann@ba nk.example` into `bank.example`.
    private mutating func read(behindAtSign span: ArraySlice<UInt8>) {
        let words = span.split(whereSeparator: \.isSpaceOrBreak)
        guard let first = words.first else { return }
        if first.first == UInt8(ascii: "[") { namesLiteral = true }
        read(first, isPatched: false)
        guard words.count > 1 else { return }
        var domain = first
        for word in words.dropFirst() {
            guard domain.last == UInt8(ascii: ".") || word.first == UInt8(ascii: ".") else { break }
            domain += word
        }
        read(domain, isPatched: false)
        read(span.prefix { !"\"[]\\".utf8.contains($0) }.filter { !$0.isSpaceOrBreak }[...], isPatched: true)
    }

    /// Mail::Address takes unexpected brackets out of a name, with the white space around them. Before the next at
    /// sign, white space begins the next address.
    private mutating func readWithoutMarks(_ member: ArraySlice<UInt8>) {
        read(member.filter { !"<>;:()".utf8.contains($0) && !$0.isSpaceOrBreak }[...], isPatched: true)
    }

    /// Octets that no domain has end it, or begin it, or are left out; dots of other scripts are dots to some
    /// readers.
    private mutating func read(_ text: ArraySlice<UInt8>, isPatched: Bool) {
        if let domain = Domain(readFrom: text) {
            note(domain, isPatched: isPatched)
            if !text.containsForeignDot { return }
        } else if String(validating: text, as: UTF8.self) == nil {
            let text = String(decoding: text.map(UInt16.init), as: UTF16.self)
            if let domain = Domain(readFrom: Array(text.utf8)[...]) { note(domain, isPatched: isPatched) }
        }
        for piece in text.split(whereSeparator: { !$0.isPlainDomainOctet }) {
            if let domain = Domain(readFrom: piece) { note(domain, isPatched: isPatched, isPiece: true) }
        }
        let visible = text.filter { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") }
        if let domain = Domain(readFrom: visible[...]) { note(domain, isPatched: true, isPiece: true) }
    }

    private mutating func note(_ domain: Domain, isPatched: Bool, isPiece: Bool = false) {
        guard domain.text.utf8.contains(UInt8(ascii: ".")) else {
            if !isPiece { Self.add(domain, isPatched: isPatched, to: &single) }
            return
        }
        if domain.isNumeric {
            namesLiteral = true
        } else {
            Self.add(domain, isPatched: isPatched, to: &found)
        }
    }

    private static func add(_ domain: Domain, isPatched: Bool, to readings: inout [AuthorField.Reading]) {
        if let index = readings.firstIndex(where: { $0.domain == domain }) {
            if !isPatched { readings[index].isPatched = false }
        } else if readings.count <= AuthorDomains.limit {
            readings.append(AuthorField.Reading(domain: domain, isPatched: isPatched))
        }
    }
}

extension Domain {
    /// The domain of a text as seen by readers that ignore dots at its ends, and two in a row. For a name too long
    /// for the DNS, it is the domain that it claims to be below.
    fileprivate init?(readFrom text: ArraySlice<UInt8>) {
        var labels = text.split(separator: UInt8(ascii: "."))[...]
        if labels.allSatisfy({ $0.allSatisfy(\.isPlainDomainOctet) }) {
            if let long = labels.lastIndex(where: { $0.count > Domain.labelLengthLimit }) {
                labels = labels[(long + 1)...]
            }
            var length = labels.reduce(-1) { $0 + $1.count + 1 }
            while length > Domain.lengthLimit, let first = labels.popFirst() { length -= first.count + 1 }
        }
        self.init(inMail: Array(labels.joined(separator: CollectionOfOne(UInt8(ascii: ".")))))
    }

    /// True for an address and not a name: no top-level domain is a number (RFC 3696, 2).
    fileprivate var isNumeric: Bool {
        labels.last?.utf8.allSatisfy(\.isDigit) == true
    }
}
