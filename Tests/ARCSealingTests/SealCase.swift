import ARC
import ARCSealing
import AuthResults
import DNS
import Foundation
import Mail
import MailSignature
import Testing

/// One line of `Seals/seals.jsonl`: a message, and the ARC Set that dkimpy adds to it.
struct SealCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let message: String
    /// The authserv-id whose results are sealed.
    let id: String
    /// For `h=`.
    let headers: String
    let time: Int64
    let instance: Int
    let cv: String
    /// The values of the set's fields, unfolded; empty where nothing may be added.
    let seal: String
    let signature: String
    let results: String

    var testDescription: String { name }

    static let all: [SealCase] = {
        guard let file = Bundle.module.url(forResource: "Seals/seals", withExtension: "jsonl"),
            let data = try? Data(contentsOf: file)
        else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
            try? JSONDecoder().decode(SealCase.self, from: Data(line))
        }
    }()

    static func named(_ name: String) throws -> SealCase {
        try #require(all.first { $0.name == name })
    }

    static func key(_ name: String = "rsa") throws -> [UInt8] {
        let file = try #require(Bundle.module.url(forResource: "Seals/\(name)", withExtension: "pem"))
        return Array(try Data(contentsOf: file))
    }

    static func sealer() throws -> ARCSealer {
        try ARCSealer(
            domain: #require(Domain("example.org")),
            selector: #require(Domain("dummy")),
            privateKeyPEM: key()
        )
    }

    var header: [HeaderField] { Message(Array(message.utf8)).header }

    /// With CRLF.
    var body: [UInt8] { Message(Array(message.utf8)).body.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } }

    /// The results of all fields of ``id``, as a site would have them in one.
    var found: AuthenticationResults? {
        let parsed = header.filter { $0.isNamed(AuthenticationResults.fieldName) }
            .compactMap { try? AuthenticationResults(parsing: $0.value) }.filter { $0.authservID == id }
        return try? AuthenticationResults(authservID: id, results: parsed.flatMap(\.results))
    }

    /// What the field says of the chain.
    var chain: ARCResult {
        found?.results.first { $0.method == "arc" }.flatMap { ARCResult(rawValue: $0.result) } ?? .none
    }
}

/// A message as a verifier sees it.
struct SealedMail {
    var header: [HeaderField]
    var body: [UInt8]

    func verdict(_ sealer: ARCSealer, at time: Int64) throws -> ARCVerdict {
        let check = ARCCheck(header: header)
        var hashes = BodyHashes(check.bodyHashSpecifications)
        hashes.update(body.span)
        var answers = Answers()
        check.askForKeys(&answers)
        for question in answers.open {
            #expect(question == sealer.keyQuestion)
            answers.learn(Answer(.records([.txt([Array(sealer.keyRecord.utf8)])])), to: question)
        }
        return try #require(check.evaluate(digests: hashes.finish(), at: time, &answers))
    }

    var digest: BodyHashes.Digest {
        get throws {
            var hashes = BodyHashes([ARCSealer.bodyHashSpecification])
            hashes.update(body.span)
            return try #require(hashes.finish()[ARCSealer.bodyHashSpecification])
        }
    }
}
