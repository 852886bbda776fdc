import MailSignature

/// Canonicalisation of a whole body by the letter of RFC 6376, line by line, with no thought of speed: what
/// `BodyHashes` is measured against.
enum NaiveBody {
    static func canonicalized(_ body: [UInt8], _ canonicalization: Canonicalization) -> [UInt8] {
        var lines = lines(of: body)
        if canonicalization == .relaxed { lines = lines.map(relaxed) }
        while lines.last == [] { lines.removeLast() }
        if lines.isEmpty && canonicalization == .simple { lines = [[]] }
        return lines.flatMap { $0 + [0x0D, 0x0A] }
    }

    /// The lines between CRLFs; what follows the last CRLF is one if it is not empty.
    private static func lines(of body: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var index = 0
        while index < body.count {
            if body[index] == 0x0D, index + 1 < body.count, body[index + 1] == 0x0A {
                lines.append(line)
                line = []
                index += 2
            } else {
                line.append(body[index])
                index += 1
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    private static func relaxed(_ line: [UInt8]) -> [UInt8] {
        var relaxed: [UInt8] = []
        for octet in line {
            let isSpace = octet == 0x20 || octet == 0x09
            if !isSpace {
                relaxed.append(octet)
            } else if relaxed.last != 0x20 {
                relaxed.append(0x20)
            }
        }
        if relaxed.last == 0x20 { relaxed.removeLast() }
        return relaxed
    }
}
