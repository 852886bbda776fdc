internal import DNS

/// One evaluation of check_host() (RFC 7208, 4) over the answers known so far: the part of it that knows records,
/// names and limits. ``LibSPF2`` goes through the terms and asks here, by number, for records and addresses.
///
/// If an answer is missing, or the result is settled by an error or a limit, the evaluation stops: from then on every
/// question of the library is refused, which makes it return at once.
final class Evaluation {
    /// Why an evaluation ended before its terms did.
    enum Stop: Error {
        /// A question is open; the evaluation is to be repeated when its answer arrives.
        case missing
        case noRecord(String)
        case temporary(String)
        case permanent(String)
    }

    enum Reply {
        case address(IPAddress)
        /// Entries of ``Entry/Matter/exchange(_:prefixLength:)``, at least one.
        case exchanges([Int])
        case nothing
        case stop
    }

    /// Terms that query, over all records together, and names of one MX or PTR answer (RFC 7208, 4.6.4).
    static let termLimit = 10
    static let nameLimit = 10

    let context: MacroContext
    let voidLimit: Int
    var answers = Answers()
    /// The relevant parts of the records read so far: an evaluation that is repeated does not read them again.
    var parsed: [Domain: SPFRecord] = [:]

    private let domain: Domain
    private(set) var entries = [Entry(matter: .root)]
    private(set) var records: [LoadedRecord] = []
    private(set) var termCount = 0
    private(set) var voidCount = 0
    private(set) var stop: Stop?
    /// The entry that was asked for last.
    private(set) var currentEntry = 0

    init(of domain: Domain, context: MacroContext, voidLimit: Int) {
        self.domain = domain
        self.context = context
        self.voidLimit = voidLimit
    }

