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
        #expect(SignaturePrefixes(texts).prefixes == shown)
    }

    @Test func `a prefix fits into a line`() {
        let common = String(repeating: "A", count: 50_000)
        #expect(SignaturePrefixes([common + "B", common + "C"]).prefixes.allSatisfy { $0?.count == 936 })
        let longest = String(repeating: "A", count: 935)
        #expect(SignaturePrefixes([longest + "B", longest + "C"]).prefixes == [longest + "B", longest + "C"])
    }

    @Test func `many signatures that begin alike cost no quadratic time`() {
        let texts = (0..<5000).map { String(repeating: "A", count: 300) + String($0 + 10_000) }
        #expect(Set(SignaturePrefixes(texts).prefixes.compactMap(\.self)).count == 5000)
    }
}
