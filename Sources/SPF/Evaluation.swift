internal import DNS

/// One evaluation of check_host() (RFC 7208, 4) over the answers known so far: the side of it that knows records, names
/// and limits. ``LibSPF2`` goes through the terms and asks here, by number, for records and addresses.
///
/// Where an answer is missing, or the result is settled by an error or a limit, the evaluation stops: from then on
/// every question of the library is turned down, which makes it return at once.
final class Evaluation {
    /// Why an evaluation ended before its terms did.
    enum Stop: Error {
        /// A question is open; the evaluation is to be repeated when its answer is in.
        case missing
        case noRecord(String)
        case temporary(String)
        case permanent(String)
    }

    /// What the library may ask for by number.
    struct Entry {
        enum Matter {
            /// The record of the domain that is checked.
            case root
            case directive(Directive)
            case redirect(MacroString)
            /// The target of an MX record. `isAny`: of its addresses any will do, as the prefix length is 0.
            case exchange(Domain, isAny: Bool)
        }

        let matter: Matter
        /// The record it stands in, and how many terms that query stand before it there.
        var record = 0
        var position = 0
    }

    struct LoadedRecord {
        let domain: Domain
        let record: SPFRecord
        /// The entry of the include that led here, also by way of redirects; nil if redirects alone did.
        let include: Int?
        /// Terms that query and may come after this record's own, in the records that lead here.
        var pending = 0
        /// Terms of this record that query.
        var queryCount = 0
    }

    enum Reply {
        /// At least one.
        case addresses([IPAddress])
        /// Entries of ``Entry/Matter/exchange(_:isAny:)``, at least one.
        case exchanges([Int])
        case nothing
        case stop
    }

    /// Terms that query, over all records together, and names of one MX or PTR answer (RFC 7208, 4.6.4).
    static let termLimit = 10
    static let nameLimit = 10
    /// Terms that may be in sight for their questions to be asked at once instead of one after the other. With more,
    /// asking ahead could send a good many questions that the limit forbids to evaluate.
    static let lookAhead = 6

    let context: MacroContext
    let voidLimit: Int
    var answers: Answers

    private let domain: Domain
    private(set) var entries = [Entry(matter: .root)]
    private(set) var records: [LoadedRecord] = []
    private(set) var termCount = 0
    private(set) var voidCount = 0
    private(set) var stop: Stop?
    /// The entry of the term that was asked for last.
    private(set) var lastEntry = 0

    init(of domain: Domain, context: MacroContext, voidLimit: Int, answers: Answers) {
        self.domain = domain
        self.context = context
        self.voidLimit = voidLimit
        self.answers = answers
    }

    /// The record of an entry, written for the library; nil if the evaluation stops.
    func record(ofEntry key: Int) -> String? {
        guard stop == nil, entries.indices.contains(key) else { return nil }
        do throws(Stop) {
            return try load(entry: key)
        } catch {
            stop = error
            return nil
        }
    }

    /// The answer to an entry that is no include and no redirect.
    func answer(toEntry key: Int) -> Reply {
        guard stop == nil, entries.indices.contains(key) else { return .stop }
        do throws(Stop) {
            switch entries[key].matter {
            case .directive(let directive):
                lastEntry = key
                return try reply(to: directive, entries[key])
            case .exchange(let host, let isAny):
                return try addresses(ask(Question(host, context.client.addressType)), of: host, isAny: isAny)
            case .root, .redirect:
                return .stop
            }
        } catch {
            stop = error
            return .stop
        }
    }

    /// The answer if it is known; if not, the evaluation stops.
    func ask(_ question: Question) throws(Stop) -> Answer {
        guard let answer = answers(question) else { throw .missing }
        return answer
    }

    /// RFC 7208, 4.6.4: the eleventh term that queries ends the evaluation, before it queries.
    private func countTerm() throws(Stop) {
        termCount += 1
        guard termCount <= Self.termLimit else { throw .permanent("more than \(Self.termLimit) terms that query") }
    }

    /// RFC 7208, 4.6.4: terms whose query finds no name or no record.
    private func countIfVoid(_ answer: Answer) throws(Stop) {
        switch answer.outcome {
        case .records, .failure: return
        case .noData, .nameError: voidCount += 1
        }
        guard voidCount <= voidLimit else { throw .permanent("more than \(voidLimit) look-ups without an answer") }
    }

