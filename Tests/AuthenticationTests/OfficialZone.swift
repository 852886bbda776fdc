import DNS
import Yams

/// The DNS of a scenario of an ``OfficialSuite``.
struct OfficialZone {
    private var answers: [Question: Answer] = [:]

    /// A name without TXT records has its SPF records as TXT; a `TIMEOUT` among the records of a name is all that is
    /// said of the types that did not come before it.
    init(_ zone: Node?) {
        var aliases: [(String, String)] = []
        for (name, items) in zone?.mapping ?? [:] {
            guard let name = name.string else { continue }
            var records: [RecordType: [RecordData]] = [:]
            var broken: Set<RecordType> = []
            var spf: [RecordData] = []
            var hasTXT = false
            for item in items.sequence ?? [] {
                if item.string == "TIMEOUT" {
                    broken.formUnion(RecordType.allCases.filter { records[$0] == nil })
                    continue
                }
                for (type, value) in item.mapping ?? [:] {
                    switch type.string ?? "" {
                    case "CNAME": aliases.append((name, value.string ?? ""))
                    case "SPF": if value.string != "TIMEOUT" { spf.append(.txt(Self.strings(value))) }
                    case "TXT":
                        hasTXT = true
                        if value.string == "TIMEOUT" {
                            broken.insert(.txt)
                        } else if value.string != "NONE" {
                            records[.txt, default: []].append(.txt(Self.strings(value)))
                        }
                    case let other:
                        if let (type, data) = Self.record(other, value) { records[type, default: []].append(data) }
                    }
                }
            }
            if !hasTXT, !spf.isEmpty, !broken.contains(.txt) { records[.txt] = spf }
            set(name, .txt, Answer(.noData))
            for type in broken { set(name, type, .failure(.timeout)) }
            for (type, data) in records { set(name, type, Answer(.records(data))) }
        }
        for (name, target) in aliases { follow(name, target, aliases) }
    }

    /// The zone as a master file.
    var file: ZoneFile {
        get throws { try ZoneFile(Array(ZoneFile.text(of: answers).utf8), file: "suite") }
    }

    /// Nothing if the suite has a name that nobody can ask for.
    private mutating func set(_ name: String, _ type: RecordType, _ answer: Answer) {
        guard let name = Domain(allowingSpaces: name.utf8) else { return }
        answers[Question(name, type)] = answer
    }

    private mutating func follow(_ name: String, _ target: String, _ aliases: [(String, String)]) {
        var target = target
        for _ in 0..<10 {
            guard let next = aliases.first(where: { Domain($0.0) == Domain(target) }) else {
                guard let end = Domain(target) else { return }
                let missing = Answer(answers.keys.contains { $0.name == end } ? .noData : .nameError)
                for type in RecordType.allCases { set(name, type, answers[Question(end, type)] ?? missing) }
                return
            }
            target = next.1
        }
        for type in RecordType.allCases { set(name, type, .failure(.aliasLoop)) }
    }

    private static func record(_ type: String, _ value: Node) -> (RecordType, RecordData)? {
        let text = value.string ?? ""
        switch (type, IPAddress(text)) {
        case ("A", .v4(let address)): return (.a, .a(address))
        case ("AAAA", .v6(let address)): return (.aaaa, .aaaa(address))
        case ("PTR", _): return (.ptr, .ptr(Domain(text)))
        case ("MX", _):
            let parts = value.sequence?.compactMap(\.string) ?? []
            guard parts.count == 2, let preference = UInt16(parts[0]) else { return nil }
            return (.mx, .mx(preference: preference, exchange: Domain(parts[1])))
        default: return nil
        }
    }

    /// Octets beyond ASCII are written as escapes in the suite, one a character; strings of more than 255 octets are
    /// cut, as a zone file's have to be (RFC 1035, 3.3).
    private static func strings(_ value: Node) -> [[UInt8]] {
        let sequence = value.sequence?.compactMap(\.string) ?? []
        /// No record is without a string (RFC 1035, 3.3.14).
        let texts = sequence.isEmpty ? [value.string ?? ""] : sequence
        return texts.flatMap { text -> [[UInt8]] in
            let octets = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            return stride(from: 0, to: max(octets.count, 1), by: 255).map {
                Array(octets[$0..<min($0 + 255, octets.count)])
            }
        }
    }
}
