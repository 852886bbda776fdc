import AuthResults
import AuthResultsLint
import FieldClaims
import Mail
import TestSupport
import Testing

/// The law that ties the tolerant reader to what is removed: a field in which it sees an id of ours does not come in.
@Suite struct TolerantClaimTests {
    private static let pieces = [
        "mx.own.example", "mx.own.example", "mx", ".", "own.example", "evil.example", "MX.Own.Example", ";", ";", " ",
        " ", "\n\t", "\r\n ", "\n", "\r", "=", "i=1;", " i = 1 ;", "@", "/", "\"", "'", "\\", "(", ")", "()", "spf",
        "spf=pass",
        " spf=pass", "none", "1", "2", "/1", "[", "]", ":", ":25", "_", "-", ",", "<", ">", "é", "\u{200B}", "\u{FF0E}",
        "\u{0}", "\u{7F}", "\t", "=?", "?=", "compauth=pass", "; mx.own.example",
    ]

    /// True if a filter with our ids removes a field of this value.
    private static func isRemoved(_ value: [UInt8]) -> Bool {
        var search = ForgedFieldsTests.search()
        search.inspect(HeaderField(name: Array("Authentication-Results".utf8), value: value))
        return !search.removals.isEmpty
    }

    @Test func `what the tolerant reader takes for ours is removed`() {
        var generator = SplitMix64(seed: 8601)
        var seen = 0
        for round in 0..<6_000 {
            var value = round % 3 == 0 ? " mx.own.example; spf=pass" : ""
            for _ in 0..<Int.random(in: 1...(round % 3 == 0 ? 4 : 9), using: &generator) {
                let place = value.unicodeScalars.indices.randomElement(using: &generator) ?? value.startIndex
                value.unicodeScalars.insert(
                    contentsOf: (Self.pieces.randomElement(using: &generator) ?? "").unicodeScalars,
                    at: place
                )
            }
            let octets = Array(value.utf8)
            let id = TolerantReading(octets).authservID
            if case .claims(let ids) = ClaimedAuthservID(octets), let id {
                #expect(ids.contains(id.lowercased()), "\(value.debugDescription)")
            }
            guard let id, ForgedFieldsTests.ownIDs.contains(id) else { continue }
            seen += 1
            #expect(Self.isRemoved(octets), "\(value.debugDescription)")
        }
        #expect(seen > 300)
    }

    @Test(arguments: [
        " spf=pass smtp.mailfrom=a.example; dmarc=pass", " i=1; mx.own.example; dmarc=pass", " ; dmarc=pass",
        " spf=pass (sender IP is 192.0.2.1); mx.own.example; dmarc=pass", " i = 1 ; evil.example; dmarc=pass",
    ])
    func `a field that names nobody, or belongs to a chain, is removed`(_ value: String) {
        #expect(TolerantReading(Array(value.utf8)).results.count > 0)
        #expect(Self.isRemoved(Array(value.utf8)))
    }
}
