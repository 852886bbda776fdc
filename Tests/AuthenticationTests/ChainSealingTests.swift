import ARC
import ARCSealing
import AuthResults
import Authentication
import DNS
import Foundation
import Mail
import Testing
import Trace

@Suite struct ChainSealingTests {
    private static func sealer(_ domain: String = "example.org") throws -> ARCSealer {
        let key = try #require(Bundle.module.url(forResource: "arc", withExtension: "pem"))
        return try ARCSealer(
            domain: #require(Domain(domain)),
            selector: #require(Domain("arc")),
            privateKeyPEM: Array(Data(contentsOf: key))
        )
    }

    private static func world(
        _ moment: Policy.ARCSealing.Moment,
        of domain: String = "example.org"
    ) throws -> World {
        var world = World()
        let sealer = try sealer(domain)
        world.policy.arcSealing = Policy.ARCSealing(sealer, at: moment)
        for host in ["example.org", "one.example", "two.example"] {
            world.zone["arc._domainkey.\(host) TXT"] = [sealer.keyRecord]
        }
        world.zone.merge(World.records) { one, _ in one }
        return world
    }

    /// What our hosts send on: the client is our own.
    private static func departing(trusted: Bool = false) throws -> World {
        let recovery = EnvelopeRecovery(ownHosts: HostPatterns(["mx.example.org"]), trustedRelays: [])
        var world = try world(.departure(recovery))
        world.client = "127.0.0.1"
        if trusted { world.policy.trustedRelays = ["127.0.0.0/8"].compactMap { IPNetwork($0) } }
        return world
    }

    /// The message as it leaves: removals made, additions on top.
    private static func edited(_ text: String, _ judgement: Judgement) -> String {
        let message = Message(Array(text.utf8))
        var header = message.header
        for command in judgement.edits.commands {
            switch command {
            case .delete(let name, let index):
                let places = header.indices.filter { header[$0].isNamed(String(decoding: name, as: UTF8.self)) }
                header.remove(at: places[index - 1])
            case .insertOnTop(let field): header.insert(field, at: 0)
            }
        }
        let lines = header.map { String(decoding: $0.octets, as: UTF8.self) + "\n" }.joined()
        return lines + "\n" + String(decoding: message.body, as: UTF8.self)
    }

    private static let received = """
        Received: from mail.sender.example (mail.sender.example [192.0.2.7])
         by mx.example.org (Postfix) with ESMTP id 4F1; Tue, 14 Nov 2023 22:13:20 +0000

        """

    /// The message after our host has taken it in.
    private static func arrived(_ text: String = World.plain, sealing: Bool) throws -> String {
        var world = try world(.arrival)
        if !sealing { world.policy.arcSealing = nil }
        let judgement = try #require(world.judge(text)?.judgement)
        return edited(received + text, judgement)
    }

    private static func arc(_ text: String) throws -> ARCVerdict? {
        try world(.arrival).judge(text)?.judgement.verdicts.arc
    }

