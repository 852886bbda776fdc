import Files
import Foundation
import Testing

@Suite struct InputFileTests {
    private static let octets = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 4) }

    /// What comes through a pipe, which cannot be read twice.
    private static func input() throws -> (InputFile, Pipe) {
        let pipe = Pipe()
        let writer = pipe.fileHandleForWriting
        Thread.detachNewThread {
            try? writer.write(contentsOf: octets)
            try? writer.close()
        }
        return (try InputFile("/proc/self/fd/\(pipe.fileHandleForReading.fileDescriptor)"), pipe)
    }

    @Test func `what was read ahead comes again, piece by piece`() throws {
        let (input, pipe) = try Self.input()
        let beginning = try input.beginning(150_000)
        #expect(beginning.count >= 150_000 && Self.octets.starts(with: beginning))
        #expect(input.lookAhead(at: 250_000, count: 1_000).map(Array.init) == Array(Self.octets[250_000..<251_000]))
        #expect(input.lookAhead(at: 65_530, count: 20).map(Array.init) == Array(Self.octets[65_530..<65_550]))
        #expect(input.lookAhead(at: 399_990, count: 20).map(Array.init) == Array(Self.octets[399_990...]))
        var read: [UInt8] = []
        while case let piece = try input.next(), !piece.isEmpty {
            #expect(piece.count <= 65_536)
            read += piece
            #expect(input.offset == read.count)
        }
        #expect(read == Self.octets && input.isDone)
        withExtendedLifetime(pipe) {}
    }

    @Test func `octets that are skipped are not read ahead any more`() throws {
        let (input, pipe) = try Self.input()
        _ = try input.beginning(200_000)
        #expect(try input.skip(100_000))
        var read: [UInt8] = []
        while case let piece = try input.next(), !piece.isEmpty { read += piece }
        #expect(read.elementsEqual(Self.octets.dropFirst(100_000)))
        withExtendedLifetime(pipe) {}
    }
}
