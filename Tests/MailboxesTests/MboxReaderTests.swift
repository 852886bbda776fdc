import Mail
import Mailboxes
import Testing

@Suite struct MboxReaderTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let mbox: String
        let variant: MboxVariant
        let needsEmptyLine: Bool
        let messages: [String]
        let preamble: String
        let warnings: [MboxWarning]
        init(
            _ name: String,
            _ mbox: String,
            _ messages: [String],
            variant: MboxVariant = .mboxrd,
            needsEmptyLine: Bool = true,
            preamble: String = "",
            warnings: [MboxWarning] = []
        ) {
            testDescription = name
            self.mbox = mbox
            self.variant = variant
            self.needsEmptyLine = needsEmptyLine
            self.messages = messages
            self.preamble = preamble
            self.warnings = warnings
        }
    }

    static let from = "From a@a.example Mon Jan  2 03:04:05 2023\n"
    static let other = "From b@b.example Tue Jan  3 03:04:05 2023\n"
    static let crlf = "From a@a.example Mon Jan  2 03:04:05 2023\r\n"

    static let pitfalls = [
        Case("an empty file", "", []),
        Case("two messages", "\(from)A: 1\n\nx\n\n\(other)B: 2\n\ny\n\n", ["A: 1\n\nx\n", "B: 2\n\ny\n"]),
        Case("a file that is one message without From_", "A: 1\n\nx\n\n", [], preamble: "A: 1\n\nx\n\n"),
        Case("text above the first message", "hello\n\n\(from)A: 1\n\n", ["A: 1\n\n"], preamble: "hello\n\n"),
        Case("CRLF", "\(crlf)A: 1\r\n\r\nx\r\n\r\n\(crlf)B: 2\r\n\r\n", ["A: 1\r\n\r\nx\r\n", "B: 2\r\n\r\n"]),
        Case("mixed line ends", "\(crlf)A: 1\n\r\nx\n\r\n\(from)B: 2\n\n", ["A: 1\n\r\nx\n", "B: 2\n\n"]),
        Case(
            "Thunderbird, whose lines name nobody",
            "From - Mon Jan  2 03:04:05 2023\r\nA: 1\r\n\r\nx\r\n\r\nFrom \r\nB: 2\r\n\r\n>From \r\n\r\nFrom \r\nC: 3\r\n\r\n",
            ["A: 1\r\n\r\nx\r\n", "B: 2\r\n\r\n>From \r\n", "C: 3\r\n\r\n"]
        ),
        Case("Thunderbird from the beginning", "From \nA: 1\n\nx\n\nFrom \nB: 2\n\n", ["A: 1\n\nx\n", "B: 2\n\n"]),
        Case(
            "the same line in another's mbox",
            "\(from)A: 1\n\nx\n\nFrom \ny\n\n",
            ["A: 1\n\nx\n\nFrom \ny\n"],
            warnings: [.undatedFromLine(offset: 51)]
        ),
        Case("no final line break", "\(from)A: 1\n\nx", ["A: 1\n\nx"]),
        Case("no message below the last From_ line", "\(from)A: 1\n\nx\n\n\(other.dropLast())", ["A: 1\n\nx\n", ""]),
        Case(
            "no empty line before the separator",
            "\(from)A: 1\n\nx\n\(other)B: 2\n\n",
            ["A: 1\n\nx\n\(other)B: 2\n"],
            warnings: [.noEmptyLine(offset: 50)]
        ),
        Case(
            "no empty line, by qmail's rule",
            "\(from)A: 1\n\nx\n\(other)B: 2\n\n",
            ["A: 1\n\nx\n", "B: 2\n\n"],
            needsEmptyLine: false
        ),
        Case(
            "a header without an empty line before the separator",
            "\(from)A: 1\n\(other)B: 2\n\n",
            ["A: 1\n\(other)B: 2\n\n"],
            warnings: [.noEmptyLine(offset: 47)]
        ),
        Case(
            "the same, by qmail's rule",
            "\(from)A: 1\n\(other)B: 2\n\n",
            ["A: 1\n", "B: 2\n\n"],
            needsEmptyLine: false
        ),
        Case(
            "From at the beginning of a body",
            "\(from)A: 1\n\nFrom here on\n\n",
            ["A: 1\n\nFrom here on\n"],
            warnings: [.undatedFromLine(offset: 48)]
        ),
        Case("an empty body without an empty line", "\(from)A: 1\n\n\(other)B: 2\n\n", ["A: 1\n\n", "B: 2\n\n"]),
        Case("an empty body with an empty line", "\(from)A: 1\n\n\n\(other)B: 2\n\n", ["A: 1\n\n", "B: 2\n\n"]),
        Case("three empty lines", "\(from)A: 1\n\nx\n\n\n\n\(other)", ["A: 1\n\nx\n\n\n", ""]),
        Case(
            "quoted lines are handed on as they are",
            "\(from)A: 1\n\n>From x\n>>From y\n\n",
            ["A: 1\n\n>From x\n>>From y\n"]
        ),
        Case(
            "a folded From line in the header",
            "\(from)A: 1\n From b Tue Jan  3 03:04:05 2023\n\n",
            ["A: 1\n From b Tue Jan  3 03:04:05 2023\n\n"]
        ),
        Case(
            "a From line as pseudo header",
            "\(from)>From b Tue Jan  3 03:04:05 2023 remote from c\nA: 1\n\n",
            [">From b Tue Jan  3 03:04:05 2023 remote from c\nA: 1\n\n"]
        ),
        Case("NUL octets", "\(from)A: \0\n\n\0\n\n\(other)\0", ["A: \0\n\n\0\n", "\0"]),
        Case("a byte order mark", "\u{FEFF}\(from)A: 1\n\n", ["A: 1\n\n"], preamble: "\u{FEFF}"),
        Case("half a byte order mark", "\u{FEC0}x", [], preamble: "\u{FEC0}x"),
        Case(
            "an undated first line",
            "From a b\nA: 1\n\n",
            ["A: 1\n\n"],
            warnings: [.undatedFromLine(offset: 0)]
        ),
        Case(
            "a first line too long to be one",
            "From \(String(repeating: "a", count: 1020))\n",
            [],
            preamble: "From \(String(repeating: "a", count: 1020))\n"
        ),
        Case(
            "a quoted message inside a message",
            "\(from)A: 1\n\n--b\n\n>\(other)B: 2\n\n--b--\n\n",
            ["A: 1\n\n--b\n\n>\(other)B: 2\n\n--b--\n"]
        ),
        Case(
            "a From_ line below the first one, in the header",
            "\(from)\(other)A: 1\n\n",
            ["\(other)A: 1\n\n"],
            warnings: [.noEmptyLine(offset: 42)]
        ),
        Case(
            "the data of a folder (c-client)",
            "From MAILER-DAEMON Mon Jan  2 03:04:05 2023\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n"
                + "X-IMAP: 1 2\n\nThis text is part of the internal format.\n\n\(other)B: 2\n\n",
            [
                "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 2\n\n"
                    + "This text is part of the internal format.\n",
                "B: 2\n\n",
            ]
        ),
        Case(
            "a message of a maildir, which has no From_ line",
            "Return-Path: <a@a.example>\nFrom: a@a.example\n\nx\n\nFrom here on it is text\n",
            [],
            preamble: "Return-Path: <a@a.example>\nFrom: a@a.example\n\nx\n\nFrom here on it is text\n",
            warnings: [.undatedFromLine(offset: 49)]
        ),
        Case("a line of a mebibyte", "\(from)A: 1\n\n\(mebibyte)\n\n\(other)", ["A: 1\n\n\(mebibyte)\n", ""]),
        Case(
            "a Content-Length that is right",
            "\(from)content-LENGTH : 2 \n\nx\n\n\(other)Content-Length: 0\n\n",
            ["content-LENGTH : 2 \n\nx\n", "Content-Length: 0\n\n"],
            variant: .mboxcl
        ),
        Case(
            "a Content-Length that counts the last empty line",
            "\(from)Content-Length: 3\n\nx\n\n\(other)A: 1\n\n",
            ["Content-Length: 3\n\nx\n\n", "A: 1\n\n"],
            variant: .mboxcl2
        ),
        Case(
            "a Content-Length in place of an empty line",
            "\(from)Content-Length: 2\n\nx\n\(other)A: 1\n\n",
            ["Content-Length: 2\n\nx\n", "A: 1\n\n"],
            variant: .mboxcl2
        ),
        Case(
            "a Content-Length that would hide a message",
            "\(from)Content-Length: 55\n\nx\n\n\(other)A: 1\n\n\n\(from)",
            ["Content-Length: 55\n\nx\n", "A: 1\n\n", ""],
            variant: .mboxcl2,
            warnings: [.wrongContentLength(offset: 65)]
        ),
        Case(
            "a Content-Length that would make a message of text",
            "\(from)Content-Length: 2\n\nx\n\(other)y\n\n\(from)",
            ["Content-Length: 2\n\nx\n", "y\n\n", ""],
            variant: .mboxcl2
        ),
        Case(
            "a Content-Length too short",
            "\(from)Content-Length: 1\n\nxy\n\n\(other)",
            ["Content-Length: 1\n\nxy\n", ""],
            variant: .mboxcl2,
            warnings: [.wrongContentLength(offset: 65)]
        ),
        Case(
            "a Content-Length beyond the end",
            "\(from)Content-Length: 999999999999999999\n\nx\n",
            ["Content-Length: 999999999999999999\n\nx\n"],
            variant: .mboxcl2,
            warnings: [.wrongContentLength(offset: 80)]
        ),
        Case(
            "a Content-Length that is no number",
            "\(from)Content-Length: 99999999999999999999\n\nx\n\n",
            ["Content-Length: 99999999999999999999\n\nx\n"],
            variant: .mboxcl2
        ),
        Case(
            "two Content-Lengths",
            "\(from)Content-Length: 3\nContent-Length: 2\n\nx\n\n",
            ["Content-Length: 3\nContent-Length: 2\n\nx\n"],
            variant: .mboxcl2
        ),
        Case(
            "a Content-Length in another variant",
            "\(from)Content-Length: 3\n\nx\n\n",
            ["Content-Length: 3\n\nx\n"],
            variant: .mboxrd
        ),
    ]

    static let mebibyte = String(repeating: "x", count: 1 << 20)

    @Test(arguments: pitfalls) func `an mbox is cut into its messages`(_ given: Case) {
        let archive = Archive(given.mbox, variant: given.variant, needsEmptyLine: given.needsEmptyLine)
        #expect(archive.messages.map { String(decoding: $0.octets, as: UTF8.self) } == given.messages)
        #expect(archive.preamble == Array(given.mbox.utf8.prefix(given.preamble.utf8.count)))
        #expect(archive.preamble.count == given.preamble.utf8.count)
        #expect(archive.warnings == given.warnings)
        #expect(archive.all == Array(given.mbox.utf8))
    }

    @Test(arguments: pitfalls, [1, 2, 3, 11]) func `it does not matter how an mbox is chopped`(
        _ given: Case,
        _ size: Int
    ) {
        guard given.mbox.utf8.count < 10_000 else { return }
        let whole = Archive(given.mbox, variant: given.variant, needsEmptyLine: given.needsEmptyLine)
        let chopped = Archive(given.mbox, variant: given.variant, needsEmptyLine: given.needsEmptyLine, in: size)
        #expect(chopped == whole)
    }

    @Test func `messages know where they are`() {
        let archive = Archive("\(Self.from)A: 1\n\nx\n\n\(Self.other)B: 2\n\n", variant: .mboxrd)
        #expect(archive.messages.map(\.offset) == [0, 51])
        #expect(archive.messages.map(\.sender) == ["a@a.example", "b@b.example"])
    }
}
