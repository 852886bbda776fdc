import DNS
import Mail
import Mailboxes
import Testing
import Trace

@Suite struct EnvelopeRecoveryTests {
    static let date = ReceivedSamples.date
    static let border =
        "from mail.example.net (mail.example.net [192.0.2.1]) by mx.example.org (Postfix) with ESMTPS id 1; \(date)"
    static let forged =
        "from bank.example (bank.example [198.51.100.7]) by mx.example.org (Postfix) with ESMTP id 2; \(date)"
    static let yahooMailbox =
        "from 127.0.0.1 by atlas-production.omega.yahoo.com pod-id atlas--1.bf1.yahoo.com with HTTP; \(date)"
    static let yahooNamed = "from 10.197.37.10 by atlas103.free.mail.bf1.yahoo.com with HTTPS; \(date)"
    static let yahooBorder =
        "from 192.0.2.1 (EHLO mail.example.net) by 10.197.37.10 with SMTPs (version=TLS1_3 cipher=X); \(date)"
    static let within = "from mx.example.org ([10.0.0.2]) by store.example.org with LMTP id 3; \(date)"

    static let recovery = EnvelopeRecovery(
        ownHosts: HostPatterns(["*.example.org", "mx.google.com", "*.yahoo.com"]),
        trustedRelays: ["203.0.113.0/24", "2001:db8:1::/48"].compactMap { IPNetwork($0) }
    )

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let header: [HeaderField]
        let expected: String
        init(_ name: String, _ fields: [(String, String)], _ expected: String) {
            testDescription = name
            header = fields.map { HeaderField($0.0, " " + $0.1) }
            self.expected = expected
        }
        init(received name: String, _ values: [String], _ expected: String) {
            self.init(name, values.map { ("Received", $0) }, expected)
        }
    }

    /// `CLIENT@SOURCE helo=... name=... from=...@SOURCE`, or the reason.
    static func summary(_ envelope: RecoveredEnvelope) -> String {
        var words: [String] = []
        if let border = envelope.border { words.append("border=\(border.number)/\(border.index)") }
        if let client = envelope.client { words.append("ip=\(client.value) \(client.source)") }
        if let helo = envelope.helo { words.append("helo=\(String(decoding: helo.value, as: UTF8.self))") }
        if let name = envelope.reverseName { words.append("name=\(name.value)") }
        if let path = envelope.mailFrom {
            words.append("from=\(String(decoding: path.value, as: UTF8.self)) \(path.source)")
        }
        if let date = envelope.receivedAt, date.source != envelope.client?.source {
            words.append("at \(date.source)")
        }
        if let reason = envelope.reason { words.append("\(reason)") }
        return words.joined(separator: " ")
    }

    static let cases = [
        Case("no header", [], "the header has no Received field"),
        Case(
            received: "one hop",
            [border],
            "border=1/0 ip=192.0.2.1 received:1 helo=mail.example.net name=mail.example.net"
        ),
        Case(
            received: "what is below the border is never looked at",
            [border, forged, "((("],
            "border=1/0 ip=192.0.2.1 received:1 helo=mail.example.net name=mail.example.net"
        ),
        Case(
            "hops within, and fields in between",
            [
                ("Delivered-To", "user@example.org"), ("RETURN-PATH", "<a@example.net>"), ("received", within),
                ("Authentication-Results", "mx.example.org; none"),
                (
                    "Received",
                    "from mx.example.org ([127.0.0.1]) by localhost (mx [127.0.0.1]) (amavisd-new) with ESMTP; \(date)"
                ),
                ("DKIM-Signature", "v=1"), ("Received", border), ("Return-Path", "<forged@bank.example>"),
                ("Received", forged),
            ],
            "border=3/6 ip=192.0.2.1 received:3 helo=mail.example.net name=mail.example.net from=<a@example.net> return-path"
        ),
        Case(
            received: "a trusted relay",
            [
                "from relay.example.com (relay.example.com [203.0.113.9]) by mx.example.org (Postfix) with ESMTP id 1; \(date)",
                "from mail.example.net (mail.example.net [192.0.2.1]) by relay.example.org (Postfix) with ESMTP; \(date)",
            ],
            "border=2/1 ip=192.0.2.1 received:2 helo=mail.example.net name=mail.example.net"
        ),
        Case(
            received: "a trusted relay whose name is not own",
            [
                "from relay.example.com (relay.example.com [203.0.113.9]) by mx.example.org (Postfix) with ESMTP id 1; \(date)",
                "from mail.example.net (mail.example.net [192.0.2.1]) by relay.example.com (Postfix) with ESMTP; \(date)",
            ],
            "at received:1 Received field 2 is by relay.example.com, which is not an own host"
        ),
        Case(
            received: "the top is foreign",
            ["from x ([192.0.2.9]) by mx.example.com with SMTP; \(date)", border],
            "Received field 1 is by mx.example.com, which is not an own host"
        ),
        Case(
            received: "own in its beginning only",
            ["from x ([192.0.2.9]) by mx.example.org.evil.example with SMTP; \(date)"],
            "Received field 1 is by mx.example.org.evil.example, which is not an own host"
        ),
        Case(
            received: "the name above the pattern is not own",
            ["from x ([192.0.2.9]) by example.org with SMTP; \(date)"],
            "Received field 1 is by example.org, which is not an own host"
        ),
        Case(
            received: "a field that cannot be read, above the border",
            ["from x (y by mx.example.org with SMTP; \(date)", border],
            "Received field 1 is unusable: it is not well-formed"
        ),
        Case(
            received: "localhost is own only for what is within",
            ["from x ([192.0.2.9]) by localhost with SMTP; \(date)", border],
            "Received field 1 is by localhost, which is not an own host"
        ),
        Case(
            received: "Gmail",
            [
                "by 2002:a05:7300:6407:b0:117:2f08:3a9d with SMTP id dx7csp1; \(date)",
                "from mail.example.net (mail.example.net. [192.0.2.1]) by mx.google.com with ESMTPS id x for <u@gmail.com>; \(date)",
            ],
            "border=2/1 ip=192.0.2.1 received:2 helo=mail.example.net name=mail.example.net"
        ),
        Case(
            received: "Yahoo",
            [yahooMailbox, yahooBorder, forged],
            "border=2/1 ip=192.0.2.1 received:2 helo=mail.example.net"
        ),
        Case(
            received: "Yahoo, with the address of the server before it",
            [yahooNamed, yahooBorder, forged],
            "border=2/1 ip=192.0.2.1 received:2 helo=mail.example.net"
        ),
        Case(
            received: "Yahoo, another server than the one before it",
            [yahooNamed, "from 192.0.2.1 (EHLO x) by 10.197.37.11 with SMTPs; \(date)"],
            "at received:1 Received field 2 is by a host without a name"
        ),
        Case(
            received: "Yahoo's way of writing without a mailbox server above",
            [yahooBorder],
            "Received field 1 is by a host without a name"
        ),
        Case(
            received: "Yahoo's way of writing below a step within that is not Yahoo's",
            [within, yahooBorder],
            "at received:1 Received field 2 is by a host without a name"
        ),
        Case(
            received: "Yahoo's way of writing below a web page on the host",
            ["from 127.0.0.1 by webmail.example.org with HTTP; \(date)", yahooBorder],
            "border=1/0 ip=127.0.0.1 received:1"
        ),
        Case(
            received: "Yahoo, and a client that is a server of Yahoo's",
            [yahooMailbox, "from 10.1.1.1 (EHLO x) by 10.197.37.10 with SMTPs; \(date)", yahooBorder],
            "at received:2 Received field 3 is by a host without a name"
        ),
        Case(
            received: "a mailbox server of Yahoo's where it is not ours",
            ["from 127.0.0.1 by atlas1.yahoo.com.example with HTTP; \(date)", yahooBorder],
            "Received field 1 is by atlas1.yahoo.com.example, which is not an own host"
        ),
        Case(
            received: "an address as name of a host that was met from outside",
            ["from x ([192.0.2.9]) by [10.0.0.1] with SMTP; \(date)", border],
            "Received field 1 is by a host without a name"
        ),
        Case(
            received: "a public address as name",
            ["by 192.0.2.77 with SMTP; \(date)", border],
            "Received field 1 is by a host without a name"
        ),
        Case(
            received: "qmail's notes",
            [
                "(qmail 4712 invoked by uid 89); \(date)", "(qmail 4711 invoked from network); \(date)",
                "from unknown (HELO mail.example.net) (192.0.2.1) by mx.example.org with SMTP; \(date)",
            ],
            "border=3/2 ip=192.0.2.1 received:3 helo=mail.example.net"
        ),
        Case(
            received: "fetchmail, then the provider",
            ["from pop.example.net [192.0.2.9] by localhost with POP3 (fetchmail-6.4.37) for <u>; \(date)", border],
            "border=2/1 ip=192.0.2.1 received:2 helo=mail.example.net name=mail.example.net"
        ),
        Case(
            received: "nothing but steps within",
            [within, "by mx.example.org (Postfix, from userid 1000) id 1; \(date)"],
            "at received:2 every Received field is about a step within our own hosts"
        ),
        Case(
            received: "LMTP from a public address",
            ["from mx.example.org ([192.0.2.9]) by store.example.org with LMTP id 3; \(date)", border],
            "Received field 1 is about LMTP from an address that is not a trusted relay's"
        ),
        Case(
            received: "LMTPA from within is no submission",
            ["from a ([10.0.0.2]) by store.example.org (Cyrus 3.3) with LMTPA; \(date)", border],
            "border=2/1 ip=192.0.2.1 received:2 helo=mail.example.net name=mail.example.net"
        ),
        Case(
            received: "a user within who has authenticated may have written the rest",
            ["from pc ([192.168.1.5]) by mx.example.org (Postfix) with ESMTPSA id 1; \(date)", forged],
            "border=1/0 ip=192.168.1.5 received:1 helo=pc"
        ),
        Case(
            "Exim's envelope-from, without a Return-Path",
            [
                (
                    "Received",
                    "from mail.example.net ([192.0.2.1]) by mx.example.org with esmtp (Exim 4.96) (envelope-from"
                        + " <a@example.net>) id 1 for u@example.org; \(date)"
                ),
                ("Return-Path", "<forged@bank.example>"),
            ],
            "border=1/0 ip=192.0.2.1 received:1 helo=mail.example.net name=mail.example.net"
                + " from=<a@example.net> exim:envelope-from"
        ),
        Case(
            "two fields Return-Path: the upper one, and the null sender",
            [("Return-Path", "<>"), ("Return-Path", "<b@example.net>"), ("Received", border)],
            "border=1/2 ip=192.0.2.1 received:1 helo=mail.example.net name=mail.example.net from=<> return-path"
        ),
        Case(
            "an empty Return-Path is none",
            [("Return-Path", "\n\t"), ("Received", border)],
            "border=1/1 ip=192.0.2.1 received:1 helo=mail.example.net name=mail.example.net"
        ),
        Case(
            "Postfix's pipe(8) writes the null sender as a bare word",
            [("Return-Path", "<MAILER-DAEMON>"), ("Received", border)],
            "border=1/1 ip=192.0.2.1 received:1 helo=mail.example.net name=mail.example.net from=<> return-path"
        ),
        Case(
            "with a host it is an address",
            [("Return-Path", "<MAILER-DAEMON@example.net>"), ("Received", border)],
            "border=1/1 ip=192.0.2.1 received:1 helo=mail.example.net name=mail.example.net"
                + " from=<MAILER-DAEMON@example.net> return-path"
        ),
        Case(
            "a Return-Path is unfolded, and otherwise left as it is",
            [("Return-Path", "\n\t<\"a..b\"@example.net.>\n (x)"), ("Received", border)],
            "border=1/1 ip=192.0.2.1 received:1 helo=mail.example.net name=mail.example.net"
                + " from=<\"a..b\"@example.net.> (x) return-path"
        ),
        Case("a Return-Path without a border", [("Return-Path", "<a@b>")], "the header has no Received field"),
    ]

    @Test(arguments: cases) func `the border hop tells the envelope`(_ given: Case) {
        #expect(Self.summary(Self.recovery.envelope(of: given.header)) == given.expected)
    }

    @Test func `ten thousand fields are not followed`() {
        let header = Array(repeating: HeaderField("Received", " " + Self.within), count: 10_000)
        #expect(Self.recovery.envelope(of: header).reason == .tooManyHops)
    }

    @Test(arguments: [
        ("MAILER-DAEMON", "<>"), ("<MAILER-DAEMON>", "<>"), ("<>", "<>"), ("mailer-daemon", nil),
        ("MAILER-DAEMON@example.net", "<MAILER-DAEMON@example.net>"), ("a..b?@example.net", "<a..b?@example.net>"),
        ("a@example.net", "<a@example.net>"), ("<a@example.net>", "<a@example.net>"),
        ("\"a b\"@example.net", "<\"a b\"@example.net>"), ("-", nil), ("???@???", nil), ("nobody", nil),
        ("a at example.net", nil),
    ])
    func `the From_ line is used if asked for`(_ sender: String, _ expected: String?) {
        let octets = Array("From \(sender) Mon Jan  1 15:04:05 2024\nA: 1\n".utf8)
        var reader = MboxReader(variant: .mboxrd)
        var input = octets[...]
        guard case .messageStart(let line, offset: 0) = reader.next(&input) else {
            Issue.record("no message")
            return
        }
        let header = [HeaderField("Received", " " + Self.border)]
        #expect(Self.recovery.envelope(of: header, fromLine: line).mailFrom == nil)
        var asked = Self.recovery
        asked.usesFromLine = true
        let envelope = asked.envelope(of: header, fromLine: line)
        #expect(envelope.mailFrom == expected.map { .init(Array($0.utf8), .fromLine) })
        #expect(envelope.receivedAt?.source == .received(1))
        #expect(asked.envelope(of: [], fromLine: line).receivedAt?.source == .fromLine)
    }

    @Test func `the border hop tells of TLS and AUTH, and a client by flag has not submitted`() throws {
        let value =
            " from pc (pc.example.com [203.0.112.9]) (using TLSv1.3 with cipher X (256/256 bits)) (Authenticated sender: u)"
            + " by mx.example.org (Postfix) with ESMTPSA id 1; \(Self.date)"
        var envelope = Self.recovery.envelope(of: [HeaderField("X", ""), HeaderField("Received", value)])
        let border = try #require(envelope.border)
        #expect(border.index == 1)
        #expect(border.number == 1)
        #expect(border.layout == .postfix)
        #expect(border.with == .esmtpsa)
        #expect(border.isEncrypted)
        #expect(border.isAuthenticated)
        #expect(border.host == Domain("mx.example.org"))
        #expect(envelope.receivedAt == .init(DateTime(secondsSince1970: 1_704_121_445), .received(1)))
        #expect(envelope.isSubmission)
        envelope.give(client: IPAddress("192.0.2.1"))
        #expect(!envelope.isSubmission)
    }

    @Test func `the hops passed are those above the border and the border, whatever is below`() {
        func places(_ values: [String]) -> [[Int]] {
            let header = [HeaderField("X", "")] + values.map { HeaderField("Received", " " + $0) }
            return Self.recovery.envelope(of: header).hops.map { [$0.number, $0.index] }
        }
        #expect(places([Self.within, Self.border, Self.within, Self.border]) == [[1, 1], [2, 2]])
        #expect(places([Self.within, Self.within]) == [[1, 1], [2, 2]])
        #expect(places([Self.within, "from x by evil.example with SMTP; \(Self.date)"]) == [[1, 1]])
        #expect(places(["from x by evil.example with SMTP; \(Self.date)", Self.border]) == [])
        #expect(places([Self.within, "nothing"]) == [[1, 1]])
        let hop = Self.recovery.envelope(of: [HeaderField("Received", " " + Self.border)]).hops.first
        #expect(hop?.host == Domain("mx.example.org"))
        #expect(hop?.date == DateTime(secondsSince1970: 1_704_121_445))
    }

    @Test func `flags come before what was recovered`() throws {
        var envelope = Self.recovery.envelope(of: [HeaderField("Received", " " + Self.border)])
        envelope.give(client: IPAddress("192.0.2.1"), mailFrom: Array("<a@b.example>".utf8))
        #expect(
            Self.summary(envelope) == "border=1/0 ip=192.0.2.1 flag helo=mail.example.net name=mail.example.net"
                + " from=<a@b.example> flag at received:1"
        )
        envelope.give(client: IPAddress("::ffff:192.0.2.2"), receivedAt: DateTime(secondsSince1970: 1))
        #expect(Self.summary(envelope) == "border=1/0 ip=192.0.2.2 flag from=<a@b.example> flag")
        #expect(envelope.receivedAt == .init(DateTime(secondsSince1970: 1), .flag))
    }
}
