import Mail
import TestSupport
import Testing

@Suite struct MessageEditorTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let edits: HeaderEdits
        let expected: String
        init(
            _ name: String,
            _ message: String,
            remove: [(String, Int)] = [],
            add: [HeaderField] = [],
            _ expected: String
        ) {
            testDescription = name
            self.message = message
            edits = HeaderEdits(
                removals: remove.map { HeaderEdits.Removal(name: Array($0.0.utf8), occurrence: $0.1) },
                additions: add
            )
            self.expected = expected
        }
    }

    static let added = HeaderField("X", " new;\n\tfolded")

    static let cases = [
        Case("no edit of a broken message", "x\n\r\0A: ", "x\n\r\0A: "),
        Case("an addition", "A: 1\n\nb\n", add: [added], "X: new;\n\tfolded\nA: 1\n\nb\n"),
        Case("a byte order mark", "\u{FEFF}A: 1\n\nb\n", add: [added], "\u{FEFF}X: new;\n\tfolded\nA: 1\n\nb\n"),
        Case("a mark above a field that is removed", "\u{FEFF}A: 1\nB: 2\n\n", remove: [("A", 1)], "\u{FEFF}B: 2\n\n"),
        Case("a mark and nothing else", "\u{FEFF}", add: [HeaderField("X", "1")], "X:1\n\n\u{FEFF}"),
        Case("two additions", "A: 1\n\n", add: [HeaderField("X", "1"), HeaderField("Y", "2")], "X:1\nY:2\nA: 1\n\n"),
        Case("an addition with CRLF", "A: 1\r\n\nb\n", add: [added], "X: new;\r\n\tfolded\r\nA: 1\r\n\nb\n"),
        Case("a removal by place", "A: 1\nB: 2\na : 3\n 4\nA: 5\n\n", remove: [("A", 2)], "A: 1\nB: 2\nA: 5\n\n"),
        Case("removals in any order", "A: 1\nA: 2\nA: 3\n\nA: 4", remove: [("a", 1), ("A", 3)], "A: 2\n\nA: 4"),
        Case("a removal of what is not there", "A: 1\n\n", remove: [("A", 2), ("B", 1)], "A: 1\n\n"),
        Case("a removal of the last line", "A: 1\nB: 2", remove: [("B", 1)], "A: 1\n"),
        Case("an added field is not counted", "A: 1\n\n", remove: [("A", 1)], add: [HeaderField("A", "2")], "A:2\n\n"),
        Case("white space on top is body", " A: 1\n\nb", add: [added], "X: new;\n\tfolded\n\n A: 1\n\nb"),
        Case("a header without an end", "A: 1\r\nb\r\n", add: [added], "X: new;\r\n\tfolded\r\nA: 1\r\n\r\nb\r\n"),
        Case(
            "a From line stays on top",
            "From a Mon\nA: 1\n\n",
            add: [added],
            "From a Mon\nX: new;\n\tfolded\nA: 1\n\n"
        ),
        Case("nothing but a From line", ">From a\r\n", add: [added], ">From a\r\nX: new;\r\n\tfolded\r\n"),
        Case("a From line that does not end", "From a", add: [HeaderField("X", "1")], "From a\nX:1\n"),
        Case(
            "a long From line",
            "From \(String(repeating: "x", count: 9000))\nA: 1",
            add: [HeaderField("X", "1")],
            "From \(String(repeating: "x", count: 9000))\nX:1\nA: 1"
        ),
        Case("nothing at all", "", add: [added], "X: new;\n\tfolded\n"),
        Case("no header", "\nb", add: [added], "X: new;\n\tfolded\n\nb"),
        Case(
            "a long field",
            "A: \(String(repeating: "x", count: 9000))\nB: 1\n\n",
            remove: [("A", 1)],
            add: [],
            "B: 1\n\n"
        ),
    ]

    @Test(arguments: cases) func `edits change the header and nothing else`(_ given: Case) {
        let octets = Array(given.message.utf8)
        #expect(Message(octets).edited(by: given.edits) == Array(given.expected.utf8))
        for size in [1, 2, 3, 5] {
            #expect(edited(octets, by: given.edits, in: size) == Array(given.expected.utf8))
        }
    }

    /// The commands of ``HeaderEdits`` carried out one after the other on a list of fields, as Postfix does.
    @Test(arguments: MessageScannerTests.cases) func `a scanner sees what the commands make of the header`(
        _ given: MessageScannerTests.Case
    ) {
        let octets = Array(given.message.utf8)
        let edits = HeaderEdits(
            removals: [
                HeaderEdits.Removal(name: [0x41], occurrence: 1), HeaderEdits.Removal(name: [0x42], occurrence: 1),
            ],
            additions: [HeaderField("A", " first"), HeaderField("C", " second")]
        )
        var fields = Scanned(octets, in: .max).fields.map(\.field)
        for command in edits.commands {
            switch command {
            case .delete(let name, let index):
                let places = fields.indices.filter { fields[$0].isNamed(String(decoding: name, as: UTF8.self)) }
                if index <= places.count { fields.remove(at: places[index - 1]) }
            case .insertOnTop(let field): fields.insert(field, at: 0)
            }
        }
        let edited = Scanned(Message(octets).edited(by: edits), in: .max)
        // An mbox's leftovers stay where they are, and what is added stands below them.
        let leftovers = fields.filter { $0.isNamed("X-Mailbox-Line") }
        #expect(edited.fields.map(\.field) == leftovers + fields.filter { !$0.isNamed("X-Mailbox-Line") })
        #expect(edited.body == Scanned(octets, in: .max).body)
    }

    private func edited(_ octets: [UInt8], by edits: HeaderEdits, in size: Int) -> [UInt8] {
        var editor = MessageEditor(edits)
        var edited: [UInt8] = []
        for var piece in octets.pieces(of: size) {
            while let octets = editor.next(&piece) { edited += octets }
        }
        while let octets = editor.end() { edited += octets }
        return edited
    }
}
