/// The records of one master file (RFC 1035, section 5) or of several, and the answers that follow from them.
///
/// A name that is not in the file does not exist; wildcards work as in RFC 4592, and CNAME and DNAME records are
/// followed. Lines of a format of our own express what no record can; see ``Verdict``.
package struct ZoneFile: Sendable {
    struct Alias {
        let target: Domain
        let ttl: UInt32
    }

    /// A word in the third column that is not a record type, but says how the question ends: `name SERVFAIL` for
    /// every type of the name, `name SERVFAIL TXT` for one. It overrides any record.
    enum Verdict: String, CaseIterable {
        case nameError = "NXDOMAIN"
        case noData = "NODATA"
        case serverFailure = "SERVFAIL"
        case refused = "REFUSED"
        case timeout = "TIMEOUT"
        case malformed = "MALFORMED"
        case aliasLoop = "CNAMELOOP"
        case deadline = "DEADLINE"
        case questionLimit = "QUESTIONLIMIT"
        case unavailable = "UNAVAILABLE"

        var outcome: Answer.Outcome {
            switch self {
            case .nameError: .nameError
            case .noData: .noData
            case .serverFailure: .failure(.serverFailure)
            case .refused: .failure(.refused)
            case .timeout: .failure(.timeout)
            case .malformed: .failure(.malformed)
            case .aliasLoop: .failure(.aliasLoop)
            case .deadline: .failure(.deadline)
            case .questionLimit: .failure(.questionLimit)
            case .unavailable: .failure(.unavailable)
            }
        }

        /// Nil for an answer that has records.
        init?(_ outcome: Answer.Outcome) {
            guard let verdict = Self.allCases.first(where: { $0.outcome == outcome }) else { return nil }
            self = verdict
        }
    }

    /// The word in the third column for an answer that had the AD bit: `name AUTHENTICATED TXT`.
    static let authenticated = "AUTHENTICATED"

    struct Node {
        var sets: [RecordType: RecordSet] = [:]
        var alias: Alias?
        var verdicts: [RecordType: Answer] = [:]
        var authenticated: Set<RecordType> = []
        /// False if the name is only known not to exist.
        var exists = false

        func answer(to type: RecordType, ttl limit: UInt32) -> Answer? {
            let isAuthenticated = authenticated.contains(type)
            if let verdict = verdicts[type] {
                return Answer(verdict.outcome, ttl: min(verdict.ttl, limit), isAuthenticated: isAuthenticated)
            }
            if let set = sets[type] {
                return Answer(.records(set.records), ttl: min(set.ttl, limit), isAuthenticated: isAuthenticated)
            }
            return alias == nil ? Answer(.noData) : nil
        }
    }

    /// Longer chains count as a loop, as in resolvers.
    static let aliasLimit = 16

    private(set) var nodes: [Domain: Node] = [:]
    /// DNAME records (RFC 6672): every name below the owner is an alias of the same name below the target.
    private var subtreeAliases: [Domain: Alias] = [:]

    /// A zone without names.
    package init() {}

    /// Reads a file.
    ///
    /// - Parameter file: its name, for messages.
    /// - Throws: all mistakes in the file.
    package init(_ octets: [UInt8], file: String) throws(ZoneFileError) {
        self.init()
        try read(octets, file: file)
    }

    /// Adds the content of another file: CNAME records and wildcards work across files. Nothing is added if it
    /// throws.
    package mutating func read(_ octets: [UInt8], file: String) throws(ZoneFileError) {
        var reader = ZoneFileReader(octets, file: file, into: self)
        self = try reader.read()
    }

    /// The answer that a server of this zone, and of no other, would give through a resolver.
    package func answer(to question: Question) -> Answer {
        var name = question.name
        var ttl = UInt32.max
        for _ in 0...Self.aliasLimit {
            if let (owner, alias) = subtreeAlias(above: name) {
                ttl = min(ttl, alias.ttl)
                /// RFC 6672, 2.2: if the new name is too long, the server answers YXDOMAIN, and there is no answer.
                let prefix = name.text.dropLast(owner.text.utf8.count + 1)
                guard let target = alias.target.prefixed(by: String(prefix)) else { return .failure(.serverFailure) }
                name = target
                continue
            }
            guard let node = node(for: name, question.type) else { return Answer(.nameError) }
            if let answer = node.answer(to: question.type, ttl: ttl) { return answer }
            guard let alias = node.alias else { return Answer(.noData) }
            ttl = min(ttl, alias.ttl)
            name = alias.target
        }
        return .failure(.aliasLoop)
    }

    /// The data of the name, or of the wildcard that applies to it (RFC 4592, 3.3.1: the asterisk below the closest
    /// name that exists, and no other).
    private func node(for name: Domain, _ type: RecordType) -> Node? {
        if let node = nodes[name], node.exists || node.verdicts[type] != nil { return node }
        var encloser = name.parent
        while let ancestor = encloser {
            if nodes[ancestor]?.exists == true { return ancestor.prefixed(by: "*").flatMap { nodes[$0] } }
            encloser = ancestor.parent
        }
        return Domain("*").flatMap { nodes[$0] }
    }

    /// The uppermost DNAME record above a name: everything below it is hidden (RFC 6672, 2.4).
    private func subtreeAlias(above name: Domain) -> (owner: Domain, Alias)? {
        guard !subtreeAliases.isEmpty else { return nil }
        var uppermost: (Domain, Alias)?
        var next = name.parent
        while let owner = next {
            if let alias = subtreeAliases[owner] { uppermost = (owner, alias) }
            next = owner.parent
        }
        return uppermost
    }

    /// Adds one record, so that a zone can be built without text.
    package mutating func add(_ record: RecordData, to name: Domain, ttl: UInt32 = 3600) {
        establish(name)
        nodes[name]?.sets[record.type, default: RecordSet()].insert(record, ttl: ttl)
    }

    mutating func add(_ alias: Alias, to name: Domain) {
        establish(name)
        nodes[name]?.alias = alias
    }

    mutating func add(subtreeAlias alias: Alias, to name: Domain) {
        establish(name)
        subtreeAliases[name] = alias
    }

    mutating func add(_ verdict: Verdict, ttl: UInt32, to name: Domain, for types: [RecordType]) {
        if verdict != .nameError { establish(name) }
        for type in types { nodes[name, default: Node()].verdicts[type] = Answer(verdict.outcome, ttl: ttl) }
    }

    mutating func markAuthenticated(_ name: Domain, for types: [RecordType]) {
        nodes[name, default: Node()].authenticated.formUnion(types)
    }

    /// Makes the name exist, and with it every name above: an empty non-terminal exists (RFC 4592, 2.2.2).
    mutating func establish(_ name: Domain) {
        var next: Domain? = name
        while let name = next, nodes[name]?.exists != true {
            nodes[name, default: Node()].exists = true
            next = name.parent
        }
    }
}
