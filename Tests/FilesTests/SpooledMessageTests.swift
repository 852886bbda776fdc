import Files
import Testing

@Suite struct SpooledMessageTests {
    @Test func `a message that is too large for memory is read from a file with the same octets`() throws {
        var message = SpooledMessage()
        var octets: [UInt8] = []
        var number = 0
        while octets.count <= SpooledMessage.memoryLimit + 100_000 {
            let line = Array("line \(number)\n".utf8)
            number += 1
            octets += line
            try message.append(line[...])
        }
        var read: [UInt8] = []
        while true {
            let piece = try message.piece(at: read.count)
            if piece.isEmpty { break }
            read += piece
        }
        #expect(message.count == octets.count)
        #expect(read == octets)
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func `a message in memory is read from any place`(length: Int) throws {
        var message = SpooledMessage()
        let octets = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 4) }
        for start in stride(from: 0, to: length, by: 50_000) {
            try message.append(octets[start..<min(start + 50_000, length)])
        }
        #expect(message.count == length)
        for start in [0, 1, 65_535, 65_536, 65_537, 199_999, 200_000, 300_000] {
            var read: [UInt8] = []
            while case let piece = try message.piece(at: start + read.count), !piece.isEmpty { read += piece }
            #expect(read.elementsEqual(octets.dropFirst(start)))
            #expect(try SpooledMessage(octets).piece(at: start) == message.piece(at: start))
        }
    }
}
