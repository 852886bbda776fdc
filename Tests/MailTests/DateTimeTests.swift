import Mail
import Testing

@Suite struct DateTimeTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let expected: Int64?
        init(_ name: String, _ text: String, _ expected: Int64?) {
            testDescription = name
            self.text = text
            self.expected = expected
        }
    }

    @Test(arguments: [
        Case("RFC 5322", "Fri, 21 Nov 1997 09:55:06 -0600", 880_127_706),
        Case("the epoch", "Thu, 1 Jan 1970 00:00:00 +0000", 0),
        Case("before the epoch", "Wed, 31 Dec 1969 23:59:59 GMT", -1),
        Case("year 1", "1 Jan 0001 00:00:00 +0000", -62_135_596_800),
        Case("year 9999", "31 Dec 9999 23:59:59 +0000", 253_402_300_799),
        Case("no day of the week", "2 Jan 2023 03:04:05 +0000", 1_672_628_645),
        Case("no comma", "Mon 2 Jan 2023 03:04:05 +0000", 1_672_628_645),
        Case("no seconds", "2 Jan 2023 03:04 +0000", 1_672_628_640),
        Case("a comment behind", "2 Jan 2023 03:04:05 -0800 (PST (a\\)))", 1_672_657_445),
        Case("white space and comments anywhere", " Mon (x) ,2\n\tJan\t2023 03 : 04:05 (y) +0000", 1_672_628_645),
        Case("a year of two digits", "2 Jan 23 03:04:05 +0000", 1_672_628_645),
        Case("a year of three digits", "2 Jan 123 03:04:05 +0000", 1_672_628_645),
        Case("UT", "2 Jan 2023 03:04:05 UT", 1_672_628_645),
        Case("EST", "2 Jan 2023 03:04:05 EST", 1_672_646_645),
        Case("a military zone", "2 Jan 2023 03:04:05 A", 1_672_628_645),
        Case("a leap second", "30 Jun 2015 23:59:60 +0000", 1_435_708_800),
        Case("29 February of a leap year", "29 Feb 2000 00:00:00 +0000", 951_782_400),
        Case("29 February of another", "29 Feb 1900 00:00:00 +0000", nil),
        Case("day 0", "0 Jan 2023 03:04:05 +0000", nil),
        Case("hour 24", "2 Jan 2023 24:04:05 +0000", nil),
        Case("no zone", "2 Jan 2023 03:04:05", nil),
        Case("a zone of five digits", "2 Jan 2023 03:04:05 +00000", nil),
        Case("minutes of a zone", "2 Jan 2023 03:04:05 +0099", nil),
        Case("text behind", "2 Jan 2023 03:04:05 +0000 x", nil),
        Case("a comment without an end", "2 Jan 2023 03:04:05 +0000 (x", nil),
        Case("a backslash at the end", "2 Jan 2023 03:04:05 +0000 (\\", nil),
        Case("nothing", "", nil),
        Case("a hundred digits", String(repeating: "9", count: 100), nil),
        Case("100,000 open comments", String(repeating: "(", count: 100_000), nil),
    ])
    func `a date is read as RFC 5322 has it`(_ given: Case) {
        #expect(DateTime(given.text.utf8)?.secondsSince1970 == given.expected)
    }
}
