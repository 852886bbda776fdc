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

    @Test func `a checkpoint with many names has them all, on lines that are not long`() throws {
        let place = try TemporaryFolder()
        var checkpoint = Checkpoint(task: [], now: 17)
        for number in 0..<1_234 {
            var tally = MessageTally()
            tally.domain = ("d\(number).example", "pass")
            tally.network = "192.0.\(number).0/24"
            tally.forgeries = [Summary.Forgery(id: "mx\(number).example", reason: "ours", place: .belowBorder)]
            tally.dnsFailures = [Summary.DNSFailure(name: "d\(number).example", type: "TXT", outcome: "time-out")]
            tally.slowAnswers = [(Summary.AskedName(name: "d\(number).example", type: "TXT"), 2_000 + number)]
            checkpoint.summary.count(tally)
        }
        try checkpoint.write(to: place.path + "/state")
        let lines = try #require(place.octets("state")).split(separator: UInt8(ascii: "\n"))
        #expect(lines.allSatisfy { $0.count < 100_000 })
        let read = try #require(Checkpoint(readFrom: place.path + "/state")).summary
        let written = checkpoint.summary
        #expect((read.domains, read.sources) == (written.domains, written.sources))
        #expect(read.forgeries == written.forgeries)
        #expect(read.counts.reduce(0, +) == written.counts.reduce(0, +))
        #expect(read.domains.count == 1_234 && read.messages == 1_234)
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
