import Mail
import Mailboxes
import Testing

@Suite struct MboxSeparatorFormTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Lines of one program.
        let lines: [String]
        let senders: [String]
        /// Seconds since 1970; nil if it cannot be read.
        let date: Int64?
        init(_ name: String, _ lines: [String], _ senders: [String], _ date: Int64?) {
            testDescription = name
            self.lines = lines
            self.senders = senders
            self.date = date
        }
    }

    /// 1 July 1994, 09:13:09 UTC.
    static let july: Int64 = 773_053_989
    /// 16 October 2023, 23:18:56 UTC.
    static let october: Int64 = 1_697_498_336

    static let cases = [
        Case(
            "a comma behind the weekday",
            ["jwz  Fri, Jul 01 09:13:09 1994", "a@a.example  Sat, Jul 02 09:13:09 1994"],
            ["jwz", "a@a.example"],
            july
        ),
        Case(
            "JavaScript's Date",
            [
                "- a@a.example  Mon Oct 16 2023 16:18:56 GMT-0700",
                "- b@b.example  Tue Oct 17 2023 6:18:56 GMT+0200 (Central European Summer Time)",
            ],
            ["a@a.example", "b@b.example"],
            october
        ),
        Case(
            "RFC 5322",
            [
                "a@a.example Mon, 16 Oct 2023 16:18:56 -0700", "b@b.example 17 Oct 2023 16:18 -0700 (PDT)",
                "c@c.example Tue 17 Oct 23 16:18:56 PDT",
            ],
            ["a@a.example", "b@b.example", "c@c.example"],
            october
        ),
        Case(
            "ISO 8601",
            ["a@a.example 2023-10-16T16:18:56-07:00", "b@b.example 2023-10-16T23:18:56.123Z"],
            ["a@a.example", "b@b.example"],
            october
        ),
        Case(
            "ISO 8601 with a space",
            ["a@a.example 2023-10-16 23:18:56", "b@b.example 2023-10-16 23:18 +0000"],
            ["a@a.example", "b@b.example"],
            october
        ),
        Case(
            "Takeout",
            ["1234@xxx Mon Oct 16 23:18:56 +0000 2023", "5678@xxx Tue Oct 17 23:18:56 +0000 2023"],
            ["1234@xxx", "5678@xxx"],
            october
        ),
        Case(
            "a zone of words before the year",
            [
                "a@a.example Mon Oct 16 16:18:56 Pacific Daylight Time 2023",
                "b@b.example Tue Oct 17 16:18:56 PDT 2023 -0700",
            ],
            ["a@a.example", "b@b.example"],
            1_697_473_136
        ),
        Case(
            "a month before the day, without a weekday",
            ["a@a.example Oct 16 23:18:56 2023", "b@b.example Oct 17 23:18:56 2023"],
            ["a@a.example", "b@b.example"],
            october
        ),
        Case(
            "half-days",
            ["a@a.example Mon Oct 16 11:18:56 PM 2023", "b@b.example Tue Oct 17 12:18:56 AM 2023"],
            ["a@a.example", "b@b.example"],
            october
        ),
        Case(
            "a month and a day without a year",
            ["a@a.example Mon Oct 16 23:18:56", "b@b.example Tue Oct 17 23:18:56"],
            ["a@a.example", "b@b.example"],
            nil
        ),
        Case(
            "another language",
            [
                "a@a.example lun. oct. 16 23:18:56 2023", "b@b.example mar. ao\u{FB}t 17 23:18:56 2023",
            ],
            ["a@a.example", "b@b.example"],
            nil
        ),
        Case(
            "slashes",
            ["a@a.example 10/16/2023 11:18:56 PM", "b@b.example 10/17/2023 1:18:56 AM"],
            ["a@a.example", "b@b.example"],
            nil
        ),
        Case("addresses alone", ["a@a.example", "b@b.example"], ["a@a.example", "b@b.example"], nil),
        Case("names and addresses", ["Ann <a@a.example>", "<b@b.example>"], ["<a@a.example>", "<b@b.example>"], nil),
        Case("a hidden address", ["a at a.example", "b at b.example"], ["a at a.example", "b at b.example"], nil),
        Case("a dash", ["-", "-"], ["-", "-"], nil),
        Case("Thunderbird", ["- Mon Oct 16 23:18:56 2023", ""], ["-", ""], october),
    ]

    static func mbox(_ lines: [String]) -> String { lines.map { "From \($0)\nA: 1\n\nx\n\n" }.joined() }

    @Test(arguments: cases) func `a file whose first separator is of a form has separators of that form`(
        _ given: Case
    ) {
        let archive = Archive(Self.mbox(given.lines), variant: .mboxrd)
        #expect(archive.messages.map(\.sender) == given.senders)
        #expect(archive.warnings == [])
        var reader = MboxReader(variant: .mboxrd)
        var input = Array(Self.mbox(given.lines).utf8)[...]
        guard case .messageStart(let first, offset: 0) = reader.next(&input) else {
            Issue.record("no message")
            return
        }
        #expect(first.date?.secondsSince1970 == given.date)
    }

    /// Cases whose first lines have one form.
    static let forms: [Set<String>] = [
        ["Takeout", "a zone of words before the year", "half-days"],
        ["ISO 8601", "ISO 8601 with a space"],
        ["addresses alone", "names and addresses", "a hidden address", "a dash"],
    ]

    @Test(arguments: cases.dropLast(), cases.dropLast()) func `a line of another form is text`(
        _ given: Case,
        _ other: Case
    ) {
        let names: Set<String> = [given.testDescription, other.testDescription]
        let isSame = names.count == 1 || Self.forms.contains { names.isSubset(of: $0) }
        // The standard's date separates also where the first line has none.
        let isShared =
            isSame || (Self.forms[2].contains(given.testDescription) && Self.forms[0].contains(other.testDescription))
        let archive = Archive(
            Self.mbox([given.lines[0]]) + "From \(other.lines[0])\n\n" + Self.mbox([given.lines[1]]),
            variant: .mboxrd
        )
        #expect(archive.messages.count == (isShared ? 3 : 2))
        #expect(archive.warnings.count == (isShared ? 0 : 1))
    }

    @Test(arguments: [
        "From here on it is text", "From Monday to Friday", "From 10:00 to 12:00", "From Bob", "From: a@a.example",
        "From Mon to Fri 2023", "From 2 Jan 2023 10:00 we meet every day at noon sharp",
    ])
    func `text is no separator of any form`(_ text: String) {
        for given in Self.cases {
            let archive = Archive(Self.mbox([given.lines[0]]) + "\(text)\n\n", variant: .mboxrd)
            #expect(archive.messages.count == 1, "\(given)")
        }
    }

    @Test(arguments: cases, [1, 3, 7]) func `it does not matter how it is chopped`(_ given: Case, _ size: Int) {
        let mbox = "\n" + Self.mbox(given.lines)
        let whole = Archive(mbox, variant: .mboxrd)
        #expect(whole.messages.count == given.lines.count)
        #expect(Archive(mbox, variant: .mboxrd, in: size) == whole)
    }

    @Test func `an archive whose separators cannot be read is told of`() {
        let archive = Archive(
            Self.mbox(["a b c d", "e f g h", "i j k l"]),
            variant: .mboxrd
        )
        #expect(archive.messages.count == 1)
        #expect(
            archive.warnings == [
                .undatedFromLine(offset: 0), .undatedFromLine(offset: 22), .undatedFromLine(offset: 44),
            ]
        )
    }
}
