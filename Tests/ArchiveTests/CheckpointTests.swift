import Archive
import Foundation
import Summaries
import TestSupport
import Testing

@Suite struct CheckpointTests {
    @Test func `a checkpoint is read as it was written`() throws {
        let place = try TemporaryFolder()
        var checkpoint = Checkpoint(task: ["a", "b"], now: 17)
        checkpoint.offset = 12_345
        checkpoint.summary.messages = 6
        try checkpoint.write(to: place.path + "/state")
        let read = try #require(Checkpoint(readFrom: place.path + "/state"))
        #expect(read.task == ["a", "b"])
        #expect((read.offset, read.summary.messages, read.now) == (12_345, 6, 17))
        #expect(Checkpoint(readFrom: place.path + "/absent") == nil)
    }

    @Test(arguments: ["-1", "9223372036854775807"])
    func `a checkpoint with a number that no run comes to is none`(_ number: String) throws {
        let place = try TemporaryFolder()
        var checkpoint = Checkpoint(task: [], now: 17)
        checkpoint.summary.octets = 4711
        try checkpoint.write(to: place.path + "/state")
        let text = String(decoding: try #require(place.octets("state")), as: UTF8.self)
        let edited = Data(text.replacing("4711", with: number).utf8)
        #expect(FileManager.default.createFile(atPath: place.path + "/state", contents: edited))
        #expect(Checkpoint(readFrom: place.path + "/state") == nil)
    }
}