    /// Whether the domain has a record, for which the library is needed. If not, the evaluation stops.
    func hasRecord() -> Bool {
        do throws(Stop) {
            _ = try record(of: domain, isRoot: true)
            return true
        } catch {
            stop = error
            return false
        }
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

    /// The answer to an entry that is neither an include nor a redirect.
    func answer(toEntry key: Int) -> Reply {
        guard stop == nil, entries.indices.contains(key) else { return .stop }
        do throws(Stop) {
            switch entries[key].matter {
            case .directive(let directive):
                currentEntry = key
                return try reply(to: directive, in: records[entries[key].record].domain)
            case .exchange(let host, let length):
                return try address(ask(Question(host, context.client.addressType)), of: host, prefixLength: length)
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
        guard let answer = answers.request(question) else { throw .missing }
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

    private func reply(to directive: Directive, in current: Domain) throws(Stop) -> Reply {
        let client = context.client
        switch directive.mechanism {
        case .all, .ip4, .ip6:
            /// It is in the written record only because it matches.
            return .address(.v4(IPv4Address(value: 0x7F00_0002)))
        case .include:
            return .stop
        case .a(let spec, let lengths):
            try countTerm()
            guard let name = try name(of: spec, in: current) else { return .nothing }
            let answer = try ask(Question(name, client.addressType))
            try countIfVoid(answer)
            return try address(answer, of: name, prefixLength: lengths.length(for: client))
        case .exists(let spec):
            /// RFC 7208, 5.7: an A query, whatever the client's family, and any address will do.
            try countTerm()
            guard let name = try name(of: spec, in: current) else { return .nothing }
            let answer = try ask(Question(name, .a))
            try countIfVoid(answer)
            return try address(answer, of: name, prefixLength: 0)
        case .mx(let spec, let lengths):
            try countTerm()
            guard let name = try name(of: spec, in: current) else { return .nothing }
            return try exchanges(of: name, prefixLength: lengths.length(for: client))
        case .ptr(let spec):
            try countTerm()
            guard let name = try name(of: spec, in: current) else { return .nothing }
            try countIfVoid(try ask(Question(client.reverseName, .ptr)))
            return try hasValidatedName(below: name) ? .address(.v4(IPv4Address(value: 0x7F00_0002))) : .nothing
        }
    }

    /// An address for the library to compare. Of thousands it needs only one: the first in the client's network, or,
    /// if there is none, any. As that one has no prefix length of 0, the client's own then represents all.
    private func address(_ answer: Answer, of name: Domain, prefixLength: Int) throws(Stop) -> Reply {
        if case .failure(let failure) = answer.outcome {
            throw .temporary("address of \(name.forReport): \(failure.rawValue)")
        }
        let addresses = answer.addresses
        guard let first = addresses.first else { return .nothing }
        if prefixLength == 0 { return .address(context.client) }
        let network = IPNetwork(address: context.client, prefixLength: prefixLength)
        return .address(addresses.first { network?.contains($0) == true } ?? first)
    }

    /// RFC 7208, 5.4; the addresses of all names are asked for at once.
    private func exchanges(of name: Domain, prefixLength: Int) throws(Stop) -> Reply {
        let answer = try ask(Question(name, .mx))
        try countIfVoid(answer)
        if case .failure(let failure) = answer.outcome {
            throw .temporary("MX of \(name.forReport): \(failure.rawValue)")
        }
        guard answer.records.count <= Self.nameLimit else {
            throw .permanent("more than \(Self.nameLimit) MX records of \(name.forReport)")
        }
        let hosts = Self.hosts(answer)
        for (_, host) in hosts { _ = answers.request(Question(host, context.client.addressType)) }
        let first = entries.count
        for (_, host) in hosts { entries.append(Entry(matter: .exchange(host, prefixLength: prefixLength))) }
        return hosts.isEmpty ? .nothing : .exchanges(Array(first..<entries.count))
    }

    /// The hosts of an MX answer. Name servers shuffle their records; a verdict must not depend on it.
    static func hosts(_ answer: Answer) -> [(preference: UInt16, host: Domain)] {
        var hosts: [(preference: UInt16, host: Domain)] = []
        for case .mx(let preference, let host?) in answer.records.prefix(nameLimit) { hosts.append((preference, host)) }
        return hosts.sorted { ($0.preference, $0.host.text) < ($1.preference, $1.host.text) }
    }

    /// The name that a term queries; nil if there is no such name and therefore no match.
    func name(of spec: MacroString?, in current: Domain) throws(Stop) -> Domain? {
        guard let spec else { return current }
        let validated = spec.usesValidatedName ? try validatedName(in: current) : []
        return context.name(of: spec, domain: current, validatedName: validated)
    }
}

// MARK: - Records

extension Evaluation {
    /// Finds, parses and rewrites the record of an entry.
    private func load(entry key: Int) throws(Stop) -> String {
        currentEntry = key
        let entry = entries[key]
        let source: Domain
        var include: Int?
        switch entry.matter {
        case .directive(let directive):
            guard case .include(let spec) = directive.mechanism else { throw .permanent("no record is wanted") }
            try countTerm()
            /// RFC 8616, 4: it matches nothing. A record without terms does just that.
            if !context.hasASCIILocalPart && spec.usesLocalPart { return WrittenRecord.withoutTerms }
            source = try target(of: spec, in: records[entry.record].domain, "include")
            include = key
        case .redirect(let spec):
            try countTerm()
            source = try target(of: spec, in: records[entry.record].domain, "redirect")
            include = records[entry.record].include
        case .root, .exchange:
            source = domain
        }
        let record = try record(of: source, isRoot: records.isEmpty)
        let written = WrittenRecord(record, for: context.client, index: records.count, firstKey: entries.count)
        let keys = entries.count..<(entries.count + written.entries.count)
        records.append(LoadedRecord(domain: source, record: record, include: include, keys: keys))
        entries += written.entries
        return written.text
    }

    /// The relevant part of a domain's record.
    func record(of source: Domain, isRoot: Bool) throws(Stop) -> SPFRecord {
        if let record = parsed[source] { return record }
        let answer = try ask(Question(source, .txt))
        let record = try SPFRecord(in: answer, of: source, isRoot: isRoot).relevant(to: context.client)
        parsed[source] = record
        return record
    }

    /// The domain of an include or a redirect. RFC 7208, 5.2 and 6.1: no record there, for whatever reason, is a
    /// permerror, and a target that is not a domain name or has one label (4.3) has no record.
    private func target(of spec: MacroString, in current: Domain, _ word: String) throws(Stop) -> Domain {
        guard let name = try name(of: spec, in: current), name.parent != nil else {
            throw .permanent("\(word) of a name that is not a domain")
        }
        return name
    }
}
