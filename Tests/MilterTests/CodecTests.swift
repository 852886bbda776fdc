import Mail
import NIOCore
import NIOTestUtils
import TestSupport
import Testing

@testable import Milter
@testable import MilterClient

struct CodecTests {
    @Test func `a command is read as it was written`() throws {
        for command in Samples.commands {
            var octets = ByteBuffer()
            command.write(to: &octets)
            var decoder = CommandDecoder()
            #expect(try decoder.next(&octets) == .command(command))
            #expect(octets.readableBytes == 0)
        }
    }

    @Test func `a reply is read as it was written`() throws {
        for reply in Samples.replies {
            var octets = ByteBuffer()
            reply.write(to: &octets)
            let decoder = ReplyDecoder()
            #expect(try decoder.next(&octets) == reply)
            #expect(octets.readableBytes == 0)
        }
    }

    @Test func `commands are read however they are cut`() throws {
        // A body of one octet at most comes in one part; others have a test of their own.
        let short = Samples.commands.filter { command in
            switch command {
            case .body(let octets), .endOfMessage(let octets): octets.readableBytes <= 1
            case .header(let field): field.value.count < 1000
            case .helo(let string), .unknown(let string): string.count < 1000
            default: true
            }
        }
        let pairs = short.map { command in
            var octets = ByteBuffer()
            command.write(to: &octets)
            return (octets, [CommandDecoder.Output.command(command)])
        }
        try ByteToMessageDecoderVerifier.verifyDecoder(inputOutputPairs: pairs) { CommandDecoder() }
    }

    @Test func `replies are read however they are cut`() throws {
        let pairs = Samples.replies.compactMap { reply in
            var octets = ByteBuffer()
            reply.write(to: &octets)
            return octets.readableBytes < 2000 ? (octets, [reply]) : nil
        }
        try ByteToMessageDecoderVerifier.verifyDecoder(inputOutputPairs: pairs) { ReplyDecoder() }
    }

    @Test func `the octets of a body come out however its frames are cut`() throws {
        var random = SplitMix64(seed: 1)
        var octets = ByteBuffer()
        var body: [UInt8] = []
        for size in [0, 1, 65_535, 4, 65_535] {
            let chunk = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            Command.body(ByteBuffer(bytes: chunk)).write(to: &octets)
            body += chunk
        }
        Command.endOfMessage(ByteBuffer(string: "end")).write(to: &octets)
        body += "end".utf8

        for limit in [1, 3, 100, 5000, 70_000, 300_000] {
            var decoder = CommandDecoder()
            var rest = octets
            var input = ByteBuffer()
            var seen: [UInt8] = []
            var chunks = 0
            while rest.readableBytes > 0 {
                var piece = rest.readSlice(length: min(Int.random(in: 1...limit, using: &random), rest.readableBytes))
                if var piece { input.writeBuffer(&piece) }
                piece = nil
                while let output = try decoder.next(&input) {
                    switch output {
                    case .bodyPart(let part): seen += part.readableBytesView
                    case .command(.body(let part)), .command(.endOfMessage(let part)):
                        seen += part.readableBytesView
                        chunks += 1
                    case .command(let other): Issue.record("unexpected \(other)")
                    }
                }
                #expect(input.readableBytes < 5, "no body is held back")
            }
            #expect(seen == body)
            #expect(chunks == 6)
            #expect(decoder.isBetweenFrames)
        }
    }

    struct BadFrame: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let octets: [UInt8]
        let error: ProtocolError
    }

    @Test(arguments: [
        BadFrame(testDescription: "length 0", octets: [0, 0, 0, 0], error: .emptyFrame),
        BadFrame(testDescription: "one too long", octets: [0, 1, 0, 1], error: .oversizedFrame(65_537)),
        BadFrame(testDescription: "4 GB", octets: [255, 255, 255, 255], error: .oversizedFrame(4_294_967_295)),
        BadFrame(testDescription: "no such command", octets: [0, 0, 0, 9, 0x7A], error: .unknownCommand(0x7A)),
        BadFrame(testDescription: "a string without end", octets: [0, 0, 0, 2, 0x48, 0x61], error: .malformed(0x48)),
        BadFrame(testDescription: "octets behind a string", octets: [0, 0, 0, 3, 0x48, 0, 0], error: .malformed(0x48)),
        BadFrame(testDescription: "MAIL without argument", octets: [0, 0, 0, 1, 0x4D], error: .malformed(0x4D)),
        BadFrame(
            testDescription: "a field without value",
            octets: [0, 0, 0, 3, 0x4C, 0x61, 0],
            error: .malformed(0x4C)
        ),
        BadFrame(testDescription: "DATA with data", octets: [0, 0, 0, 2, 0x54, 0], error: .malformed(0x54)),
        BadFrame(testDescription: "a short offer", octets: [0, 0, 0, 2, 0x4F, 0], error: .malformed(0x4F)),
        BadFrame(testDescription: "no family", octets: [0, 0, 0, 3, 0x43, 0x61, 0], error: .malformed(0x43)),
        BadFrame(
            testDescription: "a family without address",
            octets: [0, 0, 0, 6, 0x43, 0x61, 0, 0x34, 0, 25],
            error: .malformed(0x43)
        ),
        BadFrame(
            testDescription: "no such family",
            octets: [0, 0, 0, 4, 0x43, 0x61, 0, 0x35],
            error: .malformed(0x43)
        ),
        BadFrame(testDescription: "macros of nothing", octets: [0, 0, 0, 1, 0x44], error: .malformed(0x44)),
        BadFrame(
            testDescription: "a macro without value",
            octets: [0, 0, 0, 4, 0x44, 0x4D, 0x69, 0],
            error: .malformed(0x44)
        ),
        BadFrame(
            testDescription: "a macro's value without end",
            octets: [0, 0, 0, 6, 0x44, 0x4D, 0x69, 0, 0x31, 0x32],
            error: .malformed(0x44)
        ),
    ])
    func `a bad frame is an error`(_ frame: BadFrame) {
        var decoder = CommandDecoder()
        var input = ByteBuffer(bytes: frame.octets)
        #expect(throws: frame.error) { try decoder.next(&input) }
    }

    @Test func `the longest frame is read`() throws {
        var decoder = CommandDecoder()
        var octets = ByteBuffer()
        Command.helo(Array(repeating: 0x61, count: 65_534)).write(to: &octets)
        #expect(octets.getInteger(at: 0, as: UInt32.self) == 65_536)
        #expect(try decoder.next(&octets) != nil)
    }

    @Test func `a NUL cannot be smuggled into a string`() {
        var octets = ByteBuffer()
        Command.helo([0x61, 0, 0x62]).write(to: &octets)
        #expect(Array(octets.readableBytesView) == [0, 0, 0, 4, 0x48, 0x61, 0x62, 0])
    }
}
