import FieldClaims
import Mail
import Testing

@Suite struct ForgedFieldsTests {
    enum Verdict: Equatable { case own, version, unreadable, keep }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let value: [UInt8]
        let verdict: Verdict
        init(_ name: String, _ value: String, _ verdict: Verdict) {
            self.init(name, octets: Array(value.utf8), verdict)
        }
        init(_ name: String, octets: [UInt8], _ verdict: Verdict) {
            testDescription = name
            value = octets
            self.verdict = verdict
        }
    }

    static let ownIDs = OwnIdentifiers([
        "mx.own.example", "example-auth", "old.example", "*.in.example", "mx.bücher.example",
    ])

    static func search(ownIDs: OwnIdentifiers = ownIDs, alsoRemove: [String] = []) -> ForgedFields {
        ForgedFields(ownIDs: ownIDs, foreignFields: .keep, alsoRemove: alsoRemove)
    }

    static func verdict(_ value: [UInt8]) -> Verdict {
        var search = search()
        search.inspect(HeaderField(name: Array("Authentication-Results".utf8), value: value))
        return switch search.removals.first?.reason {
        case nil: .keep
        case .ownID: .own
        case .otherVersion: .version
        case .unreadable: .unreadable
        case .foreign, .byName, .hidden: .keep
        }
    }

    @Test(arguments: ownSpellings + versions + unreadable + foreign)
    func `a field goes or stays by the id it claims`(_ given: Case) {
        #expect(Self.verdict(given.value) == given.verdict)
    }

    @Test(arguments: ["", " (a) \"b\" c=d; e", " 1 2", "@", "\u{0}"])
    func `what follows a foreign id at a distance never decides`(_ rest: String) {
        #expect(Self.verdict(Array(" evil.example;\(rest) mx.own.example; spf=pass".utf8)) == .keep)
    }

    static let filler = String(repeating: "x", count: 60_000)

    @Test(arguments: [
        Case("a 60 KB comment before ours", " (\(filler))mx.own.example; none", .own),
        Case("a 60 KB comment before another", " (\(filler))evil.example; none", .keep),
        Case("a 60 KB comment behind another", " evil.example (\(filler)); none", .keep),
        Case("a 60 KB comment inside ours", " mx(\(filler)).own.example; none", .own),
        Case("a 60 KB comment before ours in two parts", " (\(filler))mx. \"(x\" own.example; none", .own),
        Case(
            "thousands of comments before ours in two parts",
            " \(String(repeating: "()", count: 5000))mx. \"(x\" own.example; none",
            .own
        ),
        Case("60 KB in quotes before ours in two parts", " mx. \"(\(filler)\" own.example; none", .own),
        Case("a comment cut off", " (\(filler)", .unreadable),
        Case("an id cut off by whoever handed it on", " (\(filler))mx.own.exam", .unreadable),
        Case("a comment cut off in the midst of an id", " mx(\(filler)", .unreadable),
        Case("a comment cut off behind an id", " evil.example (\(filler)", .keep),
        Case("an id of 60 KB", " \(filler); none", .keep),
        Case("an id of 60 KB that is ours with a suffix", " mx.own.example/\(filler); none", .own),
    ])
    func `a huge field is read like a small one`(_ given: Case) {
        #expect(Self.verdict(given.value) == given.verdict)
    }

    /// What it costs is counted by `test_valgrind.py`.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "(", ")", "\"", "\\", ";", "a.b=", "()", "\"\"", "(\\", "\n ", "a(b)", "\u{301}\u{316}", "\u{FF0E}",
        ]
    )
    func `a field of any size is read to its end`(_ piece: String) {
        let repeated = String(repeating: piece, count: 60_000 / piece.utf8.count)
        for value in [repeated, " a" + repeated + "; none", " \"" + repeated + "\"; none"] {
            #expect(Self.verdict(Array(value.utf8)) != .own)
        }
        #expect(Self.verdict(Array((" evil.example;" + repeated).utf8)) == .keep)
    }

    @Test func `a megabyte is read to its end`() {
        let comment = "(" + String(repeating: "x", count: 1 << 20) + ")"
        #expect(Self.verdict(Array(" \(comment)mx.own.example; none".utf8)) == .own)
        #expect(Self.verdict(Array(" \(comment)evil.example; none".utf8)) == .keep)
    }

    @Test func `the names of the field are those that a reader takes for it`() {
        let names = [
            ("Authentication-Results", true), ("authentication-results", true), ("AUTHENTICATION-RESULTS", true),
            ("Authentication-Results ", true), ("Authentication-Results \t ", true), (" Authentication-Results", false),
            ("ARC-Authentication-Results", false), ("X-Authentication-Results", false),
            ("Original-Authentication-Results", false), ("Authentication-Results-Original", false),
            ("Authentication-Result", false), ("Authentication\u{2011}Results", false),
            ("Auth\u{435}ntication-Results", false), ("Authentication-\u{AD}Results", false), ("", false),
        ]
        for (name, isField) in names {
            var search = Self.search()
            search.inspect(HeaderField(name, " mx.own.example; spf=pass"))
            #expect(search.removals.isEmpty != isField, "\(name)")
        }
    }

    @Test func `fields are counted by name as the MTA counts them`() {
        var search = Self.search(alsoRemove: ["Received-SPF", "arc-seal"])
        for (name, value) in [
            ("Received", " from a"), ("AUTHENTICATION-RESULTS", " evil.example; none"), ("received-spf", " pass"),
            ("Authentication-Results ", " mx.own.example; spf=pass"), ("ARC-Authentication-Results", " i=1; x"),
            ("ARC-Seal", " i=1"), ("Authentication-Results", " evil.example; none"), ("Received-SPF\t", " none"),
            ("authentication-results", " ; x"),
        ] {
            search.inspect(HeaderField(name, value))
        }
        #expect(
            search.removals.map { String(decoding: $0.name, as: UTF8.self) } == [
                "received-spf", "Authentication-Results", "Received-SPF", "authentication-results",
            ]
        )
        #expect(search.removals.map(\.occurrence) == [1, 2, 2, 4])
        #expect(search.removals.map(\.index) == [2, 3, 7, 8])
        #expect(search.removals.map(\.claimedID) == [nil, "mx.own.example", nil, nil])
    }

    @Test(arguments: [
        ("X", " a\rAuthentication-Results: mx.own.example; spf=pass", true),
        ("X", " a\rauthentication-results \t: (c) \"mx.own.example\"\r\t; spf=pass", true),
        ("X", " a\n \rAuthentication-Results: mx.own.example; spf=pass", true),
        ("X", " a\r\rAuthentication-Results: 1 2; spf=pass", true),
        ("X", " a\rAuthentication-Results: evil.example; none\rAuthentication-Results: mx.own.example", true),
        ("Authentication-Results", " evil.example; none\rAuthentication-Results: mx.own.example; spf=pass", true),
        ("X", " a\rReceived-SPF: pass", true),
        ("X", " a\nAuthentication-Results: mx.own.example; spf=pass", true),
        ("X", " a\rAuthentication-Results: evil.example; spf=pass\rmx.own.example: x", false),
        ("X", " a\r Authentication-Results: mx.own.example; spf=pass", false),
        ("X", " a\n Authentication-Results: mx.own.example; spf=pass", false),
        ("X", "Authentication-Results: mx.own.example; spf=pass", false),
        ("X", " a\rAuthentication-Results\r: mx.own.example; spf=pass", false),
        ("X", " a\r", false), ("X", "\r", false), ("X", "\n", false), ("X", " a\r:", false),
    ])
    func `a field hidden behind a line break that is no fold takes its carrier along`(
        name: String,
        value: String,
        goes: Bool
    ) {
        var search = Self.search(alsoRemove: ["Received-SPF"])
        for field in [HeaderField("x ", " 1"), HeaderField("Y", " 2"), HeaderField(name, value)] {
            search.inspect(field)
        }
        #expect(search.removals.map(\.index) == (goes ? [2] : []))
        #expect(search.removals.map(\.occurrence) == (goes ? [name == "X" ? 2 : 1] : []))
    }

    /// What it costs is counted by `test_valgrind.py`.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            ("\rAuthentication-Results: (", true), ("\ra:\n b:", false), ("\r", false), ("\na", false),
            ("\n a:", false),
        ]
    )
    func `hidden fields are looked for to the end`(_ piece: String, goes: Bool) {
        let value = String(repeating: piece, count: 250_000 / piece.utf8.count)
        var search = Self.search()
        search.inspect(HeaderField("X", value))
        #expect(search.removals.map(\.index) == (goes ? [0] : []))
        search.inspect(HeaderField("X", value + "\rAuthentication-Results: mx.own.example; none"))
        #expect(search.removals.last?.index == 1)
    }

    @Test func `a thousand fields are all looked at`() {
        var search = Self.search()
        for place in 0..<1000 {
            search.inspect(
                HeaderField("Authentication-Results", place % 2 == 0 ? " evil.example; none" : " mx.own.example")
            )
        }
        #expect(search.removals.map(\.occurrence) == Array(stride(from: 2, through: 1000, by: 2)))
    }

    @Test(arguments: [(2, false), (3, false), (4, true), (100_000, true)])
    func `beyond the limit nothing more is listed, and that is said`(count: Int, isOver: Bool) {
        var search = ForgedFields(ownIDs: Self.ownIDs, foreignFields: .keep, alsoRemove: [], limit: 3)
        for _ in 0..<count { search.inspect(HeaderField("Authentication-Results", " mx.own.example")) }
        #expect(search.isOverLimit == isOver)
        #expect(search.removals.map(\.occurrence) == Array(1...min(count, 3)))
    }

    /// Forged fields take the place of others, and other names that of theirs: a name that is not counted any more
    /// cannot be removed by its place.
    @Test func `a forged field below more names than are counted is over the limit`() {
        for (names, isOver) in [(4000, false), (5000, true)] {
            var search = ForgedFields(ownIDs: Self.ownIDs, foreignFields: .keep, alsoRemove: [], limit: 3)
            for name in 0..<names { search.inspect(HeaderField("X-\(name)", " 1")) }
            #expect(!search.isOverLimit)
            search.inspect(HeaderField("Authentication-Results", " mx.own.example"))
            #expect(search.isOverLimit == isOver)
            #expect(search.removals.isEmpty == isOver)
        }
    }

    @Test func `foreign fields go too if that is asked for`() {
        var search = ForgedFields(ownIDs: Self.ownIDs, foreignFields: .remove, alsoRemove: [])
        for value in [" evil.example; none", " mx.own.example; none", " evil.example 2; none"] {
            search.inspect(HeaderField("Authentication-Results", value))
        }
        #expect(search.removals.map(\.reason) == [.foreign, .ownID, .otherVersion])
    }

    @Test func `an id that is shown has an end`() throws {
        var search = Self.search()
        search.inspect(
            HeaderField("Authentication-Results", " mx.own.example/a\(String(repeating: "\u{301}", count: 90_000));")
        )
        #expect(try #require(search.removals.first?.claimedID).unicodeScalars.count == 255)
    }
}
