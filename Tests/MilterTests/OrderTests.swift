import Mail
import NIOCore
import Testing

@testable import Milter

/// Every command in every state: what is not allowed is an error, and nothing else is.
struct OrderTests {
    private static let client = SMTPClient(hostname: [], origin: .unknown)
    private static let field = HeaderField("A", " b")

    private static let commands: [Command] = [
        .negotiate(.fullOffer), .macros(MacroValues(.mail, [])), .connect(client), .helo([]),
        .mail(EnvelopeAddress([])),
        .rcpt(EnvelopeAddress([])), .data, .header(field), .endOfHeader, .body(ByteBuffer()),
        .endOfMessage(ByteBuffer()),
        .unknown([]), .abort, .quit, .quitAndReuse,
    ]

    /// How each state is reached, and the codes of the commands that it takes.
    private static let states: [(Session.State, [Command], String)] = [
        (.negotiating, [], "OAQ"),
        (.negotiated, [.negotiate(.fullOffer)], "DCUAQK"),
        (.connected, [.negotiate(.fullOffer), .connect(client)], "DHMUAQK"),
        (.mail, [.negotiate(.fullOffer), .connect(client), .mail(EnvelopeAddress([]))], "DHMRTLNUAQK"),
        (.data, [.negotiate(.fullOffer), .connect(client), .mail(EnvelopeAddress([])), .data], "DHMLNUAQK"),
        (
            .header, [.negotiate(.fullOffer), .connect(client), .mail(EnvelopeAddress([])), .header(field)],
            "DHMLNUAQK"
        ),
        (
            .body, [.negotiate(.fullOffer), .connect(client), .mail(EnvelopeAddress([])), .endOfHeader],
            "DHMBEUAQK"
        ),
        (
            .answering,
            [
                .negotiate(.fullOffer), .connect(client), .mail(EnvelopeAddress([])), .endOfHeader,
                .endOfMessage(ByteBuffer()),
            ], "DAQK"
        ),
    ]

    @Test(arguments: states.indices)
    func `a state takes its commands and no others`(_ index: Int) throws {
        let (state, way, taken) = Self.states[index]
        for command in Self.commands {
            var session = Session()
            for step in way { _ = try session.receive(step) }
            #expect(session.state == state)
            let isTaken = taken.utf8.contains(command.code.rawValue)
            if isTaken {
                #expect(throws: Never.self, "\(command.code) in \(state)") { try session.receive(command) }
            } else {
                #expect(throws: ProtocolError.unexpected(command.code, in: state)) { try session.receive(command) }
            }
        }
    }

    @Test func `macros have the scope of their stage`() throws {
        var session = Session()
        func macros(_ code: Command.Code, _ value: String) -> Command {
            .macros(MacroValues(code, [("{x}", Array(value.utf8))]))
        }
        func x() -> String? { session.macros["x"].map { String(decoding: $0, as: UTF8.self) } }
        for (command, value) in [
            (.negotiate(.fullOffer), nil),
            (macros(.connect, "connect"), "connect"), (.connect(Self.client), "connect"),
            (macros(.helo, "helo"), "helo"), (.helo([]), "helo"),
            (macros(.mail, "mail"), "mail"), (.mail(EnvelopeAddress([])), "mail"),
            (macros(.header, "header"), "header"), (.header(Self.field), "header"),
            (macros(.body, "body"), "body"), (macros(.header, "header"), "header"),
            (.abort, "helo"), (.abort, "helo"),
            (macros(.mail, "again"), "again"), (.mail(EnvelopeAddress([])), "again"),
            (macros(.helo, "second"), "again"), (.helo([]), "second"),
            (.quitAndReuse, nil),
        ] as [(Command, String?)] {
            _ = try session.receive(command)
            #expect(x() == value, "after \(command)")
        }
        #expect(session.macros["{x}"] == nil)
    }

    @Test func `a macro is found with and without braces`() throws {
        var session = Session()
        _ = try session.receive(.negotiate(.fullOffer))
        _ = try session.receive(
            .macros(MacroValues(.connect, [("i", [1]), ("{long}", [2]), ("bare", [3]), ("{}", [4])]))
        )
        for (name, value) in [("i", 1), ("{i}", 1), ("long", 2), ("{long}", 2), ("bare", 3), ("{bare}", 3)] {
            #expect(session.macros[name] == [UInt8(value)])
        }
        #expect(session.macros["lon"] == nil)
        #expect(session.macros[""] == nil)
    }
}
