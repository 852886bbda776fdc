import Mail
import Mailboxes
import Testing

@Suite struct MboxFromLineTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let line: String
        let sender: String?
        let date: Int64
        /// True if the line is dated, though not as others in its mbox.
        let isDatedOtherwise: Bool
        init(
            _ name: String,
            _ line: String,
            _ sender: String?,
            _ date: Int64 = 1_672_628_645,
            date isDatedOtherwise: Bool = false
        ) {
            testDescription = name
            self.line = line
            self.sender = sender
            self.date = date
            self.isDatedOtherwise = isDatedOtherwise
        }
    }

    @Test(arguments: [
        Case("asctime", "From a@a.example Mon Jan  2 03:04:05 2023", "a@a.example"),
        Case("two spaces", "From a@a.example  Mon Jan  2 03:04:05 2023", "a@a.example"),
        Case("no seconds", "From a Mon Jan  2 03:04 2023", "a", 1_672_628_640),
        Case("a year of two digits", "From a Mon Jan  2 03:04:05 23", "a"),
        Case("the year 99", "From a Fri Dec 31 23:59:59 99", "a", 946_684_799),
        Case("a zone behind the year", "From a Mon Jan  2 03:04:05 2023 +0100", "a", 1_672_625_045),
        Case("a zone before the year", "From a Mon Jan  2 03:04:05 -0500 2023", "a", 1_672_646_645),
        Case("a zone in letters", "From a Mon Jan  2 03:04:05 PST 2023", "a", 1_672_657_445),
        Case("two words of zone", "From a Mon Jan  2 03:04:05 CET DST 2023", "a"),
        Case("a remote host", "From a Mon Jan  2 03:04:05 2023 remote from b", "a"),
        Case("the null sender", "From MAILER-DAEMON Mon Jan  2 03:04:05 2023", "MAILER-DAEMON"),
        Case("Eudora", "From ???@??? Mon Jan 02 03:04:05 2023", "???@???"),
        Case("pipermail", "From a at a.example  Mon Jan  2 03:04:05 2023", "a at a.example"),
        Case("a quoted local-part", "From \"a b\"@a.example Mon Jan  2 03:04:05 2023", "\"a b\"@a.example"),
        Case("no sender", "From  Mon Jan  2 03:04:05 2023", ""),
        Case("a leap day", "From a Thu Feb 29 00:00:00 2024", "a", 1_709_164_800),
        Case("text", "From here on it is text", nil),
        Case("text with a date", "From here on Mon Jan  2 we wrote 2023", nil),
        Case("another form of date", "From a Mon, Jan  2 03:04:05 2023", nil, date: true),
        Case("no year", "From a Mon Jan  2 03:04:05", nil),
        Case("a day that is none", "From a Mon Feb 30 03:04:05 2023", nil),
        Case("an hour that is none", "From a Mon Jan  2 24:04:05 2023", nil),
        Case("no weekday", "From a Jan  2 03:04:05 2023", nil, date: true),
        Case("a month that is none", "From a Mon Jam  2 03:04:05 2023", nil),
        Case("a time that is none", "From a Mon Jan  2 03-04-05 2023", nil),
        Case("a year of five digits", "From a Mon Jan  2 03:04:05 20230", nil),
    ])
    func `a From_ line has a sender and a date`(_ given: Case) {
        // Below an empty line, where it must be valid to be one.
        let archive = Archive("From x\n\n\n\(given.line)\n", variant: .mboxrd)
        #expect(archive.messages.dropFirst().first?.sender == given.sender)
        var reader = MboxReader(variant: .mboxrd)
        var input = Array(given.line.utf8)[...]
        while reader.next(&input) != nil {}
        while let event = reader.end() {
            if case .messageStart(let line, offset: 0) = event {
                let isDated = given.sender != nil || given.isDatedOtherwise
                #expect(line.date?.secondsSince1970 == (isDated ? given.date : nil))
            }
        }
    }
}
