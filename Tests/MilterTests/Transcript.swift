import Mail
import NIOCore
import NIOEmbedded
import Testing

@testable import Milter
@testable import MilterService

/// A conversation with a filter, one line a packet.
///
///     > M <a@b.example>\0       the MTA says; \0, \n, \r, \t, \\ and \xNN stand for octets
///     >> \0\0\0\0               the MTA sends these octets
///     < c                       the filter replies; nothing else has been replied before
///     = mail <a@b.example>      the filter was told
///     @ mail tempfail           from here on the filter answers this event so
///     @ client                  the MTA offers all, is asked for no macros, and has a client of no known address
///     ! ...                     the world: see `perform`
struct Transcript: Sendable, CustomTestStringConvertible {
    let name: String
    let lines: String

    init(_ name: String, _ lines: String) {
        self.name = name
        self.lines = lines.replacing("@ client\n", with: Self.client)
    }

    var testDescription: String { name }

    private static let client = #"""
        @ nomacros x
        > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
        < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
        > C a\0U
        = connect a U

        """#
}

/// Plays a transcript against a real connection handler, without a socket.
struct TranscriptPlayer {
    private var configuration = ServerConfiguration()
    private let channel = EmbeddedChannel()
    private var filter: RecordingFilter
    private var connection: FilterConnection?
    private var notices: [String] { box.notices }
    private let box = NoticeBox()
    private var output = ByteBuffer()
    private var now = NIODeadline.now()
    private var seenNotices = 0

    private final class NoticeBox {
        var notices: [String] = []
    }

    init() {
        filter = RecordingFilter(on: channel.eventLoop)
    }

    private mutating func start() throws {
        guard connection == nil else { return }
        let connection = FilterConnection(configuration, filter: filter) { [box] in box.notices.append("\($0)") }
        try channel.pipeline.syncOperations.addHandler(connection)
        self.connection = connection
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
    }

    mutating func play(_ transcript: Transcript) throws {
        for line in transcript.lines.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            let rest = parts.count > 1 ? String(parts[1]) : ""
            let at = Comment("\(transcript.name): \(line)")
            switch parts[0] {
            case ">": try send(frame(rest))
            case ">>": try send(ByteBuffer(bytes: octets(rest)))
            case "<": try #expect(nextReply() == frame(rest), at)
            case "=":
                try start()
                let event = filter.events.isEmpty ? nil : filter.events.removeFirst()
                #expect(event == rest, at)
            case "@": set(rest)
            case "!": try perform(rest, at)
            default: Issue.record("not a line of a transcript: \(line)")
            }
        }
        try #expect(nextReply() == nil, "\(transcript.name): a reply too many")
        #expect(filter.events == [], "\(transcript.name): events too many")
        #expect(Array(notices.dropFirst(seenNotices)) == [], "\(transcript.name): notices too many")
        _ = try? channel.finish()
    }

    private mutating func send(_ octets: ByteBuffer) throws {
        try start()
        channel.pipeline.fireChannelRead(octets)
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
    }

    private mutating func nextReply() throws -> ByteBuffer? {
        while var more = try channel.readOutbound(as: ByteBuffer.self) { output.writeBuffer(&more) }
        guard let length = output.getInteger(at: output.readerIndex, as: UInt32.self) else { return nil }
        return output.readSlice(length: Int(length) + 4)
    }

    private func frame(_ text: String) -> ByteBuffer {
        var buffer = ByteBuffer()
        let code = text.utf8.first ?? 0
        buffer.writeFrame(code) { $0.writeBytes(octets(String(text.dropFirst(2)))) }
        return buffer
    }

    private func octets(_ text: String) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                octets.append(octet)
                continue
            }
            switch escape {
            case UInt8(ascii: "0"): octets.append(0)
            case UInt8(ascii: "n"): octets.append(10)
            case UInt8(ascii: "r"): octets.append(13)
            case UInt8(ascii: "t"): octets.append(9)
            case UInt8(ascii: "x"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                rest = rest.dropFirst(2)
                octets.append(UInt8(digits, radix: 16) ?? 0)
            default: octets.append(escape)
            }
        }
        return octets
    }

    private mutating func set(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        let verdicts: [String: Response] = [
            "continue": .continue, "accept": .accept, "reject": .reject, "tempfail": .temporaryFailure,
            "discard": .discard,
            "reply": SMTPReply(code: 550, enhancedCode: "5.7.23", lines: ["100% bad", "two"]).map { .reply($0) }
                ?? .reject,
        ]
        switch words[0] {
        case "answered": configuration.requirements.answered = words[1] == "all" ? .all : .connect
        case "unwanted": configuration.requirements.unwanted = []
        case "nomacros": configuration.requirements.macroRequests = []
        case "quarantine": filter.furtherActions = .quarantine
        case "show": filter.shownMacros = Array(words.dropFirst())
        case "hold": filter.holdsAnswer = true
        case "nobody": filter.wantsBody = false
        case "final": filter.reply.response = verdicts[words[1]] ?? .continue
        case "edits": filter.reply.modifications = Self.edits
        case "actions": configuration.requirements.actions = FilterActions(rawValue: 0xFF)
        case "every-edit": filter.reply.modifications = Self.everyEdit
        case "body-edit": filter.reply.modifications = [.replaceBody(ByteBuffer())]
        default: filter.answers[words[0]] = words[1] == "fail" ? .failure : verdicts[words[1]].map { .verdict($0) }
        }
    }

    private static let edits: [Modification] =
        Modification.modifications(
            for: .init(
                removals: [
                    .init(name: Array("A-R".utf8), occurrence: 1), .init(name: Array("a-r".utf8), occurrence: 3),
                ],
                additions: [.init("A-R", " x;\r\n\tnone")]
            )
        ) + [.quarantine(Array("why".utf8))]

    private static let everyEdit: [Modification] = [
        .addHeader(HeaderField("A", " b")), .changeHeader(index: 2, HeaderField("A", " c")),
        .insertHeader(index: 0, HeaderField("A", " d")), .replaceBody(ByteBuffer(string: "text")),
        .addRecipient(EnvelopeAddress(Array("<r@x.example>".utf8))),
        .addRecipient(EnvelopeAddress(Array("<r@x.example>".utf8), parameters: [Array("NOTIFY=NEVER".utf8)])),
        .deleteRecipient(Array("<s@x.example>".utf8)),
        .changeSender(EnvelopeAddress(Array("<t@x.example>".utf8), parameters: [Array("SIZE=1".utf8)])),
        .quarantine(Array("why".utf8)),
    ]

    private mutating func perform(_ text: String, _ at: Comment) throws {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        try start()
        switch words[0] {
        case "answer":
            filter.pending?.succeed(filter.reply)
            channel.embeddedEventLoop.run()
        case "fail":
            filter.pending?.fail(RecordingFilter.Failure())
            channel.embeddedEventLoop.run()
        case "seconds":
            now = now + .seconds(Int64(words[1]) ?? 0)
            connection?.tick(now)
            channel.embeddedEventLoop.run()
        case "drain":
            connection?.drain()
            // What was in the socket has been read by then.
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(20))
            channel.embeddedEventLoop.run()
        case "shutdown-input":
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            channel.embeddedEventLoop.run()
        case "gone": _ = try? channel.finish()
        case "closed": #expect(!channel.isActive, at)
        case "open": #expect(channel.isActive, at)
        case "notice":
            #expect(notices.count > seenNotices && notices[seenNotices].contains(words[1]), "\(at): \(notices)")
            seenNotices += 1
        default: Issue.record("no such thing: \(text)")
        }
    }
}
