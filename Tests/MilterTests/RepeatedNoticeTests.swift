import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Milter
@testable import MilterService

@Suite struct RepeatedNoticeTests {
    @Test func `the first is told at once, those that follow together, and none is lost`() {
        let loop = EmbeddedEventLoop()
        let told = Mutex<[Int]>([])
        let notice = RepeatedNotice<Void>(every: .seconds(5)) { count, _ in told.withLock { $0.append(count) } }
        for _ in 0..<1000 { notice.note((), on: loop) }
        #expect(told.withLock { $0 } == [1])
        loop.advanceTime(by: .seconds(5))
        #expect(told.withLock { $0 } == [1, 999])
        notice.note((), on: loop)
        loop.advanceTime(by: .seconds(4))
        #expect(told.withLock { $0 } == [1, 999])
        loop.advanceTime(by: .seconds(1))
        #expect(told.withLock { $0 } == [1, 999, 1])
        loop.advanceTime(by: .seconds(60))
        notice.note((), on: loop)
        #expect(told.withLock { $0 } == [1, 999, 1, 1], "after a quiet interval it is news again")
    }
}
