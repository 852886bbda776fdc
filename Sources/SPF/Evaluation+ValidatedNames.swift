internal import DNS

/// Names of the client that point back to it (RFC 7208, 5.5), for `ptr` and `%{p}`.
extension Evaluation {
    private enum Validation {
        case valid, invalid, unknown
    }

    /// The first ten names of the client's address, and whether each points back to it. All are asked about at once.
    /// An error invalidates the name that it affects, or all of them; it is never an error of the check.
    private func namesOfClient() throws(Stop) -> [(name: Domain, validation: Validation)] {
        let pointers = try ask(Question(context.client.reverseName, .ptr)).records.prefix(Self.nameLimit)
        var names: [(Domain, Validation)] = []
        for case .ptr(let name?) in pointers {
            let answer = answers.request(Question(name, context.client.addressType))
            let validation = answer.map { $0.addresses.contains(context.client) ? Validation.valid : .invalid }
            names.append((name, validation ?? .unknown))
        }
        return names
    }

    /// True if a validated name is the target or below it.
    func hasValidatedName(below target: Domain) throws(Stop) -> Bool {
        let candidates = try namesOfClient().filter { $0.name.isEqualOrBelow(target) }
        if candidates.contains(where: { $0.validation == .valid }) { return true }
        if candidates.contains(where: { $0.validation == .unknown }) { throw .missing }
        return false
    }

    /// The expansion of `%{p}` (RFC 7208, 7.3): the current domain if it is among the names, otherwise a name below
    /// it, otherwise any name, otherwise "unknown".
    func validatedName(in current: Domain) throws(Stop) -> [UInt8] {
        let names = try namesOfClient()
        guard !names.contains(where: { $0.validation == .unknown }) else { throw .missing }
        let valid = names.filter { $0.validation == .valid }.map(\.name)
        let name = valid.first { $0 == current } ?? valid.first { $0.isEqualOrBelow(current) } ?? valid.first
        return Array((name?.text ?? "unknown").utf8)
    }
}

extension IPAddress {
    /// The type of the records that hold addresses of this family.
    var addressType: RecordType {
        switch self {
        case .v4: .a
        case .v6: .aaaa
        }
    }
}