    private func reply(to directive: Directive, _ entry: Entry) throws(Stop) -> Reply {
        let client = context.client
        switch directive.mechanism {
        case .all, .ip4, .ip6:
            /// It is in the written record only because it matches.
            return .addresses([.v4(IPv4Address(value: 0x7F00_0002))])
        case .include:
            return .stop
        case .a(let spec, let lengths):
            try countTerm()
            guard let name = try name(of: spec, in: entry) else { return .nothing }
            let answer = try ask(Question(name, client.addressType))
            try countIfVoid(answer)
            return try addresses(answer, of: name, isAny: lengths.length(for: client) == 0)
        case .exists(let spec):
            /// RFC 7208, 5.7: an A query, whatever the client's family.
            try countTerm()
            guard let name = try name(of: spec, in: entry) else { return .nothing }
            let answer = try ask(Question(name, .a))
            try countIfVoid(answer)
            return try addresses(answer, of: name, isAny: false)
        case .mx(let spec, let lengths):
            try countTerm()
            guard let name = try name(of: spec, in: entry) else { return .nothing }
            return try exchanges(of: name, isAny: lengths.length(for: client) == 0)
        case .ptr(let spec):
            try countTerm()
            guard let name = try name(of: spec, in: entry) else { return .nothing }
            try countIfVoid(try ask(Question(client.reverseName, .ptr)))
            return try hasValidatedName(below: name) ? .addresses([.v4(IPv4Address(value: 0x7F00_0002))]) : .nothing
        }
    }

    private func addresses(_ answer: Answer, of name: Domain, isAny: Bool) throws(Stop) -> Reply {
        if case .failure(let failure) = answer.outcome {
            throw .temporary("address of \(name.forReport): \(failure.rawValue)")
        }
        let addresses = answer.addresses
        if addresses.isEmpty { return .nothing }
        /// The library has no prefix length of 0: any address stands for the client's own.
        return .addresses(isAny ? [context.client] : addresses)
    }

    /// RFC 7208, 5.4; the addresses of all names are asked for at once.
    private func exchanges(of name: Domain, isAny: Bool) throws(Stop) -> Reply {
        let answer = try ask(Question(name, .mx))
        try countIfVoid(answer)
        if case .failure(let failure) = answer.outcome {
            throw .temporary("MX of \(name.forReport): \(failure.rawValue)")
        }
        guard answer.records.count <= Self.nameLimit else {
            throw .permanent("more than \(Self.nameLimit) MX records of \(name.forReport)")
        }
        var hosts: [(preference: UInt16, host: Domain)] = []
        for case .mx(let preference, let host?) in answer.records { hosts.append((preference, host)) }
        /// Name servers shuffle their records; the verdict must not depend on it.
        hosts.sort { ($0.preference, $0.host.text) < ($1.preference, $1.host.text) }
        for (_, host) in hosts { _ = answers(Question(host, context.client.addressType)) }
        let first = entries.count
        for (_, host) in hosts { entries.append(Entry(matter: .exchange(host, isAny: isAny))) }
        return hosts.isEmpty ? .nothing : .exchanges(Array(first..<entries.count))
    }

    /// The name that a term queries; nil if there is no such name, and so no match.
    func name(of spec: MacroString?, in entry: Entry) throws(Stop) -> Domain? {
        let current = records[entry.record].domain
        guard let spec else { return current }
        let validated = spec.usesValidatedName ? try validatedName(in: current) : []
        return context.name(of: spec, domain: current, validatedName: validated)
    }
}

// MARK: - Records

