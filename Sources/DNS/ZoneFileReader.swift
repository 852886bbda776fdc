internal import Octets

/// Reads master files (RFC 1035, section 5) into a ``ZoneFile``.
struct ZoneFileReader {
    typealias Mistake = ZoneFileError.Mistake

    /// A name in a file. Names that are not a ``Domain`` are allowed; they are never asked for.
    enum Name {
        case root
        case domain(Domain)
        case unaskable
    }

    let file: String
    private var lexer: ZoneFileLexer
    private var zone: ZoneFile
    /// The root until `$ORIGIN`, so that a file of names written in full needs none.
    private(set) var origin = Name.root
    private var owner: Name?
    /// The TTL of records that have none: that of `$TTL` (RFC 2308, 4), otherwise the last one given (RFC 1035, 5.1).
    private var ttl: UInt32 = 3600
    private var hasDefaultTTL = false
    private var mistakes: [Mistake] = []

    init(_ octets: [UInt8], file: String, into zone: ZoneFile) {
        self.file = file
        self.zone = zone
        lexer = ZoneFileLexer(octets, file: file)
    }

    mutating func read() throws(ZoneFileError) -> ZoneFile {
        while true {
            do throws(Mistake) {
                guard let entry = try lexer.entry() else { break }
                try self.entry(entry)
            } catch {
                mistakes.append(error)
            }
        }
        guard mistakes.isEmpty else { throw ZoneFileError(mistakes: mistakes) }
        return zone
    }

    private mutating func entry(_ entry: ZoneFileLexer.Entry) throws(Mistake) {
        if let first = entry.tokens.first, !first.isQuoted, first.octets.first == UInt8(ascii: "$") {
            return try directive(first.text.uppercased(), entry)
        }
        var columns = entry.tokens[...]
        if entry.hasOwner, let first = columns.popFirst() {
            owner = .unaskable
            owner = try name(first)
        }
        guard let owner else {
            throw mistake(entry, "the first record has no owner: begin the line with a name")
        }
        let recordTTL = try ttlAndClass(&columns, entry)
        if let recordTTL, !hasDefaultTTL { ttl = recordTTL }
        guard let type = columns.popFirst(), !type.isQuoted else {
            throw mistake(entry, "no record type: write NAME [TTL] [IN] TYPE DATA")
        }
        try record(type, Array(columns), owner, ttl: recordTTL ?? ttl, entry)
    }

    /// `$ORIGIN <domain-name>` (RFC 1035, 5.1) and `$TTL <TTL>` (RFC 2308, 4).
    private mutating func directive(_ keyword: String, _ entry: ZoneFileLexer.Entry) throws(Mistake) {
        switch keyword {
        case "$ORIGIN":
            guard entry.tokens.count == 2 else { throw mistake(entry, "write $ORIGIN and one name") }
            origin = try name(entry.tokens[1])
        case "$TTL":
            guard entry.tokens.count == 2, let value = Self.ttl(entry.tokens[1]) else {
                throw mistake(entry, "write $TTL and up to 2147483647 seconds, as 3600 or 1h")
            }
            ttl = value
            hasDefaultTTL = true
        case "$INCLUDE":
            throw mistake(entry, "$INCLUDE is not supported: give the other file as a separate zone")
        default:
            throw mistake(entry, "\(keyword) is not supported: $ORIGIN and $TTL are")
        }
    }

    /// TTL and class, in either order, each optional (RFC 1035, 5.1).
    private mutating func ttlAndClass(
        _ columns: inout ArraySlice<ZoneFileLexer.Token>,
        _ entry: ZoneFileLexer.Entry
    ) throws(Mistake) -> UInt32? {
        var found: UInt32?
        var hasClass = false
        while let token = columns.first, !token.isQuoted {
            if found == nil, token.octets.first?.isDigit == true {
                guard let value = Self.ttl(token) else {
                    throw mistake(entry, "`\(token.text)` is not a TTL: write up to 2147483647 seconds, as 3600 or 1h")
                }
                found = value
            } else if !hasClass, Self.isClass(token) {
                /// RFC 3597, 5: class 1 by its number.
                guard ["IN", "CLASS1"].contains(token.text.uppercased()) else {
                    throw mistake(entry, "class \(token.text) is not supported: only IN is")
                }
                hasClass = true
            } else {
                break
            }
            columns.removeFirst()
        }
        return found
    }

