import DMARC
import DNS
import Mail
import Testing

/// Messages whose readers do not agree about the author: each domain is judged, and the worst is reported.
@Suite struct ContestedAuthorTests {
    private static let zone: [String: World.Entry] = [
        "_dmarc.reject.example": "v=DMARC1; p=reject", "_dmarc.reject2.example": "v=DMARC1; p=reject",
        "_dmarc.quarantine.example": "v=DMARC1; p=quarantine", "_dmarc.none.example": "v=DMARC1; p=none",
        "_dmarc.testing.example": "v=DMARC1; p=reject; t=y", "_dmarc.wrong.example": "v=DMARC1; p=wrong",
        "_dmarc.broken.example": .servfail, "_dmarc.parts.example": "v=DMARC1; p=none; sp=reject",
        "none.examplefoo": "v=spf1 -all",
    ]

    @Test(arguments: [
        ("two that fail: the stricter policy", "a@none.example, a@reject.example", "fail reject reject.example"),
        ("in either order", "a@reject.example, a@none.example", "fail reject reject.example"),
        ("equally strict: the first", "a@reject2.example, a@reject.example", "fail reject reject2.example"),
        ("quarantine", "a@none.example, a@quarantine.example", "fail quarantine quarantine.example"),
        ("a policy that is tried out", "a@testing.example, a@none.example", "fail quarantine testing.example"),
        ("a subdomain with a policy of its own", "a@parts.example, a@x.parts.example", "fail reject x.parts.example"),
        ("one passes, one fails under reject", "a@pass.none.example, a@reject.example", "fail reject reject.example"),
        ("one passes, one fails under none", "a@none.example, a@parts.example", "fail none parts.example"),
        ("one passes, one has no policy", "a@pass.none.example, a@absent.example", "none absent.example"),
        ("all pass", "a@none.example, a@pass.none.example", "fail none none.example"),
        ("an error before a fail under none", "a@parts.example, a@broken.example", "temperror broken.example"),
        ("behind one under quarantine", "a@broken.example, a@quarantine.example", "fail quarantine quarantine.example"),
        ("behind one under reject", "a@broken.example, a@reject.example", "fail reject reject.example"),
        ("an error and one that passes", "a@none.example, a@broken.example", "temperror broken.example"),
        ("a wrong record and no policy", "a@absent.example, a@wrong.example", "permerror wrong.example"),
        ("a wrong record and a fail", "a@wrong.example, a@parts.example", "fail none parts.example"),
        ("a patched name that does not exist", "a@none.example bar <a@none.example>", "pass none none.example"),
        ("one that does", "a@none.example foo <a@none.example>", "none none.examplefoo"),
        ("one with a policy", "a@none.example, a@rej ect.example", "fail reject reject.example"),
        ("an address literal beside it", "a@none.example, a@[192.0.2.1]", "fail none none.example"),
        ("right-to-left text", "\u{202E}x <a@none.example>", "fail none none.example"),
        ("one author, as ever", "a@none.example", "pass none none.example"),
    ])
    func `the worst is reported, and it is never a pass`(_ name: String, _ from: String, _ expected: String) throws {
        var world = World(Self.zone)
        let verdict = try world.judge(from: from, spf: "+none.example")
        let words =
            [verdict.result.rawValue] + [verdict.policy?.rawValue, verdict.authorDomain?.text].compactMap(\.self)
        #expect(words.joined(separator: " ") == expected)
        #expect(verdict.candidates.isEmpty == (verdict.result == .pass))
    }

    @Test func `all domains are asked about at once`() throws {
        var one = World(Self.zone)
        _ = try one.judge(from: "a@none.example", spf: "+other.example")
        var many = World(Self.zone)
        let list = (0..<8).map { "a@x\($0).example" }.joined(separator: ", ")
        _ = try many.judge(from: list, spf: "+other.example")
        #expect(many.rounds == one.rounds)
        #expect(many.asked.count <= 8 + 1)
    }

    @Test func `a thousand domains are not asked about`() throws {
        var world = World(Self.zone)
        let list = (0..<1000).map { "a@x\($0).y\($0).example" }.joined(separator: ", ")
        let verdict = try world.judge(from: list + ", a@reject.example", spf: "+none.example")
        #expect(verdict.result == .fail)
        #expect(verdict.policy == .reject)
        #expect(verdict.authorDomain == nil)
        #expect(verdict.hasMoreCandidates)
        #expect(world.asked.count <= 8 * 3)
    }
}
