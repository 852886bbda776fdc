import Mail
import TestSupport
import Testing

@Suite struct MessageMutationTests {
    static let parts = [
        "A: 1", "a : 2", "B:3", "\n", "\n", "\n", " ", "\t", ":", "From ", ">From x", "\0", "\u{E9}", "x", "\n ",
        "\n\n",
        String(repeating: "y", count: 2046), String(repeating: "z", count: 2048),
    ]

    static func message(_ random: inout SplitMix64) -> [UInt8] {
        let count = Int.random(in: 0...14, using: &random)
        return Array((0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined().utf8)
    }

    @Test func `line ends and chunks do not matter`() {
        var random = SplitMix64(seed: 0x7363_616E)
        for _ in 0..<1_500 {
            let octets = Self.message(&random)
            let scanned = Scanned(octets, in: .max)
            #expect(Scanned(octets, in: Int.random(in: 1...50, using: &random)) == scanned)
            #expect(Scanned(octets, in: Int.random(in: 1_000...3_000, using: &random)) == scanned)
            let wire = Array(octets.map { $0 == 10 ? [13, 10] : [$0] }.joined())
            let other = Scanned(wire, in: Int.random(in: 1...3_000, using: &random))
            // A line of almost 2048 octets is longer with CRLF, and Postfix looks at that many.
            if octets.split(separator: 10).allSatisfy({ $0.count < 2_040 }) {
                #expect(other.fields.map(\.field) == scanned.fields.map(\.field))
                #expect(other.body == scanned.body)
            }
        }
    }

    @Test func `an edit changes no body and no other field`() {
        var random = SplitMix64(seed: 0x6564_6974)
        let added = HeaderField("A", " new")
        for _ in 0..<1_500 {
            let octets = Self.message(&random)
            let before = Scanned(octets, in: .max)
            let removal = HeaderEdits.Removal(name: [0x41], occurrence: Int.random(in: 1...3, using: &random))
            let edits = HeaderEdits(removals: [removal], additions: [added])
            let after = Scanned(Message(octets).edited(by: edits), in: .max)
            var fields = before.fields.map(\.field)
            let named = fields.indices.filter { fields[$0].isNamed("A") }
            if removal.occurrence <= named.count { fields.remove(at: named[removal.occurrence - 1]) }
            let top = fields.prefix { $0.isNamed("X-Mailbox-Line") }.count
            fields.insert(added, at: top)
            #expect(after.fields.map(\.field) == fields)
            #expect(after.body == before.body)
        }
    }
}
