import DKIM
import SigningSupport
import Testing

@Suite struct CorpusTests {
    @Test func `there are hundreds of messages, by three signers`() {
        #expect(Corpus.cases.count >= 400)
        #expect(Set(Corpus.cases.map(\.maker)) == ["dkimpy", "Mail::DKIM", "script"])
        #expect(Set(Corpus.cases.map(\.name)).count == Corpus.cases.count)
    }

    @Test(arguments: Corpus.cases) func `a signature has the verdict that the standards give it`(_ message: Corpus.Case)
    {
        let verdicts = message.signedMessage.verdicts(at: message.time)
        #expect(
            verdicts.map(\.result.rawValue) == message.expect,
            "\(verdicts.map { $0.reason ?? "" }); \(message.why)"
        )
    }

    @Test(arguments: Corpus.cases) func `every result but a pass has a reason, and a pass has none`(
        _ message: Corpus.Case
    ) {
        for verdict in message.signedMessage.verdicts(at: message.time) {
            #expect((verdict.reason == nil) == (verdict.result == .pass))
        }
    }
}