    private mutating func record(
        _ type: ZoneFileLexer.Token,
        _ data: [ZoneFileLexer.Token],
        _ owner: Name,
        ttl: UInt32,
        _ entry: ZoneFileLexer.Entry
    ) throws(Mistake) {
        let mnemonic = Self.mnemonic(of: type)
        if let verdict = ZoneFile.Verdict(rawValue: mnemonic) {
            let types = try types(data, mnemonic, entry)
            if case .domain(let owner) = owner { zone.add(verdict, ttl: ttl, to: owner, for: types) }
        } else if mnemonic == ZoneFile.authenticated {
            let types = try types(data, mnemonic, entry)
            if case .domain(let owner) = owner { zone.markAuthenticated(owner, for: types) }
        } else if mnemonic == "CNAME" {
            guard data.count == 1, case .domain(let target) = try name(data[0]) else {
                throw mistake(entry, "CNAME needs one name: the one to be asked for instead")
            }
            try alias(ZoneFile.Alias(target: target, ttl: ttl), owner, entry)
        } else if mnemonic == "DNAME" {
            guard data.count == 1, case .domain(let target) = try name(data[0]) else {
                throw mistake(entry, "DNAME needs one name: the one below which names are asked for instead")
            }
            if case .domain(let owner) = owner {
                zone.add(subtreeAlias: ZoneFile.Alias(target: target, ttl: ttl), to: owner)
            }
        } else if let type = RecordType.allCases.first(where: { $0.mnemonic == mnemonic }) {
            let data = try recordData(type, data, entry)
            guard case .domain(let owner) = owner else { return }
            guard zone.nodes[owner]?.alias == nil else { throw mistake(entry, Self.aliasWithData) }
            zone.add(data, to: owner, ttl: ttl)
        } else {
            /// Types that no check asks for: all that counts is that the name exists.
            guard Self.isOtherType(mnemonic) else {
                throw mistake(entry, "`\(type.text)` is not a record type: write NAME [TTL] [IN] TYPE DATA")
            }
            if case .domain(let owner) = owner { zone.establish(owner) }
        }
    }

    private static let aliasWithData =
        "CNAME and other data at one name (RFC 2181, 10.1): keep only one of them"

    private mutating func alias(
        _ alias: ZoneFile.Alias,
        _ owner: Name,
        _ entry: ZoneFileLexer.Entry
    ) throws(Mistake) {
        guard case .domain(let owner) = owner else { return }
        if let node = zone.nodes[owner] {
            guard node.sets.isEmpty else { throw mistake(entry, Self.aliasWithData) }
            guard node.alias == nil || node.alias?.target == alias.target else {
                throw mistake(entry, "a second CNAME at one name (RFC 2181, 10.1): remove one")
            }
        }
        zone.add(alias, to: owner)
    }

    /// The types that a line of our own format is about: the one it names, or all.
    private func types(
        _ data: [ZoneFileLexer.Token],
        _ word: String,
        _ entry: ZoneFileLexer.Entry
    ) throws(Mistake) -> [RecordType] {
        guard let first = data.first else { return RecordType.allCases }
        guard data.count == 1, let type = RecordType.allCases.first(where: { $0.mnemonic == first.text.uppercased() })
        else {
            let known = RecordType.allCases.map(\.mnemonic).joined(separator: ", ")
            throw mistake(entry, "\(word) is followed by nothing or by one of \(known)")
        }
        return [type]
    }

    func mistake(_ entry: ZoneFileLexer.Entry, _ text: String) -> Mistake {
        Mistake(file: file, line: entry.line, text: text)
    }
}
