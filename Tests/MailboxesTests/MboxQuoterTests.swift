import Mail
import Mailboxes
import TestSupport
import Testing

@Suite struct MboxQuoterTests {
    static let parts = ["\n", "\r\n", "From ", ">", ">>", "From", " x", "F", "\0", String(repeating: ">", count: 1000)]

    @Test(arguments: [MboxVariant.mboxrd, .mboxo])
    func `what is quoted begins no message, and is unquoted to what it was`(
        _ variant: MboxVariant
    ) {
        var random = SplitMix64(seed: 0x7175_6F74)
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Self.parts.randomElement(using: &random) ?? ""
            }
            let octets = Array(text.joined().utf8)
            var quoter = MboxQuoter(variant)
            var quoted: [UInt8] = []
            for piece in octets.pieces(of: Int.random(in: 1...9, using: &random)) { quoter.write(piece, to: &quoted) }
            quoter.end(to: &quoted)
            let archive = Archive(Array("From a@a.example Mon Jan  2 03:04:05 2023\n".utf8) + quoted, variant: variant)
            #expect(archive.messages.count == 1 && archive.warnings.isEmpty)
            #expect(octets.isEmpty || quoted.suffix(2) == [10, 10])
            guard variant == .mboxrd else { continue }
            var unquoter = MboxUnquoter(variant)
            var plain: [UInt8] = []
            var rest = quoted[...]
            while let piece = unquoter.next(&rest) { plain += piece }
            while let piece = unquoter.end() { plain += piece }
            let isEnded = octets.isEmpty || octets.last == 10
            #expect(plain == octets + (isEnded ? [10] : [10, 10]))
        }
    }
}
