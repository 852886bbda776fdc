import DKIM
import DNS
import Mail
import MailSignature

/// A message and the keys of its world, judged as the engine judges it.
struct SignedMessage {
    var header: [HeaderField]
    var body: [UInt8]
    /// TXT records by name.
    var keys: [String: String]

    /// - Parameter text: with LF line ends, a blank line before the body.
    init(_ text: String, keys: [String: String]) {
        self.init(Array(text.utf8), keys: keys)
    }

    init(_ octets: [UInt8], keys: [String: String]) {
        let end = octets.indices.first { octets[$0...].starts(with: [0x0A, 0x0A]) } ?? octets.endIndex
        var fields: [HeaderField] = []
        for line in octets[..<end].split(separator: 0x0A, omittingEmptySubsequences: false) {
            if let first = line.first, first == 0x20 || first == 0x09, let last = fields.indices.last {
                fields[last].value += [0x0A] + line
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                fields.append(HeaderField(name: Array(line[..<colon]), value: Array(line[(colon + 1)...])))
            }
        }
        header = fields
        body = octets[end...].dropFirst(2).flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        self.keys = keys
    }

    /// The verdicts at `time`, the body fed in pieces of `chunk` octets.
    func verdicts(at time: Int64 = 1_600_000_000, limit: Int = 10, chunk: Int = 1000) -> [DKIMVerdict] {
        let check = DKIMCheck(header: header, signatureLimit: limit)
        var hashes = BodyHashes(check.bodyHashSpecifications)
        var rest = body[...]
        while !rest.isEmpty {
            hashes.update(Array(rest.prefix(chunk)).span)
            rest = rest.dropFirst(chunk)
        }
        var answers = Answers()
        check.askForKeys(&answers)
        for question in answers.open {
            let record = keys[question.name.text]
            answers.learn(
                record.map { Answer(.records([.txt([Array($0.utf8)])])) } ?? Answer(.nameError),
                to: question
            )
        }
        return check.evaluate(digests: hashes.finish(), at: time, &answers) ?? []
    }
}
