import Mail
import StoredMail
import Testing

@testable import CommandOptions
@testable import authres

@Suite struct EnvelopeOptionsTests {
    @Test(arguments: [
        ("received", JudgementTime.received), ("now", .now),
        ("1700000000", .at(DateTime(secondsSince1970: 1_700_000_000))),
        ("2023-11-14T22:13:20Z", .at(DateTime(secondsSince1970: 1_700_000_000))),
        ("Tue, 14 Nov 2023 22:13:20 +0000", .at(DateTime(secondsSince1970: 1_700_000_000))),
        ("2023-11-14", .at(DateTime(secondsSince1970: 1_699_920_000))), ("yesterday", nil), ("", nil),
        ("2023-13-01", nil), ("2023-02-29", nil), ("2023-11-14T24:00:01Z", nil), ("99999999999999999", nil),
    ])
    func `times are read in the forms that people have at hand`(_ text: String, _ time: JudgementTime?) {
        #expect(JudgementTime(argument: text) == time)
    }
}
