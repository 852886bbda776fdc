import Files
import Foundation
import TestSupport
import Testing

@Suite struct OutputFileTests {
    @Test func `a file has its name when it is complete, and not before`() throws {
        let place = try TemporaryFolder()
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
        let place = try TemporaryFolder()
        let name = place.path + "/out"
        do {
            let file = try OutputFile(name)
            try file.write(Array(0..<100))
            try file.synchronize()
            #expect(throws: FileFailure.self, "another run writes it") { try OutputFile(name) }
        }
        let again = try OutputFile(name, keeping: 10)
        #expect(try again.tail() == Array(2..<10))
        try again.write([200])
        try again.finish()
        #expect(place.octets("out") == Array(0..<10) + [200])
        #expect(throws: FileFailure.self) { try OutputFile(name, keeping: 50) }
    }

    @Test func `a symbolic link is followed, and a device is not replaced`() throws {
        let place = try TemporaryFolder()
        let (file, link) = (place.path + "/file", place.path + "/link")
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        let output = try OutputFile(link)
        try output.write([1])
        try output.finish()
        #expect(place.octets("file") == [1])
        let null = try OutputFile("/dev/null")
        try null.write([1])
        try null.finish()
        #expect(OutputFile.isStream("/dev/null") && !OutputFile.isStream(file) && !OutputFile.isStream(link))
        #expect(throws: FileFailure.self) { try OutputFile(place.path) }
    }

    @Test(arguments: [0, 1, 70_000, 200_000])
    func `input is read on from any place`(_ place: Int) throws {
        let directory = try TemporaryFolder()
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
