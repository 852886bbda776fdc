package import DKIM
package import DNS
package import Mail
internal import MailSignature

/// A message and the keys of its world, judged as the engine judges it.
package struct SignedMessage {
    package var header: [HeaderField]
    package var body: [UInt8]
    /// What the DNS says, by name; to any other it says that there is no such name.
    package var answers: [String: Answer]

    /// - Parameters:
    ///   - text: with LF line ends, a blank line before the body.
    ///   - keys: TXT records by name.
    package init(_ text: String, keys: [String: String]) {
        self.init(
            wire: text.utf8.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] },
            answers: keys.mapValues { Answer(.records([.txt([Array($0.utf8)])])) }
        )
    }

    /// - Parameter octets: with CRLF line ends; a CR or LF alone is left as it is.
    package init(wire octets: [UInt8], answers: [String: Answer]) {
        var fields: [HeaderField] = []
        var rest = octets[...]
        while let line = Self.line(&rest), !line.isEmpty {
            if line.first == 0x20 || line.first == 0x09, let last = fields.indices.last {
                fields[last].value += [0x0A] + line
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                fields.append(HeaderField(name: Array(line[..<colon]), value: Array(line[(colon + 1)...])))
            }
        }
        header = fields
        body = Array(rest)
        self.answers = answers
    }

    /// The next line without its CRLF.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        var end = rest.startIndex
        while end < rest.endIndex, !(rest[end] == 0x0D && end + 1 < rest.endIndex && rest[end + 1] == 0x0A) { end += 1 }
        defer { rest = rest[min(end + 2, rest.endIndex)...] }
        return rest[..<end]
    }

    /// The verdicts at `time`, the body fed in pieces of `chunk` octets.
    package func verdicts(at time: Int64 = 1_600_000_000, limit: Int = 10, chunk: Int = 1000) -> [DKIMVerdict] {
        let check = DKIMCheck(header: header, signatureLimit: limit)
        var hashes = BodyHashes(check.bodyHashSpecifications)
        var start = 0
        while start < body.count {
            let end = min(start + chunk, body.count)
            hashes.update(body.span.extracting(start..<end))
            start = end
        }
        var answers = Answers()
        check.askForKeys(&answers)
        for question in answers.open {
            answers.learn(self.answers[question.name.text] ?? Answer(.nameError), to: question)
        }
        return check.evaluate(digests: hashes.finish(), at: time, &answers) ?? []
    }
}
