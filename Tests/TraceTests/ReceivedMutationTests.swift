import DNS
import Mail
import TestSupport
import Testing
import Trace

@Suite struct ReceivedMutationTests {
    static let recovery = EnvelopeRecovery(ownHosts: HostPatterns(["mx.example.org", "mx.own.example"]))
    /// The address that the kernel told, and those that a client would like to have.
    static let real = "192.0.2.1"
    static let wanted = "198.51.100.7"

    /// What a client may put together to look like the rest of a field.
    static let parts = [
        "x", " ", " ", "(", ")", "((", "))", "[198.51.100.7]", "198.51.100.7", " (y [198.51.100.7])", " (198.51.100.7)",
        " ([198.51.100.7] helo=z)", "[198.51.100.7] (helo=z)", " by mx.example.org", " by ", "by", " (Postfix)",
        " (Exim 4.96)",
        " with ESMTP id 1", "; Mon, 1 Jan 2024 15:04:05 +0000", ";", "\"", "\\", "<", ">", "helo=", "ident=", "HELO ",
        " (HELO y)", "\n\t", "\t", "IDENT:a@", "@", "(using TLSv1.3 with", "\0", "\u{E9}", ",", "from ",
        "(qmail 1 invoked by",
        "fetchmail", "with LMTP", "127.0.0.1", "([127.0.0.1])", ")by(", "account ", "helo=z)", "(8.17.1/8.17.1)",
    ]

    /// A layout with what the client says at `$H`, its name by the DNS at `$N`, and its MAIL FROM at `$F`.
    struct Template: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        /// True if the MTA writes `?` for what could be structure (Postfix smtpd, qmail received.c).
        var isNeutered = false
    }

    static let templates = [
        Template(
            testDescription: "Postfix",
            text:
                "from $H ($N [192.0.2.1])\n\t(using TLSv1.3 with cipher X (256/256 bits))\n\tby mx.example.org (Postfix)"
                + " with ESMTPS id 1; \(ReceivedSamples.date)",
            isNeutered: true
        ),
        Template(
            testDescription: "Sendmail",
            text: "from $H ($N [192.0.2.1] (may be forged))\n\tby mx.example.org (8.17.1/8.17.1) with ESMTP id 1\n\tfor"
                + " <u@example.org>; \(ReceivedSamples.date)"
        ),
        Template(
            testDescription: "Exim",
            text:
                "from $N ([192.0.2.1] helo=$H)\n\tby mx.example.org with esmtp (Exim 4.96)\n\t(envelope-from <$F>)\n\tid 1"
                + "\n\tfor u@example.org; \(ReceivedSamples.date)"
        ),
        Template(
            testDescription: "Exim without a name",
            text:
                "from [192.0.2.1] (port=4711 helo=$H)\n\tby mx.example.org with esmtp (Exim 4.96)\n\t(envelope-from <$F>)"
                + "\n\tid 1; \(ReceivedSamples.date)"
        ),
        Template(
            testDescription: "qmail",
            text: "from $N (HELO $H) (192.0.2.1)\n  by mx.example.org with SMTP; \(ReceivedSamples.date)"
        ),
        Template(
            testDescription: "Exchange",
            text:
                "from $H (192.0.2.1) by mx.example.org (10.0.0.1) with Microsoft SMTP Server id 15; \(ReceivedSamples.date)"
        ),
        Template(
            testDescription: "MDaemon",
            text: "from $H [192.0.2.1] by mx.example.org [10.0.0.1] with SMTP (MDaemon.PRO); \(ReceivedSamples.date)"
        ),
        Template(
            testDescription: "CommuniGate",
            text: "from [192.0.2.1] (HELO $H) by mx.example.org (CommuniGate Pro SMTP 6.2.6) with ESMTP id 1;"
                + " \(ReceivedSamples.date)"
        ),
        Template(
            testDescription: "Ecelerity",
            text:
                "from [192.0.2.1] ([192.0.2.1:25] helo=$H) by mx.example.org (envelope-from <$F>) (ecelerity 3.6) with ESMTP"
                + " id 1; \(ReceivedSamples.date)"
        ),
        Template(
            testDescription: "no signature",
            text:
                "from $H ($N [192.0.2.1]) by mx.example.org with ESMTP id 1 envelope-from <$F>; \(ReceivedSamples.date)"
        ),
    ]

    @Test(arguments: templates) func `no HELO argument chooses the address`(_ template: Template) {
        var random = SplitMix64(seed: 0x4845_4C4F)
        var known = 0
        for _ in 0..<2_500 {
            var helo = Self.hostile(1...9, &random)
            if template.isNeutered {
                helo = String(helo.map { "<>()\\\";@ \n\t\0".contains($0) || !$0.isASCII ? "?" : $0 })
            }
            let isHostileByName = Int.random(in: 0..<4, using: &random) == 0 && !template.isNeutered
            let name = isHostileByName ? Self.hostile(1...4, &random) : "mail.example.net"
            let path = Bool.random(using: &random) ? "a@example.net" : Self.hostile(1...6, &random)
            let value = template.text.replacing("$H", with: helo).replacing("$N", with: name).replacing(
                "$F",
                with: path
            )
            let forged = "from y ([198.51.100.7]) by mx.example.org with SMTP; \(ReceivedSamples.date)"
            let header = [HeaderField("Received", " " + value), HeaderField("Received", " " + forged)]
            let envelope = Self.recovery.envelope(of: header)
            if let client = envelope.client {
                known += 1
                #expect(client.value == IPAddress(Self.real), "\(value)")
            }
        }
        #expect(known > 20)
    }

    private static func hostile(_ count: ClosedRange<Int>, _ random: inout SplitMix64) -> String {
        (0..<Int.random(in: count, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
    }

    @Test func `mutations of all samples crash nothing`() {
        var random = SplitMix64(seed: 0x5265_6376)
        let samples = (ReceivedSamples.all + ReceivedAttacks.all).map(\.value)
        for _ in 0..<5_000 {
            var octets = Array((samples.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0...octets.count, using: &random)
                let end = min(octets.count, place + Int.random(in: 0...10, using: &random))
                let part =
                    Bool.random(using: &random) ? Array((Self.parts.randomElement(using: &random) ?? "").utf8) : []
                octets.replaceSubrange(place..<end, with: part)
            }
            let header = [HeaderField(name: Array("Received".utf8), value: octets)]
            let envelope = Self.recovery.envelope(of: header)
            #expect((envelope.border == nil) == (envelope.reason != nil))
            #expect((envelope.border == nil) == (envelope.client == nil))
        }
    }
}
