import ARC
import ARCSealing
import Mail
import Testing

@Suite struct ChainPositionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// From the top.
        let header: [HeaderField]
        let verdict: ARCResult
        /// Nil where no set is added.
        let position: (instance: Int, cv: String)?

        init(_ name: String, _ header: [[HeaderField]], _ verdict: ARCResult, _ position: (Int, String)?) {
            self.name = name
            self.header = header.flatMap(\.self)
            self.verdict = verdict
            self.position = position
        }

        var testDescription: String { name }
    }

    private static let tags = " a=rsa-sha256; b=AAAA; d=one.example.org; s=s;"

    private static func seal(_ instance: String, _ cv: String) -> HeaderField {
        HeaderField("ARC-Seal", "\(tags) i=\(instance); cv=\(cv)")
    }

    private static func set(_ instance: Int, _ cv: String) -> [HeaderField] {
        [
            seal(String(instance), cv),
            HeaderField("ARC-Message-Signature", "\(tags) i=\(instance); bh=AAAA; h=from"),
            HeaderField("ARC-Authentication-Results", " i=\(instance); one.example.org; none"),
        ]
    }

    static let cases: [Case] = [
        Case("no set", [], .none, (1, "none")),
        Case("one set", [set(1, "none")], .pass, (2, "pass")),
        Case("49 sets", [set(49, "pass")], .fail, (50, "fail")),
        Case("fifty sets", [set(50, "pass")], .fail, nil),
        Case("one set that does not verify", [set(1, "none")], .fail, (2, "fail")),
        Case("a broken structure", [Array(set(1, "none").dropLast())], .fail, (2, "fail")),
        Case("a gap", [set(3, "pass"), set(1, "none")], .fail, (4, "fail")),
        Case("an instance that cannot be read", [[seal("x", "none")]], .fail, (1, "fail")),
        Case("an instance out of range", [[seal("51", "none")]], .fail, (1, "fail")),
        Case("marked as broken", [set(2, "fail"), set(1, "none")], .fail, nil),
        Case("marked as broken in the first set", [set(1, "fail")], .fail, nil),
        Case("marked as broken in an older set", [set(2, "pass"), set(1, "fail")], .fail, (3, "fail")),
        Case("two newest seals, one of them a mark", [[seal("2", "pass"), seal("2", "fail")]], .fail, nil),
        Case("two newest seals, the other order", [[seal("2", "fail"), seal("2", "pass")]], .fail, nil),
        Case("a mark in white space", [[seal("2", "\n\tfail ")]], .fail, nil),
        Case(
            "a seal whose tags cannot be read",
            [[HeaderField("ARC-Seal", " i=2; cv=fail; cv=none")]],
            .fail,
            (1, "fail")
        ),
        Case("sets that came after the verdict", [set(1, "none")], .none, (2, "fail")),
        Case("a set that was lost after the verdict", [], .pass, (1, "fail")),
        Case("a structure broken after the verdict", [Array(set(1, "none").dropLast())], .pass, (2, "fail")),
    ]

    @Test(arguments: cases) func `a set is numbered, and says what the chain was`(_ chain: Case) throws {
        let position = try? ChainPosition(after: ARCFields(chain.header), chain.verdict)
        #expect(position?.instance == chain.position?.instance)
        #expect(position?.chainValidation.rawValue == chain.position?.cv)
    }
}
