import AuthResults
import AuthResultsLint
import FieldClaims
import TestSupport
import Testing

@Suite struct LintTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let value: String
        /// `rule` or `rule@offset`, in order.
        let expected: [String]
        init(_ name: String, _ value: String, _ expected: String...) {
            testDescription = name
            self.value = value
            self.expected = expected
        }
    }

    static func rules(_ value: String, isStrict: Bool = false, offsets: Bool = true) -> [String] {
        Lint(isStrict: isStrict).findings(in: Array(value.utf8)).map {
            offsets ? "\($0.rule.rawValue)@\($0.offset)" : $0.rule.rawValue
        }
    }

    @Test(arguments: clean + meaning)
    func `a field that the grammar allows is judged by what it says`(_ given: Case) throws {
        #expect(Self.rules(given.value) == given.expected)
        #expect(throws: Never.self) { try AuthenticationResults(parsing: Array(given.value.utf8)) }
    }

    @Test(arguments: syntax)
    func `a field that breaks the grammar is told where, and all of it`(_ given: Case) {
        #expect(Self.rules(given.value) == given.expected)
        #expect(throws: SyntaxError.self) { try AuthenticationResults(parsing: Array(given.value.utf8)) }
    }

    @Test(arguments: clean)
    func `a good field is good for producers too`(_ given: Case) {
        #expect(Self.rules(given.value, isStrict: true).filter { !$0.hasPrefix("line-length") } == [])
    }

    @Test func `what should be is to be for producers`() {
        let value = Array(" a.example; spf=hardfail smtp.mailfrom=joe@b.example;\n\tx-y=pass".utf8)
        #expect(Lint().findings(in: value).map(\.severity) == [.note, .note, .warning])
        #expect(Lint(isStrict: true).findings(in: value).map(\.severity) == [.warning, .error, .error])
    }

    @Test func `fields of one reporter are compared with each other`() {
        let values = [
            " a.example; dkim=pass header.b=abcdefgh", " b.example; dkim=fail header.b=abcdefgh",
            " A.example; dkim=fail header.b=abcdefgh", " a.example; spf=pass smtp.helo=c",
        ]
        let findings = Lint().findings(in: values.map { Array($0.utf8) })
        #expect(findings.map { $0.map(\.rule) } == [[], [], [.contradictoryFields], []])
    }

    @Test func `nothing in a report moves a terminal's cursor`() {
        let findings = Lint().findings(in: Array(" a\u{1B}[2J.example/\u{202E}; spf=\u{9B}x; \u{7}_=x".utf8))
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { ($0.message + ($0.hint ?? "")).unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    }

    @Test func `rules have names of their own`() {
        #expect(LintRule.allCases.allSatisfy { $0.rawValue.allSatisfy { $0.isLowercase || "-8".contains($0) } })
    }

    static let pieces = [
        ";", ";", " ", " ", "\n\t", "=", ".", "@", "/", "\"", "\\", "(", ")", "spf", "pass", "dkim", "none", "reason",
        "1",
        "smtp", "mailfrom", "header", "b", "a.example", "_", "-", ":", "<", ">", "\r", "\n", "é", "\u{0}", "policy.x=y",
        " spf=pass", "; dkim=fail", " header.b=abc", "reason=\"x\"", ",", "\t",
    ]

    @Test func `no octets at all crash a reader`() {
        var generator = SplitMix64(seed: 65_536)
        for _ in 0..<5_000 {
            let octets = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...255, using: &generator)
                    : Array(" \n\t;=.@/\"\\()ab1".utf8).randomElement(using: &generator) ?? 0
            }
            let isRefused = (try? AuthenticationResults(parsing: octets)) == nil
            #expect(Lint().findings(in: octets).contains(where: \.rule.isSyntax) == isRefused, "\(octets)")
            _ = ClaimedAuthservID(octets)
        }
    }

    /// The law that ties the two readers together, over fields made of what fields are made of.
    @Test func `the linter finds an error of syntax exactly where the parser refuses`() {
        var generator = SplitMix64(seed: 6008)
        for round in 0..<8_000 {
            var value =
                round % 2 == 0 ? " a.example; spf=pass smtp.mailfrom=b.example; dkim=pass (x) header.b=abcd" : ""
            for _ in 0..<Int.random(in: 0...(round % 2 == 0 ? 3 : 12), using: &generator) {
                let place = value.unicodeScalars.indices.randomElement(using: &generator) ?? value.startIndex
                value.unicodeScalars.insert(
                    contentsOf: (Self.pieces.randomElement(using: &generator) ?? "").unicodeScalars,
                    at: place
                )
            }
            let octets = Array(value.utf8)
            let read = try? AuthenticationResults(parsing: octets)
            let isRefused = read == nil
            let findings = Lint().findings(in: octets)
            if let read {
                let again = try? AuthenticationResults(parsing: read.serialized())
                #expect(again == read, "\(value.debugDescription) is read otherwise when it is written again")
            }
            #expect(findings.contains(where: \.rule.isSyntax) == isRefused, "\(value.debugDescription): \(findings)")
            #expect(findings.allSatisfy { (0...octets.count).contains($0.offset) })
        }
    }

    /// What it costs is counted by `test_valgrind.py`.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "(", ";", "a.b=", " a.b=c", ";spf=pass", "; none", "\"", "\\", "\r", "\n", "_", " .", " a.b=c .d",
            "; dkim=pass header.b=abcdefgh",
        ]
    )
    func `a hundred kilobytes of anything are read to their end`(_ piece: String) {
        let text = " a.example; spf=pass " + String(repeating: piece, count: (100_000) / piece.utf8.count)
        let findings = Lint().findings(in: Array(text.utf8))
        #expect(findings.allSatisfy { (0...text.utf8.count).contains($0.offset) })
    }
}
