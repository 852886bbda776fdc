import ARC
import DNS
import Foundation
import Mail
import MailSignature
import Testing

/// One line of `Chains/chains.jsonl`: a message, the keys of its world, and the verdict that RFC 8617 gives.
struct ChainCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let verdict: ARCResult
    let oldestPass: Int?
    /// A part of our reason.
    let reason: String?
    /// What dkimpy and Mail::DKIM say of the same message and keys.
    let dkimpy: String
    let mailDKIM: String
    private let message: String
    private let keys: [String: String?]?

    private enum CodingKeys: String, CodingKey {
        case name, verdict, reason, message, keys, dkimpy
        case oldestPass = "oldest-pass"
        case mailDKIM = "mail-dkim"
    }

    var testDescription: String { name }

    var sealed: SealedMessage {
        SealedMessage(Array(message.utf8), keys: Self.keys.merging(keys ?? [:]) { $1 })
    }

    private struct Keys: Decodable {
        let keys: [String: String]
    }

    private static let lines: [Data] = {
        guard let file = Bundle.module.url(forResource: "Chains/chains", withExtension: "jsonl"),
            let data = try? Data(contentsOf: file)
        else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).map { Data($0) }
    }()

    static let keys: [String: String?] = {
        guard let first = lines.first else { return [:] }
        return (try? JSONDecoder().decode(Keys.self, from: first))?.keys ?? [:]
    }()

    static let all: [ChainCase] = lines.dropFirst().compactMap { try? JSONDecoder().decode(ChainCase.self, from: $0) }

    static func named(_ name: String) -> ChainCase? {
        all.first { $0.name == name }
    }
}

extension ARCResult: Decodable {}

/// A message and the keys of its world, judged as the engine judges it.
struct SealedMessage: Sendable {
    var header: [HeaderField]
    /// With CRLF.
    var body: [UInt8]
    /// TXT records by name: nil is a name that does not exist, `""` one without TXT records, `"!"` no answer.
    var keys: [String: String?]

    /// When the chains were sealed, and a little.
    static let time: Int64 = 1_700_001_000

    init(_ octets: [UInt8], keys: [String: String?]) {
        let message = Message(octets)
        header = message.header
        body = message.body.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        self.keys = keys
    }

    func answer(to question: Question) -> Answer {
        switch keys[question.name.text] ?? nil {
        case nil: Answer(.nameError)
        case "": Answer(.noData)
        case "!": .failure(.timeout)
        case let record?: Answer(.records([.txt([Array(record.utf8)])]))
        }
    }

    func verdict(at time: Int64 = Self.time) -> ARCVerdict? {
        let check = ARCCheck(header: header)
        var hashes = BodyHashes(check.bodyHashSpecifications)
        hashes.update(body.span)
        var answers = Answers()
        check.askForKeys(&answers)
        for question in answers.open { answers.learn(answer(to: question), to: question) }
        return check.evaluate(digests: hashes.finish(), at: time, &answers)
    }
}
