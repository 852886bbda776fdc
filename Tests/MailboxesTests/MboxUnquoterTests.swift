import Mail
import Mailboxes
import TestSupport
import Testing

@Suite struct MboxUnquoterTests {
    static let quoted = "From \n>From a\n>>From b\n>>>From c\n> From d\n>from e\nx>From f\n>From\n>\n>>\r\n\n>From g"

    @Test(arguments: [
        (
            MboxVariant.mboxo,
            "From \nFrom a\n>>From b\n>>>From c\n> From d\n>from e\nx>From f\n>From\n>\n>>\r\n\nFrom g"
        ),
        (.mboxrd, "From \nFrom a\n>From b\n>>From c\n> From d\n>from e\nx>From f\n>From\n>\n>>\r\n\nFrom g"),
        (.mboxcl, "From \nFrom a\n>>From b\n>>>From c\n> From d\n>from e\nx>From f\n>From\n>\n>>\r\n\nFrom g"),
        (.mboxcl2, quoted),
    ])
    func `each variant takes off its own quoting`(_ variant: MboxVariant, _ expected: String) {
        for size in [1, 2, 3, 7, Int.max] {
            #expect(unquoted(Array(Self.quoted.utf8), variant, in: size) == Array(expected.utf8))
        }
    }

    @Test func `a line of nothing but quotes is text, and little of it is held`() {
        let line = [UInt8](repeating: UInt8(ascii: ">"), count: 100_000) + Array("From x\n".utf8)
        #expect(unquoted(line, .mboxrd, in: .max) == line)
        #expect(unquoted(line, .mboxrd, in: 1) == line)
    }

    private func unquoted(_ octets: [UInt8], _ variant: MboxVariant, in size: Int) -> [UInt8] {
        var unquoter = MboxUnquoter(variant)
        var unquoted: [UInt8] = []
        for var piece in octets.pieces(of: size) {
            while let octets = unquoter.next(&piece) { unquoted += octets }
        }
        while let octets = unquoter.end() { unquoted += octets }
        return unquoted
    }
}
