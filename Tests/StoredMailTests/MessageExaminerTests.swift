import AuthResults
import Authentication
import Configuration
import DNS
import Files
import Mail
import Testing
import Trace

@testable import StoredMail

@Suite struct MessageExaminerTests {
    static let zone = """
        $TTL 3600
        7.2.0.192.in-addr.arpa. IN PTR mail.sender.example.
        mail.sender.example. IN A 192.0.2.7
        sender.example. IN TXT "v=spf1 a:mail.sender.example -all"
        _dmarc.sender.example. IN TXT "v=DMARC1; p=reject"

        """

    static func state(_ change: (inout ServiceConfiguration) -> Void = { _ in }) throws -> ServiceState {
        var configuration = ServiceConfiguration()
        configuration.policy.authservID = "mx.example.org"
        change(&configuration)
        return try ServiceState(configuration, zone: try ZoneFile(Array(zone.utf8), file: "zone"))
    }

    static func examine(
        _ text: String,
        given: GivenEnvelope = GivenEnvelope(),
        resolver: (any Resolver)? = nil,
        _ change: (inout ServiceConfiguration) -> Void = { _ in }
    ) async throws -> ExaminedMessage {
        let state = try state(change)
        let examiner = try #require(
            MessageExaminer(
                state,
                resolver: resolver ?? state.resolver,
                given: given,
                now: 1_800_000_000
            )
        )
        return try await examiner.examine(SpooledMessage(Array(text.utf8)))
    }

    static let border = """
        Received: from mail.sender.example (mail.sender.example [192.0.2.7])
        \tby mx.example.org (Postfix) with ESMTPS id 4F3A1C
        \tfor <bob@example.org>; Tue, 14 Nov 2023 22:13:20 +0000 (UTC)

        """
    static let rest = "From: Ann <ann@sender.example>\nSubject: x\n\nHello\n"

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var given = GivenEnvelope()
        let results: [String]
        let judgedAt: Int64

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "a border hop and a Return-Path",
            text: "Return-Path: <ann@sender.example>\n" + border + rest,
            results: ["iprev=pass", "spf=pass", "dkim=none", "arc=none", "dmarc=pass"],
            judgedAt: 1_700_000_000
        ),
        Case(
            name: "no MAIL FROM: no SPF, and nothing that could be said to fail DMARC",
            text: border + rest,
            results: ["iprev=pass", "dkim=none", "arc=none", "dmarc=permerror"],
            judgedAt: 1_700_000_000
        ),
        Case(
            name: "MAIL FROM by flag",
            text: border + rest,
            given: GivenEnvelope(mailFrom: Array("<ann@sender.example>".utf8), time: .now),
            results: ["iprev=pass", "spf=pass", "dkim=none", "arc=none", "dmarc=pass"],
            judgedAt: 1_800_000_000
        ),
        Case(
            name: "another host's hop is none of ours",
            text: "Return-Path: <ann@sender.example>\n" + border.replacing("mx.example.org", with: "mx.other.example")
                + rest,
            results: ["dkim=none", "arc=none"],
            judgedAt: 1_800_000_000
        ),
        Case(
            name: "a user's submission",
            text: "Return-Path: <ann@sender.example>\n" + border.replacing("ESMTPS ", with: "ESMTPSA ") + rest,
            results: ["dkim=none", "arc=none"],
            judgedAt: 1_700_000_000
        ),
        Case(
            name: "another client by flag has not said the HELO name",
            text: "Return-Path: <ann@sender.example>\n" + border + rest,
            given: GivenEnvelope(
                client: IPAddress("198.51.100.1"),
                time: .at(DateTime(secondsSince1970: 1_704_067_200))
            ),
            results: ["iprev=permerror", "spf=fail", "dkim=none", "arc=none", "dmarc=fail"],
            judgedAt: 1_704_067_200
        ),
        Case(
            name: "SMTP AUTH by flag",
            text: rest,
            given: GivenEnvelope(
                client: IPAddress("192.0.2.7"),
                submission: Submission(identity: Array("ann".utf8), mechanism: [])
            ),
            results: ["auth=pass"],
            judgedAt: 1_800_000_000
        ),
        Case(name: "nothing at all", text: "", results: ["dkim=none", "arc=none"], judgedAt: 1_800_000_000),
    ]

    @Test(arguments: cases)
    func `the envelope decides what is claimed`(_ test: Case) async throws {
        let examined = try await Self.examine(test.text, given: test.given)
        let results = try #require(examined.judgement.results).results.map { "\($0.method)=\($0.result)" }
        #expect(results == test.results)
        #expect(examined.judgedAt == test.judgedAt)
    }

    @Test func `late answers give the same field as answers at hand`() async throws {
        let text = "Return-Path: <ann@sender.example>\n" + Self.border + Self.rest
        let zone = try ZoneFile(Array(Self.zone.utf8), file: "zone")
        /// On a busy machine it can be long until an answer is looked at.
        let late = try await Self.examine(text, resolver: ZoneResolver(zone, delay: .milliseconds(2))) {
            $0.policy.limits.deadline = .seconds(3600)
        }
        let atHand = try await Self.examine(text)
        #expect(late.judgement.edits == atHand.judgement.edits)
    }

    @Test func `a DNS that is silent is a temporary error when the deadline has passed`() async throws {
        let zone = try ZoneFile(Array(Self.zone.utf8), file: "zone")
        let examined = try await Self.examine(
            "Return-Path: <ann@sender.example>\n" + Self.border + Self.rest,
            resolver: ZoneResolver(zone, delay: .seconds(3600))
        ) { $0.policy.limits.deadline = .milliseconds(20) }
        let results = try #require(examined.judgement.results).results
        #expect(results.first { $0.method == "spf" }?.result == "temperror")
        #expect(examined.answers.values.contains { $0.outcome == .failure(.deadline) })
    }

    @Test func `a trusted relay's message is left as it is`() async throws {
        let text = "Authentication-Results: mx.example.org; spf=pass\n" + Self.rest
        let examined = try await Self.examine(text, given: GivenEnvelope(client: IPAddress("192.0.2.7"))) {
            $0.policy.trustedRelays = ["192.0.2.0/24"].compactMap { IPNetwork($0) }
        }
        #expect(examined.judgement.edits.isEmpty)
    }

    @Test func `the place of the border hop is that in the whole header`() async throws {
        let examined = try await Self.examine("X: 1\nReturn-Path: <>\nY: 2\n" + Self.border + Self.rest)
        #expect(examined.borderIndex == 3)
    }

    @Test func `recorded answers are a zone that gives them again`() throws {
        let zone = try ZoneFile(Array(Self.zone.utf8), file: "zone")
        let record = AnswerJournal(ZoneResolver(zone))
        let questions = ["sender.example", "mail.sender.example", "absent.example"].compactMap { Domain($0) }
            .flatMap { name in [RecordType.a, .txt, .mx].map { Question(name, $0) } }
        for question in questions { record.add([question: zone.answer(to: question)]) }
        let again = try ZoneFile(Array(record.text.utf8), file: "record")
        for question in questions { #expect(again.answer(to: question).outcome == zone.answer(to: question).outcome) }
        #expect(again.answers.count == questions.count)
        #expect(record.newText() == record.text)
        #expect(record.newText().isEmpty)
    }
}
