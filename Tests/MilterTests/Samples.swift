import Mail
import Milter
import NIOCore

/// One value of each command and reply at least, with what is odd among them.
enum Samples {
    static let negotiations = [
        Negotiation.fullOffer,
        Negotiation(version: 2, actions: [], steps: []),
        Negotiation(
            version: 6,
            actions: [.addHeaders, .changeHeaders],
            steps: [.skip, .leadingSpace],
            macroRequests: MacroRequest.defaults + [MacroRequest(.rcpt, []), MacroRequest(.data, ["{x}"])]
        ),
    ]

    private static let strings: [[UInt8]] = [
        [], Array("a".utf8), [0xFF, 0xC3, 0x28], Array(repeating: 0x41, count: 60_000),
    ]
    private static let addresses = [
        EnvelopeAddress([]),
        EnvelopeAddress(Array("<a@b.example>".utf8), parameters: [Array("SIZE=1".utf8), []]),
        EnvelopeAddress([0x3C, 0xFC, 0x3E]),
    ]
    private static let buffers = [ByteBuffer(), ByteBuffer(string: "x"), ByteBuffer(repeating: 0, count: 65_535)]
    private static let fields = strings.map { HeaderField(name: Array("Name".utf8), value: $0) }

    static let commands: [Command] =
        negotiations.map { .negotiate($0) }
        + [
            .macros(MacroValues(.mail, [("i", Array("4ABC".utf8)), ("{mail_addr}", [])])),
            .macros(MacroValues(.helo, [])),
            .connect(
                SMTPClient(hostname: Array("h".utf8), origin: .inet(address: Array("192.0.2.1".utf8), port: 65_535))
            ),
            .connect(SMTPClient(hostname: [], origin: .inet6(address: Array("::1".utf8), port: 0))),
            .connect(SMTPClient(hostname: [], origin: .local(path: Array("/x".utf8)))),
            .connect(SMTPClient(hostname: [], origin: .unknown)),
            .data, .endOfHeader, .abort, .quit, .quitAndReuse,
        ]
        + strings.flatMap { [.helo($0), .unknown($0)] }
        + addresses.flatMap { [.mail($0), .rcpt($0)] }
        + fields.map { .header($0) }
        + buffers.flatMap { [.body($0), .endOfMessage($0)] }

    static let modifications: [Modification] =
        fields.flatMap { [.addHeader($0), .insertHeader(index: 0, $0), .changeHeader(index: .max, $0)] }
        + buffers.map { .replaceBody($0) }
        + addresses.flatMap { [.addRecipient($0), .changeSender($0)] }
        + strings.flatMap { [.deleteRecipient($0), .quarantine($0)] }

    static let replies: [Reply] =
        negotiations.map { .negotiate($0) }
        + [
            .continue, .accept, .reject, .temporaryFailure, .discard, .skip, .shutdown, .connectionFailure, .progress,
        ]
        + strings.map { .replyCode($0) }
        + modifications.map { .modification($0) }
}
