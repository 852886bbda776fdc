import DMARC
import DNS
import Mail
import TestSupport
import Testing

/// RFC 9989 section 4.10 once more, as a person would follow it with a list of names and a pencil: one question after the
/// other, no answer missing.
private struct Pencil {
    let zone: [String: World.Entry]

    func record(_ name: String) -> DMARCRecord? {
        guard case .texts(let texts) = zone["_dmarc." + name] else { return nil }
        let records = texts.compactMap { DMARCRecord(Array($0.utf8)) }
        return records.count == 1 ? records[0] : nil
    }

    func walk(_ start: String) -> [(name: String, record: DMARCRecord)] {
        var found: [(String, DMARCRecord)] = []
        var labels = start.split(separator: ".")
        var isFirst = true
        while !labels.isEmpty {
            let name = labels.joined(separator: ".")
            if let record = record(name) {
                found.append((name, record))
                if record.publicSuffix != .unknown { return found }
            }
            if isFirst, labels.count >= 8 {
                while labels.count > 7 { labels.removeFirst() }
            } else {
                labels.removeFirst()
            }
            isFirst = false
        }
        return found
    }

    func organization(_ start: String) -> String {
        let found = walk(start)
        for (name, record) in found {
            if record.publicSuffix == .no { return name }
            if record.publicSuffix == .yes, name != start {
                let above = name.split(separator: ".").count
                return start.split(separator: ".").suffix(above + 1).joined(separator: ".")
            }
        }
        return found.min { $0.name.split(separator: ".").count < $1.name.split(separator: ".").count }?.name ?? start
    }

    func summary(_ author: String, _ signer: String) -> String {
        let policy: DMARCRecord.Policy
        let record: DMARCRecord
        let place: String
        if let own = self.record(author) {
            (record, place, policy) = (own, author, own.policy)
        } else {
            let found = walk(author)
            let organization = organization(author)
            guard
                let applied = found.first(where: { $0.name == organization })
                    ?? found.first(where: { $0.record.publicSuffix == .yes })
            else { return "none" }
            (place, record) = applied
            let exists = zone.keys.contains { $0 == author || $0.hasSuffix("." + author) }
            policy = (exists ? nil : record.nonexistentPolicy) ?? record.subdomainPolicy ?? record.policy
        }
        let isAligned =
            signer == author || (record.dkimAlignment == .relaxed && organization(author) == organization(signer))
        return "\(isAligned ? "pass" : "fail") \(policy) \(place)"
    }
}

@Suite struct RandomZoneTests {
    private static let records: [World.Entry] = [
        "v=DMARC1; p=reject", "v=DMARC1; p=none; sp=quarantine; np=reject", "v=DMARC1; psd=y; p=reject; np=none",
        "v=DMARC1; psd=n; p=quarantine", "v=DMARC1; p=reject; adkim=s", ["v=DMARC1", "v=DMARC1; psd=y"], "text",
    ]

    private static func name(_ random: inout SplitMix64) -> String {
        let length = Int.random(in: 1...10, using: &random)
        return (0..<length).map { $0 < length - 2 && Bool.random(using: &random) ? "a" : "b" }.joined(separator: ".")
    }

    @Test func `parallel walks come to what walking by hand comes to`() throws {
        var random = SplitMix64(seed: 9989)
        var seen: Set<String> = []
        for _ in 0..<3000 {
            var zone: [String: World.Entry] = [:]
            let author = Self.name(&random)
            let signer = Self.name(&random)
            for start in [author, signer] {
                let labels = start.split(separator: ".")
                for count in 1...labels.count where Int.random(in: 0..<4, using: &random) == 0 {
                    let name = labels.suffix(count).joined(separator: ".")
                    zone["_dmarc." + name] = Self.records.randomElement(using: &random)
                }
            }
            if Bool.random(using: &random) { zone[author] = .noData }
            var world = World(zone)
            let verdict = try world.judge(from: "a@" + author, dkim: "+" + signer)
            let expected = Pencil(zone: zone).summary(author, signer)
            try #require(verdict.summary == expected, "\(author) \(signer) \(zone)")
            seen.insert(expected.split(separator: " ").prefix(2).joined(separator: " "))
        }
        #expect(
            seen == [
                "none", "pass none", "pass quarantine", "pass reject", "fail none", "fail quarantine", "fail reject",
            ]
        )
    }

    @Test func `the order of the answers does not count`() throws {
        var random = SplitMix64(seed: 410)
        for _ in 0..<500 {
            let author = "a.b." + Self.name(&random)
            let labels = author.split(separator: ".")
            var zone: [String: World.Entry] = [
                "_dmarc." + labels.suffix(2).joined(separator: "."): "v=DMARC1; p=none; np=reject"
            ]
            for count in 1...labels.count where Int.random(in: 0..<4, using: &random) == 0 {
                let entry = Bool.random(using: &random) ? .servfail : Self.records.randomElement(using: &random)
                zone["_dmarc." + labels.suffix(count).joined(separator: ".")] = entry
            }
            let parent = labels.dropFirst().joined(separator: ".")
            let signer = try #require(Domain("x." + parent))
            let identifier = DMARCCheck.Identifier(domain: signer, outcome: .authenticated)
            let check = DMARCCheck(header: [HeaderField("From", "a@" + author)])
            let world = World(zone)
            var verdicts: Set<DMARCVerdict> = []
            for _ in 0..<4 {
                var answers = Answers()
                check.ask(candidates: [signer], &answers)
                while true {
                    if let verdict = check.evaluate(spf: nil, dkim: [identifier], &answers) {
                        verdicts.insert(verdict)
                        break
                    }
                    let question = try #require(answers.open.randomElement(using: &random))
                    answers.learn(world.answer(to: question), to: question)
                }
            }
            #expect(verdicts.count == 1)
        }
    }
}
