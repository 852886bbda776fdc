internal import DNS

/// An evaluation that has to wait asks more than the one question it waits for, so that a record of several terms
/// takes a few round trips and not one per term.
extension Evaluation {
    /// How many terms, including those already evaluated, may have their questions asked at once. With more, many
    /// questions could be sent about terms that the limit of ten forbids to evaluate.
    private static let lookAheadLimit = 6

    /// Asks what the terms still to come will ask. These questions count only if the terms are evaluated.
    func askAhead() {
        var total = termCount
        var waiting: [(domain: Domain, terms: ArraySlice<Entry>)] = []
        var next: Int? = records.isEmpty ? nil : currentEntry
        while let key = next {
            let loaded = records[entries[key].record]
            let rest = entries[(key + 1)..<max(loaded.keys.upperBound, key + 1)]
            waiting.append((loaded.domain, rest))
            total += rest.count(where: \.queries)
            next = loaded.include
        }
        var index = 0
        while index < waiting.count, total <= Self.lookAheadLimit {
            let (domain, terms) = waiting[index]
            index += 1
            for term in terms {
                guard let question = question(of: term, in: domain), let answer = answers.request(question) else {
                    continue
                }
                switch question.type {
                case .a, .aaaa: break
                case .mx:
                    for (_, host) in Self.hosts(answer) {
                        _ = answers.request(Question(host, context.client.addressType))
                    }
                case .ptr: _ = try? validatedName(in: domain)
                case .txt:
                    guard let record = try? record(of: question.name, isRoot: false) else { continue }
                    let written = WrittenRecord(record, for: context.client, index: 0, firstKey: 0)
                    waiting.append((question.name, written.entries[...]))
                    total += written.entries.count(where: \.queries)
                }
            }
        }
    }

    /// The first question that a term asks; nil if it asks none.
    private func question(of entry: Entry, in current: Domain) -> Question? {
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
        guard let name = try? name(of: spec, in: current) else { return nil }
        return type == .txt && name.parent == nil ? nil : Question(name, type)
    }
}
