import DKIM
import Testing

@testable import Authentication

/// RFC 6008, section 4.
@Suite struct SignaturePrefixesTests {
    @Test(
        arguments: [
            ([], []),
            (["abcdefghijkl"], ["abcdefgh"]),
            (["abc"], ["abc"]),
            (["abcdefghXY", "abcdefghZ"], ["abcdefghX", "abcdefghZ"]),
            (["abcdefghijXY", "ABCDEFGHIJXY"], ["abcdefgh", "ABCDEFGH"]),
            (["abcdefghij", "abcdefghijkl"], ["abcdefghij", "abcdefghijk"]),
            (["abcdefghij", "abcdefghij"], ["abcdefgh", "abcdefgh"]),
            (["abcdefgh1234", nil, "abcdefgh1299", "abcdefgh13"], ["abcdefgh123", nil, "abcdefgh129", "abcdefgh13"]),
        ] as [([String?], [String?])]
    )
    func `eight characters, or as many as tell the signatures apart`(_ texts: [String?], _ shown: [String?]) {
        #expect(Self.prefixes(texts) == shown)
    }

    @Test(
        arguments: [
            ([.pass, .pass], [true, true]), ([.fail, .pass], [false, true]), ([.pass, .neutral], [true, false]),
            ([.fail, .fail, .neutral], [true, true, false]),
            ([.neutral, .fail, .pass, .pass], [false, false, true, true]),
        ] as [([DKIMResult], [Bool])]
    )
    func `a text is shown with one result`(_ results: [DKIMResult], _ isShown: [Bool]) {
        let prefixes = SignaturePrefixes(results.map { ("abcdefghijkl", $0) }).prefixes
        #expect(prefixes == isShown.map { $0 ? "abcdefgh" : nil })
    }

    private static func prefixes(_ texts: [String?]) -> [String?] {
        SignaturePrefixes(texts.map { ($0, .pass) }).prefixes
    }

    @Test func `a prefix fits into a line`() {
        let common = String(repeating: "A", count: 50_000)
        #expect(Self.prefixes([common + "B", common + "C"]) == ["AAAAAAAA", "AAAAAAAA"])
        let longest = String(repeating: "A", count: 935)
        #expect(Self.prefixes([longest + "B", longest + "C"]) == [longest + "B", longest + "C"])
    }

    @Test func `many signatures that begin alike cost no quadratic time`() {
        let texts = (0..<5000).map { String(repeating: "A", count: 300) + String($0 + 10_000) }
        #expect(Set(Self.prefixes(texts).compactMap(\.self)).count == 5000)
    }
}
