import Mail
import Mailboxes
import Testing

@Suite struct MboxWriterTests {
    static let from = MboxReaderTests.from
    static let other = MboxReaderTests.other
    static let edits = HeaderEdits(
        removals: [HeaderEdits.Removal(name: [0x41], occurrence: 1)],
        additions: [HeaderField("X", " 1\n 2")]
    )

    @Test(arguments: [
        (
            "\(from)A: 1\nB: 2\n\nA: x\n\n\(other)B: 3\n\n>From y\n\n",
            "\(from)X: 1\n 2\nB: 2\n\nA: x\n\n\(other)X: 1\n 2\nB: 3\n\n>From y\n\n"
        ),
        ("\(from)A: 1\n 2", "\(from)X: 1\n 2\n"),
        ("\(from)\nx", "\(from)X: 1\n 2\n\nx"),
    ])
    func `only the header is edited`(_ mbox: String, _ expected: String) {
        for size in [1, 5, Int.max] {
            let archive = Archive(Array(mbox.utf8), variant: .mboxrd, in: size, edits: Self.edits)
            #expect(String(decoding: archive.written, as: UTF8.self) == expected)
        }
    }

    @Test(arguments: MboxReaderTests.pitfalls) func `an edit makes no messages and hides none`(
        _ given: MboxReaderTests.Case
    ) {
        for needsEmptyLine in [true, false] where given.needsEmptyLine == needsEmptyLine {
            let before = Archive(
                Array(given.mbox.utf8),
                variant: .mboxo,
                needsEmptyLine: needsEmptyLine,
                edits: HeaderEdits(additions: [HeaderField("X", " 1")])
            )
            let after = Archive(before.written, variant: .mboxo, needsEmptyLine: needsEmptyLine)
            #expect(after.messages.count == before.messages.count)
        }
    }

    @Test func `a line that an edit would make a separator is quoted`() {
        let archive = Archive(
            Array("\(Self.from)A: 1\n\(Self.other)B: 2\n\n".utf8),
            variant: .mboxrd,
            edits: Self.edits
        )
        #expect(String(decoding: archive.written, as: UTF8.self) == "\(Self.from)X: 1\n 2\n\n>\(Self.other)B: 2\n\n")
    }

    @Test(arguments: [
        ("", ""), ("\n", "\n"), ("\n\n", ""), ("x", "\n\n"), ("x\n", "\n"), ("x\r\n", "\r\n"), ("\r\n\r\n", ""),
    ])
    func `files are put one behind the other with an empty line between them`(_ end: String, _ added: String) {
        var writer = MboxWriter()
        var output: [UInt8] = []
        writer.write(.preamble(Array(end.utf8)[...]), to: &output)
        writer.beginFile(to: &output)
        #expect(String(decoding: output, as: UTF8.self) == end + added)
    }
}
