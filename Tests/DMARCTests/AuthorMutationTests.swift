import DMARC
import DNS
import Mail
import TestSupport
import Testing

@Suite struct AuthorMutationTests {
    private static let seeds = [
        "From: <first@attack.com>", "From: <admin@legitimate.com>", "From: Alice <a@attack.com>",
        "From: <first@attack.com>, <admin@legitimate.com>", "From: g: a@attack.com, b@attack.com;, c@attack.com",
        "From:=?utf-8?B?PGFkbWluQGxlZ2l0aW1hdGUuY29tPg==?=,<second@attack.com>",
        "From: =?utf-8?Q?admin=40legitimate.com?= <a@attack.com>",
        "From: <@attack.com,@any.com:admin@legitimate.com>", #"From: <admin@legitimate.com>\,<second@attack.com>"#,
        "From: admin@legitimate.com,<second@attack.com>", "From: <any@attack.com>admin@legitimate.com",
        "From: \"admin@legitimate.com\" <a@attack.com>", "From: (<admin@legitimate.com>) <a@attack.com> (x(y))",
        "From: <\"admin@legitimate.com\"@attack.com>", "From: \"a\\\"b\" (c\\)d) <a (x) @ attack.com>",
        "From: a@legitimate.com'.attack.com", "From: a@[192.0.2.1]", "From: J. R. Smith\n <a@attack.com>",
        "From: <a@l\u{E9}gitimate.com>", "From : <a@attack.com>", "Sender: <admin@legitimate.com>",
    ].map { Array($0.utf8) }

    private static let tokens = [
        "<", ">", "@", ",", ";", ":", "\\", "\"", "(", ")", "[", "]", ".", " ", "\t", "\n ", "\r", "\0", "=?", "?=",
        "'",
        "<admin@legitimate.com>", "@legitimate.com", "a@attack.com", "\u{FF20}", "\u{3002}", "From: ", "%",
    ].map { Array($0.utf8) }

    private static func mutate(_ field: inout [UInt8], _ random: inout SplitMix64) {
        let index = Int.random(in: 0...field.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: field.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: index)
        case 1: if index < field.count { field.remove(at: index) }
        case 2: if index < field.count { field[index] = UInt8.random(in: 0...255, using: &random) }
        case 3:
            let other = seeds.randomElement(using: &random) ?? []
            let start = Int.random(in: 0...other.count, using: &random)
            field = Array(field[..<index]) + other[start...]
        case 4:
            let end = Int.random(in: index...field.count, using: &random)
            field.insert(contentsOf: field[index..<end], at: Int.random(in: 0...field.count, using: &random))
        default:
            let end = Int.random(in: index...min(field.count, index + 4), using: &random)
            field.removeSubrange(index..<end)
        }
    }

    /// Every message is authenticated for both domains, so that a pass hangs on nothing but the reading of From.
    @Test func `no mutation has an author whom a second reading does not see`() throws {
        var random = SplitMix64(seed: 5322)
        var judged = 0
        var passed = 0
        var plain = 0
        var world = World(AuthorAttackTests.zone)
        for number in 0..<20_000 {
            var field = Self.seeds[number % Self.seeds.count]
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&field, &random) }
            let colon = field.firstIndex(of: UInt8(ascii: ":")) ?? field.endIndex
            let mutated = HeaderField(name: Array(field[..<colon]), value: Array(field[colon...].dropFirst()))
            var header = [mutated]
            if Int.random(in: 0..<10, using: &random) == 0 { header.append(HeaderField("From", " <a@attack.com>")) }

            let verdict = try world.judge(header, spf: "+attack.com", dkim: "+legitimate.com")
            judged += 1
            if verdict.result == .pass { passed += 1 }
            let fields = header.filter { $0.isNamed("From") }
            let seen = verdict.candidates.isEmpty ? [verdict.authorDomain].compactMap(\.self) : verdict.candidates
            let isComplete = verdict.reason != "more than 8 domains in From"
            for domains in fields.compactMap({ ElementaryReading($0.value).domains }) where isComplete {
                let names = Set(domains.compactMap { Domain(internationalized: Array($0.utf8)) }).filter {
                    $0.isHostName && $0.labels.last?.utf8.allSatisfy { $0 < 0x3A } == false
                }
                try #require(
                    names.isSubset(of: seen),
                    "\(header.map { String(decoding: $0.octets, as: UTF8.self) }) \(seen) \(domains)"
                )
            }
            try #require(
                verdict.authorDomain != nil || verdict.result == .permerror || !isComplete,
                "\(header.map { String(decoding: $0.octets, as: UTF8.self) })"
            )
            if verdict.result == .pass { try #require(seen.count == 1) }
            if fields.count == 1, header.allSatisfy(\.hiddenFields.isEmpty),
                let domain = ElementaryReading.plainDomain(fields[0].value)
            {
                plain += 1
                try #require(
                    verdict.authorDomain?.text == domain,
                    "\(header.map { String(decoding: $0.octets, as: UTF8.self) })"
                )
            }
        }
        #expect(judged == 20_000)
        #expect(passed > 1000)
        #expect(plain > 1000)
    }
}