extension Evaluation {
    /// Finds, parses and rewrites the record of an entry.
    private func load(entry key: Int) throws(Stop) -> String {
        let entry = entries[key]
        let source: Domain
        var include: Int?
        switch entry.matter {
        case .directive(let directive):
            guard case .include(let spec) = directive.mechanism else { throw .permanent("no record is wanted") }
            lastEntry = key
            try countTerm()
            /// RFC 8616, 4: it matches nothing. A record without terms does just that.
            if !context.hasASCIILocalPart && spec.usesLocalPart { return RecordWriter().text }
            source = try target(of: spec, in: entry, "include")
            include = key
        case .redirect(let spec):
            try countTerm()
            source = try target(of: spec, in: entry, "redirect")
            include = records[entry.record].include
        case .root, .exchange:
            source = domain
        }
        let answer = try ask(Question(source, .txt))
        let record = try SPFRecord(in: answer, of: source, isRoot: records.isEmpty)
        var loaded = LoadedRecord(domain: source, record: record, include: include)
        if !records.isEmpty {
            let origin = records[entry.record]
            loaded.pending = origin.pending + max(origin.queryCount - entry.position - 1, 0)
        }
        records.append(loaded)
        return write(records.count - 1)
    }

    /// The domain of an include or a redirect. RFC 7208, 5.2 and 6.1: no record there, for whatever reason, is a
    /// permerror, and a name that is none or has one label (4.3) has no record.
    private func target(of spec: MacroString, in entry: Entry, _ word: String) throws(Stop) -> Domain {
        guard let name = try name(of: spec, in: entry), name.parent != nil else {
            throw .permanent("\(word) of a name that is not a domain")
        }
        return name
    }

    /// Writes a loaded record for the library, with an entry for each term that may come to be tested.
    private func write(_ index: Int) -> String {
        var writer = RecordWriter()
        let record = records[index].record
        let first = entries.count
        var queryCount = 0
        var isSettled = false
        for directive in record.directives {
            var lengths = ""
            switch directive.mechanism {
            case .ip4(let network), .ip6(let network):
                guard network.contains(context.client) else { continue }
                isSettled = true
            case .all:
                isSettled = true
            case .a(_, let prefixes), .mx(_, let prefixes):
                lengths = Self.written(prefixes, for: context.client)
            case .include, .ptr, .exists:
                break
            }
            writer.add(directive, key: entries.count, lengths: lengths)
            entries.append(Entry(matter: .directive(directive), record: index, position: queryCount))
            if isSettled { break }
            /// The limit stops the evaluation at the eleventh term, so that nothing behind it is ever tested. It follows
            /// that a written record stays far below the 511 octets to which the library compiles one.
            queryCount += 1
            if queryCount > Self.termLimit {
                isSettled = true
                break
            }
        }
        if !isSettled, let redirect = record.redirect {
            writer.addRedirect(key: entries.count)
            entries.append(Entry(matter: .redirect(redirect), record: index, position: queryCount))
            queryCount += 1
        }
        records[index].queryCount = queryCount
        if termCount + records[index].pending + queryCount <= Self.lookAhead { askAhead(entries[first...]) }
        return writer.text
    }

    /// The library takes a length of 0 for none, so that none is written for it, and none for a full one.
    private static func written(_ lengths: Directive.PrefixLengths, for client: IPAddress) -> String {
        let length = lengths.length(for: client)
        switch client {
        case .v4: return (1..<32).contains(length) ? "/\(length)" : ""
        case .v6: return (1..<128).contains(length) ? "//\(length)" : ""
        }
    }

    /// Asks what terms will ask when their turn comes. Nothing of it counts unless they are evaluated.
    private func askAhead(_ entries: ArraySlice<Entry>) {
        for entry in entries {
            if let question = question(of: entry) { _ = answers(question) }
        }
    }

    /// The first question that a term asks, as far as it is known before its turn.
    private func question(of entry: Entry) -> Question? {
        let spec: MacroString?
        let type: RecordType
        switch entry.matter {
        case .root, .exchange: return nil
        case .redirect(let target): (spec, type) = (target, .txt)
        case .directive(let directive):
            switch directive.mechanism {
            case .all, .ip4, .ip6: return nil
            case .include(let target): (spec, type) = (target, .txt)
            case .a(let target, _): (spec, type) = (target, context.client.addressType)
            case .mx(let target, _): (spec, type) = (target, .mx)
            case .exists(let target): (spec, type) = (target, .a)
            case .ptr: return Question(context.client.reverseName, .ptr)
            }
        }
        if spec?.usesValidatedName == true { return Question(context.client.reverseName, .ptr) }
        guard let name = try? name(of: spec, in: entry) else { return nil }
        return type == .txt && name.parent == nil ? nil : Question(name, type)
    }
}
