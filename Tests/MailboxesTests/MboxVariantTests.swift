import Mail
import Mailboxes
import Testing

@Suite struct MboxVariantTests {
    static let from = MboxReaderTests.from

    @Test(arguments: [
        ("", MboxVariant.mboxrd, MboxDetection.Evidence.none),
        ("\(from)A: 1\n\n>From x\n\n\(from)", .mboxrd, .none),
        ("\(from)A: 1\n\n>>From x\n\n\(from)", .mboxrd, .doubledQuotes),
        ("\(from)Content-Length: 2\n\nx\n\n\(from)Content-Length: 7\n\ncut", .mboxcl2, .contentLengths),
        ("\(from)Content-Length: 8\n\n>From x\n\n\(from)A", .mboxcl, .contentLengths),
        ("\(from)Content-Length: 9\n\nx\n\n\(from)A", .mboxrd, .none),
        ("\(from)Content-Length: 2\n\nx\n\n\(from)A: 1\n\nx\n\n\(from)A", .mboxrd, .none),
    ])
    func `an mbox tells its variant`(_ beginning: String, _ variant: MboxVariant, _ evidence: MboxDetection.Evidence) {
        let detection = MboxDetection(beginning: Array(beginning.utf8))
        #expect(detection.variant == variant)
        #expect(detection.evidence == evidence)
    }
}
