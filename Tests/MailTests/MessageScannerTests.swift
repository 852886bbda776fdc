import Mail
import TestSupport
import Testing

@Suite struct MessageScannerTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let fields: [HeaderField]
        let body: String
        init(_ name: String, _ message: String, _ fields: [HeaderField], _ body: String) {
            testDescription = name
            self.message = message
            self.fields = fields
            self.body = body
        }
    }

    static let cases = [
        Case("nothing", "", [], ""),
        Case(
            "a header and a body",
            "A: 1\r\nB:2\r\n\r\nx\r\n",
            [HeaderField("A", " 1"), HeaderField("B", "2")],
            "x\r\n"
        ),
        Case("the same with LF", "A: 1\nB:2\n\nx\n", [HeaderField("A", " 1"), HeaderField("B", "2")], "x\r\n"),
        Case("both line ends", "A: 1\r\n\t2\n 3\n\r\nx\ny\r\n", [HeaderField("A", " 1\n\t2\n 3")], "x\r\ny\r\n"),
        Case("no body", "A: 1\n", [HeaderField("A", " 1")], ""),
        Case("no final line break", "A: 1", [HeaderField("A", " 1")], ""),
        Case("no header", "\nx", [], "x"),
        Case("a byte order mark", "\u{FEFF}A: 1\nB: 2\n\nx", [HeaderField("A", " 1"), HeaderField("B", " 2")], "x"),
        Case("a mark above an empty line", "\u{FEFF}\nA: 1\n", [], "\u{FEFF}\r\nA: 1\r\n"),
        Case("a mark and nothing else", "\u{FEFF}", [], "\u{FEFF}"),
        Case("a mark that is not on top", "A: 1\n\u{FEFF}B: 2\n", [HeaderField("A", " 1")], "\u{FEFF}B: 2\r\n"),
        Case(
            "a mark above an mbox's leftover",
            "\u{FEFF}>From a\nA: 1\n",
            [HeaderField("X-Mailbox-Line", " >From a"), HeaderField("A", " 1")],
            ""
        ),
        Case("an empty value", "A:\nB:\r\n\n", [HeaderField("A", ""), HeaderField("B", "")], ""),
        Case("a bare CR is no line break", "A: 1\rB: 2\n\na\rb\n", [HeaderField("A", " 1\rB: 2")], "a\rb\r\n"),
        Case("two CR before a LF", "A: 1\r\r\n\r\nx\r\r\n", [HeaderField("A", " 1\r")], "x\r\r\n"),
        Case("white space before the colon", "A \t: 1\n\n", [HeaderField("A \t", " 1")], ""),
        Case("a fold in the name", "A: 1\nB\n : 2\n\nx", [HeaderField("A", " 1")], "B\r\n : 2\r\n\r\nx"),
        Case("a first line with white space", " A: 1\nB: 2\n\nx", [], " A: 1\r\nB: 2\r\n\r\nx"),
        Case("a line without a colon", "A: 1\nhello\nB: 2\n", [HeaderField("A", " 1")], "hello\r\nB: 2\r\n"),
        Case("an empty name", "A: 1\n: 2\n", [HeaderField("A", " 1")], ": 2\r\n"),
        Case("8 bits in the name", "A: 1\nÄ: 2\n", [HeaderField("A", " 1")], "Ä: 2\r\n"),
        Case("a NUL in the name", "A: 1\nB\0: 2\n", [HeaderField("A", " 1")], "B\0: 2\r\n"),
        Case("a NUL in the value stays", "A: 1\0 2\n\n", [HeaderField("A", " 1\0 2")], ""),
        Case("a fold of nothing but white space", "A: 1\n \t\n 2\n\n", [HeaderField("A", " 1\n \t\n 2")], ""),
        Case(
            "an mbox's leftovers on top",
            "From a Mon\n>From b:\nA: 1\n\nx",
            [
                HeaderField("X-Mailbox-Line", " From a Mon"), HeaderField("X-Mailbox-Line", " >From b:"),
                HeaderField("A", " 1"),
            ],
            "x"
        ),
        Case(
            "a From field with a space, on top",
            "From : a\nB: 2\n",
            [HeaderField("From ", " a"), HeaderField("B", " 2")],
            ""
        ),
        Case(
            "and below a leftover",
            "From a\nFrom \t: a\n",
            [HeaderField("X-Mailbox-Line", " From a"), HeaderField("From \t", " a")],
            ""
        ),
        Case(
            "white space below the leftovers",
            "From a\n x: y\n",
            [HeaderField("X-Mailbox-Line", " From a")],
            " x: y\r\n"
        ),
        Case(
            "a From line between fields",
            "A: 1\nFrom b Mon\nB: 2\n",
            [HeaderField("A", " 1")],
            "From b Mon\r\nB: 2\r\n"
        ),
        Case(
            "a colon within 2048 octets",
            String(repeating: "A", count: 2047) + ":1\n",
            [HeaderField(String(repeating: "A", count: 2047), "1")],
            ""
        ),
        Case(
            "a colon beyond 2048 octets",
            String(repeating: "A", count: 2048) + ":1\n",
            [],
            String(repeating: "A", count: 2048) + ":1\r\n"
        ),
        Case(
            "a line of 2049 octets with CRLF",
            "A:" + String(repeating: "1", count: 2045) + "\r\nB:2\r\n",
            [HeaderField("A", String(repeating: "1", count: 2045)), HeaderField("B", "2")],
            ""
        ),
        Case(
            "a long line",
            "A: " + String(repeating: "1", count: 9999) + "\r\n 2\r\n\r\n",
            [HeaderField("A", " " + String(repeating: "1", count: 9999) + "\n 2")],
            ""
        ),
    ]

    @Test(arguments: cases) func `a header ends where Postfix sees its end`(_ given: Case) {
        let scanned = Scanned(Array(given.message.utf8), in: .max)
        #expect(scanned.fields.map(\.field) == given.fields)
        #expect(scanned.body == Array(given.body.utf8))
        #expect(scanned.endsOfHeader == 1)
    }

    @Test(arguments: cases, [1, 2, 3, 7]) func `it does not matter how a message is chopped`(_ given: Case, _ size: Int)
    {
        let octets = Array(given.message.utf8)
        #expect(Scanned(octets, in: size) == Scanned(octets, in: .max))
    }

    @Test(arguments: cases) func `fields and body lie one behind the other in the source`(_ given: Case) {
        let octets = Array(given.message.utf8)
        let message = Message(octets)
        // A byte order mark is above the header.
        var end = given.fields.isEmpty ? 0 : octets.starts(with: "\u{FEFF}".utf8) ? 3 : 0
        for field in message.fields {
            #expect(field.octets.lowerBound == end)
            end = field.octets.upperBound
        }
        let separator = octets[end..<message.bodyStart]
        #expect(separator.isEmpty || separator.elementsEqual("\n".utf8) || separator.elementsEqual("\r\n".utf8))
        #expect(octets[..<message.bodyStart] + message.body == octets[...])
    }

    @Test func `a field longer than the limit is cut and says so`() {
        let message = Array("A: 123456\r\n 7\r\nB: 2345\r\n\r\n".utf8)
        for size in [1, 2, 5, Int.max] {
            let scanned = Scanned(message, in: size, fieldLimit: 5)
            #expect(scanned.fields.map(\.field) == [HeaderField("A", " 1234"), HeaderField("B", " 2345")])
            #expect(scanned.fields.map(\.isTruncated) == [true, false])
            #expect(scanned.fields.map(\.octets) == [0..<15, 15..<24])
        }
    }

    @Test func `a body larger than any buffer comes with CRLF`() {
        let lines = (0..<20_000).map { "line \($0)" }
        let scanned = Scanned(Array(("\n" + lines.joined(separator: "\n")).utf8), in: 70_001)
        #expect(scanned.body == Array(lines.joined(separator: "\r\n").utf8))
    }
}

/// All events of one message.
struct Scanned: Equatable {
    var fields: [ScannedField] = []
    var body: [UInt8] = []
    var bodyStart: Int?
    var endsOfHeader = 0

    /// Scans octets given in pieces of a size.
    init(_ octets: [UInt8], in size: Int, fieldLimit: Int = 1 << 20) {
        var scanner = MessageScanner(fieldLimit: fieldLimit)
        for var piece in octets.pieces(of: size) {
            while let event = scanner.next(&piece) { take(event) }
        }
        while let event = scanner.end() { take(event) }
    }

    private mutating func take(_ event: MessageScanner.Event) {
        switch event {
        case .field(let field): fields.append(field)
        case .endOfHeader(let start):
            bodyStart = start
            endsOfHeader += 1
        case .body(let octets): body += octets
        }
    }
}
