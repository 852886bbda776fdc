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
}
