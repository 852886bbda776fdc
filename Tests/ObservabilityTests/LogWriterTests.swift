import Foundation
import Observability
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LogWriterTests {
    /// A reader of the log that reads when it is told to.
    final class Reader: Sendable {
        let text = Mutex("")
        let mayRead = DispatchSemaphore(value: 0)
        let isAsked = DispatchSemaphore(value: 0)

        struct Gone: Error {}

        func take(_ octets: [UInt8]) {
            isAsked.signal()
            mayRead.wait()
            text.withLock { $0 += String(decoding: octets, as: UTF8.self) }
        }
    }

    private static let patience = Duration.seconds(50)

    @Test func `a reader that stops delays nobody, and is told afterwards how much is missing`() {
        let reader = Reader()
        let writer = LogWriter(bound: 1000, output: reader.take)
        writer.write("first\n")
        reader.isAsked.wait()
        for number in 0..<500 { writer.write("line \(1000 + number)\n") }
        #expect(writer.lost == 400, "a hundred lines of ten octets may wait")
        for _ in 0..<3 { reader.mayRead.signal() }
        writer.flush(within: Self.patience)
        writer.write("last\n")
        writer.flush(within: Self.patience)
        let kept = (0..<100).map { "line \(1000 + $0)\n" }.joined()
        let notice = "authres: 400 lines of the log are left out here: it was not read\n"
        #expect(reader.text.withLock { $0 } == "first\n" + kept + notice + "last\n")
    }

    @Test func `to wait for a reader that does not read comes to an end`() {
        let reader = Reader()
        let writer = LogWriter(output: reader.take)
        writer.write("line\n")
        writer.flush(within: .milliseconds(1))
        #expect(reader.text.withLock { $0 } == "")
        reader.mayRead.signal()
        writer.flush(within: Self.patience)
        #expect(reader.text.withLock { $0 } == "line\n")
    }

    @Test func `lines that could not be written are counted and told when they can be`() {
        let text = Mutex("")
        let isFull = Mutex(true)
        let writer = LogWriter { octets in
            if isFull.withLock({ $0 }) { throw Reader.Gone() }
            text.withLock { $0 += String(decoding: octets, as: UTF8.self) }
        }
        for _ in 0..<3 {
            writer.write("line\n")
            writer.flush(within: Self.patience)
        }
        #expect(writer.lost == 3)
        isFull.withLock { $0 = false }
        writer.write("line\n")
        writer.flush(within: Self.patience)
        #expect(text.withLock { $0 } == "line\nauthres: 3 lines of the log are left out here: it was not read\n")
    }
}