    @Test func `what a stranger delivers is sealed with the results just found`() throws {
        let judgement = try #require(Self.world(.arrival).judge()?.judgement)
        #expect(judgement.arcSeal == .added(try ChainPosition(after: ARCFields([]), .none)))
        let names = judgement.edits.additions.map { String(decoding: $0.name, as: UTF8.self) }
        #expect(
            names == [
                "ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results", "Authentication-Results",
            ]
        )
        let results = try #require(judgement.results)
        #expect(judgement.edits.additions[2].value == Array(" i=1;".utf8) + results.serialized())
        #expect(try Self.arc(Self.edited(World.plain, judgement))?.result == .pass)
    }

    @Test func `a chain grows from host to host`() throws {
        var text = World.plain
        for (index, host) in ["one.example", "two.example", "example.org"].enumerated() {
            let judgement = try #require(Self.world(.arrival, of: host).judge(text)?.judgement)
            guard case .added(let position)? = judgement.arcSeal else {
                Issue.record("\(host) adds no set")
                return
            }
            #expect(position.instance == index + 1)
            #expect(position.chainValidation == (index == 0 ? .none : .pass))
            text = Self.edited(text, judgement)
        }
        let verdict = try #require(try Self.arc(text))
        #expect(verdict.result == .pass && verdict.oldestPass == 0)
        #expect(verdict.sealers.map(\.text) == ["one.example", "two.example", "example.org"])
    }

    @Test func `a broken chain is sealed once, and not again`() throws {
        let first = try #require(Self.world(.arrival, of: "one.example").judge()?.judgement)
        let changed = Self.edited(World.plain, first).replacing("Lunch", with: "[list] Lunch")
        let second = try #require(Self.world(.arrival, of: "two.example").judge(changed)?.judgement)
        guard case .added(let position)? = second.arcSeal else {
            Issue.record("no set")
            return
        }
        #expect(position.instance == 2 && position.chainValidation == .fail)
        let third = try #require(Self.world(.arrival).judge(Self.edited(changed, second))?.judgement)
        #expect(third.arcSeal == .omitted(reason: "its newest seal says cv=fail"))
    }

    @Test func `forged fields are gone before the message is signed`() throws {
        let forged = "Authentication-Results: mx.example.org; dmarc=pass\n" + World.plain
        let judgement = try #require(Self.world(.arrival).judge(forged)?.judgement)
        #expect(judgement.removed.count == 1)
        #expect(try Self.arc(Self.edited(forged, judgement))?.result == .pass)
    }

    @Test func `who is no stranger is not sealed on arrival`() throws {
        var local = try Self.world(.arrival)
        local.client = "127.0.0.1"
        var user = try Self.world(.arrival)
        user.submission = Submission(identity: Array("ann".utf8))
        var relay = try Self.world(.arrival)
        relay.policy.trustedRelays = ["192.0.2.0/24"].compactMap { IPNetwork($0) }
        for world in [local, user, relay] {
            #expect(world.judge()?.judgement.arcSeal == nil)
            #expect(world.judge()?.judgement.edits.additions.contains { $0.isNamed("ARC-Seal") } == false)
        }
    }

    @Test func `a header over the limits gets no set, and the log says why`() throws {
        var world = try Self.world(.arrival)
        world.policy.limits.headerFields = 2
        let judgement = try #require(world.judge()?.judgement)
        #expect(judgement.arcSeal == .omitted(reason: "more than 2 header fields: not checked"))
        #expect(judgement.edits.additions.count == 1)
    }

    @Test(arguments: [false, true], [false, true])
    func `a list seals by what was found on arrival`(sealedOnArrival: Bool, trusted: Bool) throws {
        let text = try Self.arrived(sealing: sealedOnArrival)
            .replacing("Subject: Lunch", with: "Subject: [list] Lunch\nList-Id: <list.example.org>")
            .replacing("Hello Bob", with: "Hello Bob\n-- \nlist@example.org")
        let judgement = try #require(Self.departing(trusted: trusted).judge(text)?.judgement)
        guard case .added(let position)? = judgement.arcSeal else {
            Issue.record("no set: \(String(describing: judgement.arcSeal))")
            return
        }
        #expect(position.instance == (sealedOnArrival ? 2 : 1))
        #expect(position.chainValidation == (sealedOnArrival ? .pass : .none))
        let field = try #require(judgement.edits.additions.first { $0.isNamed("ARC-Authentication-Results") })
        #expect(String(decoding: field.value, as: UTF8.self).contains("spf=pass smtp.mailfrom=sender.example"))
        #expect((judgement.results == nil) == trusted)
        #expect(try Self.arc(Self.edited(text, judgement))?.result == .pass)
    }

    @Test func `a chain that passed on arrival goes on though a list has changed the message`() throws {
        let first = try #require(Self.world(.arrival, of: "one.example").judge()?.judgement)
        let arrived = try Self.arrived(Self.edited(World.plain, first), sealing: false)
        let text = arrived.replacing("Subject: Lunch", with: "Subject: [list] Lunch")
        let judgement = try #require(Self.departing(trusted: true).judge(text)?.judgement)
        guard case .added(let position)? = judgement.arcSeal else {
            Issue.record("no set: \(String(describing: judgement.arcSeal))")
            return
        }
        #expect(position.instance == 2 && position.chainValidation == .pass)
        let verdict = try #require(try Self.arc(Self.edited(text, judgement)))
        #expect(verdict.result == .pass && verdict.oldestPass == 2)
    }

    struct Departure: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let edit: @Sendable (String) -> String
        /// A part of the reason, or the `cv` of the set that is added all the same.
        let outcome: String
    }

    private static func forged(_ text: String) -> String {
        received + "Authentication-Results: mx.example.org; arc=pass; dmarc=pass\n" + text
    }

    static let departures = [
        Departure(testDescription: "no field", edit: { _ in received + World.plain }, outcome: "no field of ours"),
        Departure(
            testDescription: "a field that came with the message",
            edit: { _ in forged(World.plain) },
            outcome: "not proven"
        ),
        Departure(
            testDescription: "a field without a Received field below it",
            edit: { _ in "Authentication-Results: mx.example.org; arc=none\n" + World.plain },
            outcome: "not proven"
        ),
        Departure(
            testDescription: "a field below a stranger's Received",
            edit: { "Received: from x.example ([192.0.2.9]) by y.example; Tue, 14 Nov 2023 22:13:20 +0000\n" + $0 },
            outcome: "not proven"
        ),
        Departure(
            testDescription: "a field that tells nothing of the chain, and a chain",
            edit: { $0.replacing("\tarc=none;\n", with: "") },
            outcome: "says nothing about the chain"
        ),
        Departure(
            testDescription: "a field that contradicts itself",
            edit: { $0.replacing("\tarc=none;\n", with: "\tarc=none;\n\tarc=pass;\n") },
            outcome: "fail"
        ),
        Departure(
            testDescription: "a seal that was changed since",
            edit: { $0.replacing("cv=none;", with: "cv=none; x=1;") },
            outcome: "fail"
        ),
        Departure(
            testDescription: "a set that lost a field since",
            edit: { $0.replacing("ARC-Message-Signature:", with: "X-Message-Signature:") },
            outcome: "fail"
        ),
    ]

    @Test(arguments: departures) func `what is not proven is not sealed, and what was broken since is said to be`(
        _ departure: Departure
    ) throws {
        let text = departure.edit(try Self.arrived(sealing: true))
        let judgement = try #require(Self.departing(trusted: true).judge(text)?.judgement)
        switch judgement.arcSeal {
        case nil: Issue.record("not to be sealed")
        case .added(let position)?: #expect(position.chainValidation.rawValue == departure.outcome)
        case .omitted(let reason)?: #expect(reason.contains(departure.outcome), "\(reason)")
        }
    }

    @Test func `a departing chain whose key is unavailable is not called broken`() throws {
        var world = try Self.departing(trusted: true)
        world.zone["arc._domainkey.example.org TXT"] = ["SERVFAIL"]
        let judgement = try #require(world.judge(Self.arrived(sealing: true))?.judgement)
        #expect(judgement.arcSeal == .omitted(reason: "a key of the chain is unavailable"))
    }

    @Test func `strangers and users are not sealed on departure`() throws {
        var stranger = try Self.departing()
        stranger.client = "192.0.2.7"
        var user = try Self.departing()
        user.submission = Submission(identity: Array("ann".utf8))
        for world in [stranger, user] {
            #expect(try world.judge(Self.arrived(sealing: false))?.judgement.arcSeal == nil)
        }
    }

    @Test func `all fields of our host are sealed as one`() throws {
        let text = try Self.arrived(sealing: false)
        let both =
            "Authentication-Results: mx.example.org; x-spam=pass\nAuthentication-Results: else.example; x-a=pass\n"
        let judgement = try #require(Self.departing(trusted: true).judge(both + text)?.judgement)
        let field = try #require(judgement.edits.additions.first { $0.isNamed("ARC-Authentication-Results") })
        let value = String(decoding: field.value, as: UTF8.self)
        #expect(value.contains("x-spam=pass") && value.contains("spf=pass") && !value.contains("x-a"), "\(value)")
    }
}
