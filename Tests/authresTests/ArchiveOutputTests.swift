import Foundation
import Testing

@testable import authres

@Suite struct ArchiveOutputTests {
    /// A directory that is gone after the test.
    final class Place {
        let path = FileManager.default.temporaryDirectory.path + "/authres-\(UUID().uuidString)"

        init() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func octets(_ name: String) -> [UInt8]? {
            FileManager.default.contents(atPath: path + "/" + name).map { Array($0) }
        }
    }

    @Test func `a file has its name when it is complete, and not before`() throws {
        let place = try Place()
        let file = try OutputFile(place.path + "/out")
        try file.write([1, 2, 3])
        try file.synchronize()
        #expect(place.octets("out") == nil)
        #expect(place.octets("out.authres-partial") == [1, 2, 3])
        try file.finish()
        #expect(place.octets("out") == [1, 2, 3])
        #expect(place.octets("out.authres-partial") == nil)
    }

    @Test func `what was written after the last checkpoint is cut off`() throws {
        let place = try Place()
        let name = place.path + "/out"
        let file = try OutputFile(name)
        try file.write(Array(0..<100))
        try file.synchronize()
        let again = try OutputFile(name, keeping: 10)
        #expect(try again.tail() == Array(2..<10))
        try again.write([200])
        try again.finish()
        #expect(place.octets("out") == Array(0..<10) + [200])
        #expect(throws: FileFailure.self) { try OutputFile(name, keeping: 50) }
    }

    @Test func `a checkpoint is read as it was written`() throws {
        let place = try Place()
        var checkpoint = Checkpoint(task: ["a", "b"], now: 17)
        checkpoint.offset = 12_345
        checkpoint.summary.messages = 6
        try checkpoint.write(to: place.path + "/state")
        let read = try #require(Checkpoint(readFrom: place.path + "/state"))
        #expect(read.task == ["a", "b"])
        #expect((read.offset, read.summary.messages, read.now) == (12_345, 6, 17))
        #expect(Checkpoint(readFrom: place.path + "/absent") == nil)
    }

    @Test(arguments: [0, 1, 70_000, 200_000])
    func `input is read on from any place`(_ place: Int) throws {
        let directory = try Place()
        let octets = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let name = directory.path + "/in"
        #expect(FileManager.default.createFile(atPath: name, contents: Data(octets)))
        let input = try InputFile(name)
        #expect(try input.beginning(1000).prefix(1000) == octets.prefix(1000))
        #expect(try input.skip(place))
        var read: [UInt8] = []
        while !input.isDone { read += try input.next() }
        #expect(read == Array(octets[place...]))
    }
}
