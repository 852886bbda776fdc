import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Testing

@testable import Milter
@testable import MilterService

/// What time does to a connection, without a clock.
@Suite struct ConnectionClockTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// A connection that is asked every second, and how long it lived.
    private static func seconds(
        in state: Session.State,
        isBetweenFrames: (Int) -> Bool = { _ in true },
        isWritable: (Int) -> Bool = { _ in true },
        heardEverySecond: Bool = false
    ) -> (Int, String)? {
        var clock = ConnectionClock(ServerConfiguration(), at: start)
        for second in 0...8000 {
            let now = start + .seconds(Int64(second))
            if heardEverySecond { clock.noteActivity(at: now) }
            let due = clock.due(
                now,
                in: state,
                isBetweenFrames: isBetweenFrames(second),
                isWritable: isWritable(second)
            )
            if case .close(let cause) = due { return (second, "\(cause)") }
        }
        return nil
    }

    @Test func `an MTA may be silent for two hours, but not before it has negotiated`() throws {
        #expect(try #require(Self.seconds(in: .header)).0 == 7200)
        #expect(try #require(Self.seconds(in: .negotiating)).0 == 30)
        #expect(Self.seconds(in: .header, heardEverySecond: true) == nil)
    }

    @Test func `one frame may take five minutes, however often an octet of it comes`() throws {
        let (second, cause) = try #require(
            Self.seconds(in: .header, isBetweenFrames: { $0 < 100 }, heardEverySecond: true)
        )
        #expect(second == 400)
        #expect(cause == "the MTA took too long for one command, connection closed")
        #expect(Self.seconds(in: .body, isBetweenFrames: { $0 % 299 == 0 }, heardEverySecond: true) == nil)
    }

    @Test func `replies may stay unread for five minutes`() throws {
        let (second, cause) = try #require(Self.seconds(in: .answering, isWritable: { $0 < 10 }))
        #expect(second == 310)
        #expect(cause == "the MTA did not read our replies for too long, connection closed")
    }

    @Test func `an answer that is owed for long is announced every ten seconds`() {
        var clock = ConnectionClock(ServerConfiguration(), at: Self.start)
        clock.beginAnswer(at: Self.start)
        let told = (0...60).filter { second in
            let now = Self.start + .seconds(Int64(second))
            guard case .progress = clock.due(now, in: .answering, isBetweenFrames: true, isWritable: true) else {
                return false
            }
            return true
        }
        #expect(told == [10, 20, 30, 40, 50, 60])
    }

    @Test func `a frame that is not completed closes its connection, one that is completed begins a new time`() throws {
        let channel = EmbeddedChannel()
        let filter = RecordingFilter(on: channel.eventLoop)
        let notices = Mutex<[String]>([])
        let connection = FilterConnection(ServerConfiguration(), filter: filter) { notice in
            notices.withLock { $0.append("\(notice)") }
        }
        try channel.pipeline.syncOperations.addHandler(connection)
        _ = channel.connect(to: try SocketAddress(unixDomainSocketPath: "/x"))
        func receive(_ octets: ByteBuffer) {
            channel.pipeline.fireChannelRead(octets)
            channel.pipeline.fireChannelReadComplete()
        }
        var offer = ByteBuffer()
        Command.negotiate(.fullOffer).write(to: &offer)
        receive(offer)
        let helo = ByteBuffer(bytes: [0, 0, 0, 3, UInt8(ascii: "H")])
        let now = NIODeadline.now()
        receive(helo)
        connection.tick(now)
        connection.tick(now + .seconds(299))
        #expect(channel.isActive)
        // The HELO comes too early, but it is complete: what ends the connection is the order.
        connection.tick(now + .seconds(300))
        #expect(!channel.isActive)
        #expect(notices.withLock { $0 } == ["the MTA took too long for one command, connection closed"])
    }

    @Test func `macros without end are refused`() throws {
        var session = Session()
        _ = try session.receive(.negotiate(.fullOffer))
        let value = [UInt8](repeating: UInt8(ascii: "x"), count: 60_000)
        for _ in 0..<100 { _ = try session.receive(.macros(MacroValues(.connect, [("{x}", value)]))) }
        for stage in [Command.Code.helo, .mail, .rcpt] {
            _ = try session.receive(.macros(MacroValues(stage, [("{x}", value)])))
        }
        #expect(throws: ProtocolError.tooManyMacros) {
            _ = try session.receive(.macros(MacroValues(.data, [("{x}", value)])))
        }
    }
}
