import Authentication
import DNS
import Mail
import Testing

@testable import Observability

/// The line that the log has of a message: alerts are built on it.
@Suite struct MessageLogTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var queueID: String? = "4F3A1C"
        var client: String? = "192.0.2.7"
        var tls: String?
        var cipher: String?
        var header: [String] = []
        var checks: Set<Policy.Check> = []
        var submission: Submission?
        var isRelay = false
        let line: String

        var testDescription: String { name }
    }

    private static let forged = "mx.example.org; spf=pass"

    static let cases = [
        Case(name: "nothing was checked", line: "4F3A1C: client=192.0.2.7 none removed=0"),
        Case(
            name: "neither a queue ID nor a client is known",
            queueID: nil,
            client: nil,
            line: "-: client=- none removed=0"
        ),
        Case(name: "an IPv6 client", client: "2001:db8::7", line: "4F3A1C: client=2001:db8::7 none removed=0"),
        Case(
            name: "TLS and its cipher",
            tls: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            line: "4F3A1C: client=192.0.2.7 tls=TLSv1.3/TLS_AES_256_GCM_SHA384 none removed=0"
        ),
        Case(name: "TLS alone", tls: "TLSv1.3", line: "4F3A1C: client=192.0.2.7 tls=TLSv1.3 none removed=0"),
        Case(
            name: "words that would be others",
            queueID: "a b\n",
            tls: "x\u{1B}[2J",
            line: "a\\u{20}b\\u{a}: client=192.0.2.7 tls=x\\u{1b}[2J none removed=0"
        ),
        Case(
            name: "a forged field, and a foreign one",
            header: ["evil.example; spf=pass", forged],
            line: "4F3A1C: client=192.0.2.7 none removed=1 [2: \"mx.example.org\" claims our authserv-id]"
        ),
        Case(
            name: "more forged fields than are listed",
            header: Array(repeating: forged, count: 7),
            line: "4F3A1C: client=192.0.2.7 none removed=7 ["
                + (1...5).map { "\($0): \"mx.example.org\" claims our authserv-id; " }.joined() + "...]"
        ),
        Case(
            name: "an authenticated client",
            checks: [.auth],
            submission: Submission(identity: Array("ann".utf8)),
            line: "4F3A1C: client=192.0.2.7 auth=pass removed=0"
        ),
        Case(
            name: "signatures of which none can be verified",
            checks: [.dkim, .arc],
            line: "4F3A1C: client=192.0.2.7 dkim=none arc=none removed=0"
        ),
        Case(
            name: "a trusted relay",
            header: [forged],
            isRelay: true,
            line: "4F3A1C: client=192.0.2.7 trusted-relay removed=0"
        ),
    ]

    @Test(arguments: cases) func `a message has one line`(_ given: Case) throws {
        var policy = Policy()
        policy.checks = given.checks
        if given.isRelay { policy.trustedRelays = [try #require(IPNetwork("192.0.2.0/24"))] }
        let client = Client(address: given.client.flatMap { IPAddress($0) })
        var examination = try #require(Examination(policy: policy, authservID: "mx.example.org", client: client))
        examination.begin(mailFrom: [], submission: given.submission, receivedAt: 1_700_000_000)
        for value in given.header { examination.header(HeaderField("Authentication-Results", " " + value)) }
        examination.header(HeaderField("From", " ann@sender.example"))
        examination.endOfHeader(at: .now)
        examination.endOfMessage()
        let log = MessageLog(
            queueID: given.queueID.map { Array($0.utf8) },
            client: client,
            tls: given.tls.map { Array($0.utf8) },
            cipher: given.cipher.map { Array($0.utf8) }
        )
        let end = examination.judgement
        let judgement = try #require(end)
        let line = log.line(judgement, took: .microseconds(2100), after: .microseconds(600))
        #expect(line == given.line + " time=2.1ms after-body=0.6ms")
        #expect(log.line(judgement, took: .microseconds(2100), after: nil) == given.line + " time=2.1ms")
    }

    @Test func `a message that is deferred has its reason`() {
        let log = MessageLog(queueID: Array("4F3A1C".utf8), client: Client(address: IPAddress("192.0.2.7")))
        #expect(log.line(deferredFor: "x") == "4F3A1C: client=192.0.2.7 temporary failure: x")
        #expect(
            log.line(deferredFor: "x", isDryRun: true)
                == "4F3A1C: client=192.0.2.7 dry-run: not deferred, though it has x"
        )
    }
}
