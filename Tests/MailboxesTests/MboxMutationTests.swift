import Mail
import Mailboxes
import TestSupport
import Testing

@Suite struct MboxMutationTests {
    static let parts = [
        "\n", "\r\n", "\r", "From ", ">", MboxReaderTests.from, MboxReaderTests.other, "Content-Length: ", "7",
        "A: 1\n", "\0",
        " ", "x", "\n\n", "\u{FEFF}", ">From ", ">>From x\n", "From x\n\n",
    ]
    static let seed = Array(
        """
        \(MboxReaderTests.from)A: 1\nContent-Length: 2\n\nx\n\n\(MboxReaderTests.other)B: 2\n\n>From y\n\n>>From \n\
        \(MboxReaderTests.crlf)C:\r\n\r\n
        """.utf8
    )

    static func mutated(_ random: inout SplitMix64) -> [UInt8] {
        var octets = seed
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let place = Int.random(in: 0...octets.count, using: &random)
            let end = min(octets.count, place + Int.random(in: 0...12, using: &random))
            let part = parts.randomElement(using: &random) ?? ""
            octets.replaceSubrange(place..<end, with: Bool.random(using: &random) ? Array(part.utf8) : [])
        }
        return octets
    }

    @Test(arguments: MboxVariant.allCases) func `no mutation loses an octet`(_ variant: MboxVariant) {
        var random = SplitMix64(seed: 0x6D62_6F78)
        for _ in 0..<2_500 {
            let octets = Self.mutated(&random)
            let needsEmptyLine = Int.random(in: 0..<4, using: &random) > 0
            let whole = Archive(octets, variant: variant, needsEmptyLine: needsEmptyLine)
            #expect(whole.all == octets)
            #expect(whole.written == octets)
            let size = Int.random(in: 1...40, using: &random)
            #expect(Archive(octets, variant: variant, needsEmptyLine: needsEmptyLine, in: size) == whole)
        }
    }

    /// With Content-Length believed, an edit that ends a header can move a body, so only the other two are looked at.
    @Test(arguments: [MboxVariant.mboxo, .mboxrd])
    func `no edit of a mutation makes a message, hides one or changes a body`(
        _ variant: MboxVariant
    ) {
        var random = SplitMix64(seed: 0x6564_6974)
        for _ in 0..<1_500 {
            let octets = Self.mutated(&random)
            var edits = HeaderEdits(removals: [HeaderEdits.Removal(name: [0x41], occurrence: 1)])
            if Bool.random(using: &random) { edits.additions = [HeaderField("X", " 1\n 2")] }
            let before = Archive(octets, variant: variant, edits: edits)
            let after = Archive(before.written, variant: variant)
            #expect(after.messages.count == before.messages.count)
            #expect(after.preamble == before.preamble)
            for (old, new) in zip(before.messages, after.messages) {
                let (old, new) = (Message(old.octets), Message(new.octets))
                // The one line that is quoted, lest it begin a message.
                let isQuoted = new.body.starts(with: ">From ".utf8) && !old.body.starts(with: ">From ".utf8)
                var expected = (isQuoted ? [UInt8(ascii: ">")] : []) + old.body
                // Below a header without an end, an empty line at the end was taken for that, and then is the mbox's.
                while expected.count > new.body.count, expected.last == 10 || expected.last == 13 {
                    expected.removeLast()
                }
                #expect(new.body == expected[...], "\(String(decoding: octets, as: UTF8.self).debugDescription)")
            }
        }
    }

    @Test(arguments: [
        "From \n", "From here\n\n", "\n", ">", ">>>>>>>>From \n", "F\n", MboxReaderTests.from,
        "\n\(MboxReaderTests.from)",
        "From", "\r", "\r\n",
    ])
    func `a hostile mbox is read in linear time, and no event is lost`(_ unit: String) {
        let octets = Array(MboxReaderTests.from.utf8) + Array(repeating: Array(unit.utf8), count: 20_000).joined()
        var reader = MboxReader(variant: .mboxcl)
        var input = octets[...]
        var count = 0
        func take(_ event: MboxReader.Event) {
            switch event {
            case .preamble(let octets), .octets(let octets), .messageEnd(let octets): count += octets.count
            case .messageStart(let line, offset: _): count += line.octets.count
            case .warning: break
            }
        }
        while let event = reader.next(&input) { take(event) }
        while let event = reader.end() { take(event) }
        #expect(count == octets.count)
    }
}
