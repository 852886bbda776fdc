import AuthResults
import Authentication
import Configuration
import DNS
import Files
import Foundation
import Mail
import Mailboxes
import StoredMail
import Testing

@testable import Archive

@Suite struct MboxCutterTests {
    /// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers on every machine.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    static let archive = Array(
        """
        From ann@sender.example Tue Nov 14 22:13:20 2023
        Received: from a (a [192.0.2.7]) by mx.example.org (Postfix) with ESMTP id 1; 14 Nov 2023 22:13:20 +0000
        Authentication-Results: mx.example.org; spf=pass
        Content-Length: 18
        From: Ann <ann@sender.example>

        >From me
        >>From you

        From MAILER-DAEMON Tue Nov 14 22:13:20 2023
        Authentication-Results: MX.example.org (x
         y) 1; none
        Subject: no body

        From - Tue Nov 14 22:13:20 2023

        From within

        last

        """.utf8
    )

    static func cut(_ octets: [UInt8], base: Int = 0, pieces: inout Numbers) throws -> MessageCutterResult {
        let detection = MboxDetection(beginning: archive, variant: .mboxrd)
        var cutter = MessageCutter("x.mbox", detection, needsEmptyLine: true, base: base)
        var messages: [CutMessage] = []
        var rest = octets[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...200, using: &pieces))
            rest = rest[piece.endIndex...]
            messages += try cutter.take(Array(piece))
        }
        messages += try cutter.end()
        return MessageCutterResult(messages: messages, preamble: messages.first?.preamble ?? [])
    }

    struct MessageCutterResult {
        let messages: [CutMessage]
        let preamble: [UInt8]

        func octets() throws -> [UInt8] {
            try preamble
                + messages.flatMap { try ($0.fromLine?.octets ?? []) + $0.content.piece(at: 0) + $0.emptyLine }
        }
    }

    @Test func `messages are where they say they are`() throws {
        var pieces = Numbers(state: 1)
        let cut = try Self.cut(Self.archive, pieces: &pieces)
        #expect(cut.messages.count == 3)
        #expect(try cut.octets() == Self.archive)
        var end = 0
        for message in cut.messages {
            #expect(message.offset == end)
            #expect(Self.archive[message.offset...].starts(with: message.fromLine?.octets ?? [0]))
            end = message.end
        }
        #expect(end == Self.archive.count)
    }

    @Test func `reading on from the end of a message gives the messages that follow it`() throws {
        var pieces = Numbers(state: 2)
        let all = try Self.cut(Self.archive, pieces: &pieces).messages
        for (index, message) in all.dropLast().enumerated() {
            let rest = try Self.cut(Array(Self.archive[message.end...]), base: message.end, pieces: &pieces).messages
            #expect(rest.map(\.offset) == all[(index + 1)...].map(\.offset))
            #expect(
                try rest.map { try $0.content.piece(at: 0) } == all[(index + 1)...].map { try $0.content.piece(at: 0) }
            )
        }
    }

    @Test func `what does not begin with a From_ line is no mbox`() {
        var pieces = Numbers(state: 3)
        #expect(throws: MessageCutter.NoMbox.self) {
            try Self.cut(Array("Subject: x\n\nFrom within\n".utf8), pieces: &pieces)
        }
        #expect(throws: Never.self) { try Self.cut([], pieces: &pieces) }
    }

    @Test func `no octet is lost of a mutated archive, and what is written is read as the same bodies`() async throws {
        var numbers = Numbers(state: 4)
        var configuration = ServiceConfiguration()
        configuration.policy.authservID = "mx.example.org"
        let state = try ServiceState(configuration, zone: ZoneFile())
        let examiner = try #require(
            MessageExaminer(state, resolver: state.resolver, given: GivenEnvelope(), now: 0)
        )
        let snippets = [
            "\n\nFrom a Tue Nov 14 22:13:20 2023\n", "\r\n", "\n", ">From ", "\0", "Authentication-Results:", ":",
        ]
        for _ in 0..<3000 {
            var octets = Self.archive
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                let place = Int.random(in: 40..<octets.count, using: &numbers)
                switch Int.random(in: 0...2, using: &numbers) {
                case 0: octets[place] = UInt8.random(in: 0...255, using: &numbers)
                case 1:
                    octets.insert(contentsOf: Array((snippets.randomElement(using: &numbers) ?? "").utf8), at: place)
                default:
                    octets.removeSubrange(place..<min(place + Int.random(in: 1...20, using: &numbers), octets.count))
                }
            }
            let cut = try Self.cut(octets, pieces: &numbers)
            #expect(try cut.octets() == octets)
            var writer = MboxWriter()
            var written: [UInt8] = []
            writer.write(.preamble(cut.preamble[...]), to: &written)
            for message in cut.messages {
                let examined = try await examiner.examine(message.content, variant: .mboxrd, fromLine: message.fromLine)
                let fromLine = try #require(message.fromLine)
                writer.write(.messageStart(fromLine, offset: 0), edits: examined.judgement.edits, to: &written)
                let content = try message.content.piece(at: 0)
                if !content.isEmpty { writer.write(.octets(content), to: &written) }
                writer.write(.messageEnd(emptyLine: message.emptyLine[...]), to: &written)
                #expect(examined.judgement.edits.additions.count == 1)
            }
            let again = try Self.cut(written, pieces: &numbers)
            #expect(
                again.messages.count == cut.messages.count,
                "\(String(decoding: octets, as: UTF8.self).debugDescription)"
            )
        }
    }
}
