internal import AuthResults

/// Results of one reporter that contradict or repeat each other (RFC 6008, 4: readers should trust none of them).
struct ResultConflicts {
    struct Conflict {
        let field: Int
        let offset: Int
        let rule: LintRule
        let message: String
        let hint: String?
    }

    /// The subject of a result. Two results with the same subject are about the same thing.
    private struct Subject: Hashable {
        let authservID: String
        let method: String
        let identity: [String]
    }

    private struct Earlier {
        let field: Int
        let result: String
        let properties: [String]
    }

    private(set) var conflicts: [Conflict] = []
    private var seen: [Subject: [Earlier]] = [:]

    /// Earlier results that one is compared with; no real mail has more of the same subject.
    private static let comparedLimit = 16

    init(fields: [FieldLinter]) {
        for (index, field) in fields.enumerated() {
            guard let id = field.authservID?.lowercased() else { continue }
            for result in field.results { compare(result, of: id, in: index) }
        }
    }

    private mutating func compare(_ read: FieldLinter.ReadResult, of id: String, in field: Int) {
        guard Registry.method(read.method) != nil || !read.properties.isEmpty else { return }
        let properties = read.properties.map { "\($0.property.type).\($0.property.name)=\($0.property.value.text)" }
        let subject = Subject(authservID: id, method: read.method, identity: Self.identity(of: read))
        let all = properties.sorted()
        var earlier = seen[subject, default: []]
        if let same = earlier.first(where: { $0.result != read.result }) {
            contradiction(read, subject, earlierField: same.field, in: field)
        } else if earlier.contains(where: { $0.properties == all && $0.field == field }) {
            conflicts.append(
                Conflict(
                    field: field,
                    offset: read.offset,
                    rule: .duplicateResult,
                    message: "the same \(read.method) result again",
                    hint: nil
                )
            )
        }
        guard earlier.count < Self.comparedLimit else { return }
        earlier.append(Earlier(field: field, result: read.result, properties: all))
        seen[subject] = earlier
    }

    private mutating func contradiction(
        _ read: FieldLinter.ReadResult,
        _ subject: Subject,
        earlierField: Int,
        in field: Int
    ) {
        let isSignature = read.method == "dkim" || read.method == "domainkeys"
        let isDistinct = !isSignature || subject.identity.contains { $0.hasPrefix("header.b=") }
        let rule: LintRule =
            if !isDistinct { .indistinctSignatures } else if earlierField == field { .contradictoryResults } else {
                .contradictoryFields
            }
        // A host that passes mail on, such as a list, may see it again after a change, and report under the same
        // name.
        guard isDistinct || earlierField == field else { return }
        conflicts.append(
            Conflict(
                field: field,
                offset: read.offset,
                rule: rule,
                message: isDistinct
                    ? "another \(read.method) result for the same \(isSignature ? "signature" : "identity"); "
                        + "readers should trust neither (RFC 6008, 4)"
                    : "signatures with different results that cannot be distinguished (RFC 6008, 3)",
                hint: isDistinct ? nil : "report header.b"
            )
        )
    }

    /// The properties that identify the subject of the result. Signatures are compared by their text, domain and
    /// selector (RFC 6008; the text case-sensitively), everything else by all properties except those of type policy.
    private static func identity(of read: FieldLinter.ReadResult) -> [String] {
        let isSignature = read.method == "dkim" || read.method == "domainkeys"
        return read.properties.compactMap { property, _ -> String? in
            let name = "\(property.type).\(property.name)"
            switch name {
            case "header.b": return "header.b=\(property.value.text)"
            case "header.d", "header.s": return "\(name)=\(property.value.text.lowercased())"
            default:
                if isSignature || property.type == "policy" && read.method != "iprev" { return nil }
                return "\(name)=\(property.value.text.lowercased())"
            }
        }.sorted()
    }
}
