import Mail
import NIOCore
import TestSupport
import Testing

@testable import Milter
@testable import MilterClient

/// Octets that no peer should send: they end a connection, and nothing else.
struct CodecMutationTests {
    private static func octets(_ commands: [Command]) -> [UInt8] {
        var buffer = ByteBuffer()
        for command in commands { command.write(to: &buffer) }
        return Array(buffer.readableBytesView)
    }

    private static func mutate(_ octets: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 1...4, using: &random) where !octets.isEmpty {
            let place = Int.random(in: octets.indices, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: octets[place] = UInt8.random(in: 0...255, using: &random)
            case 1: octets.remove(at: place)
            case 2: octets.insert(UInt8.random(in: 0...255, using: &random), at: place)
            default: octets[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
    }

    @Test func `ten thousand mutations of commands never crash the decoder, the session or the handler`() {
        var random = SplitMix64(seed: 20_260_512)
        let all = Self.octets(Samples.commands.filter { Self.octets([$0]).count < 300 })
        // A conversation in the right order, so that mutations reach every state.
        let conversation = Self.octets([
            .negotiate(.fullOffer), .connect(SMTPClient(hostname: [], origin: .unknown)), .helo([0x61]),
            .macros(MacroValues(.mail, [("i", [0x31])])), .mail(EnvelopeAddress([0x61])), .data,
            .header(HeaderField("A", " b")), .endOfHeader, .body(ByteBuffer(string: "xyz")),
            .endOfMessage(ByteBuffer()),
            .abort, .mail(EnvelopeAddress([])), .header(HeaderField("A", " b")), .quitAndReuse, .quit,
        ])
        for round in 0..<10_000 {
            var octets = round.isMultiple(of: 4) ? all : conversation
            Self.mutate(&octets, &random)
            ChoppedRun.run(octets, &random)
        }
    }

    /// What is read is written again and read as the same: no octet of a reply is lost or believed twice.
    @Test func `ten thousand mutations of replies are read as what they are, or not at all`() throws {
        var random = SplitMix64(seed: 20_260_513)
        let decoder = ReplyDecoder()
        let replies = Samples.replies.compactMap { reply -> [UInt8]? in
            var buffer = ByteBuffer()
            reply.write(to: &buffer)
            return buffer.readableBytes < 300 ? Array(buffer.readableBytesView) : nil
        }
        var (read, refused) = (0, 0)
        for _ in 0..<10_000 {
            var octets = (0..<3).flatMap { _ in random.pick(replies) }
            Self.mutate(&octets, &random)
            var input = ByteBuffer(bytes: octets)
            do {
                while let reply = try decoder.next(&input) {
                    read += 1
                    var written = ByteBuffer()
                    reply.write(to: &written)
                    #expect(try decoder.next(&written) == reply)
                    #expect(written.readableBytes == 0)
                }
            } catch {
                refused += 1
            }
        }
        /// Many replies are left whole, and many are not.
        #expect(read > 5000)
        #expect(refused > 1000)
    }
}
