import DNS
import Foundation
import SigningSupport
import Testing

/// The signed messages of `Corpus/cases.jsonl`, made by `Corpus/make-corpus`.
enum Corpus {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        /// Who signed it.
        let maker: String
        /// The results that the standards give, one for each signature.
        let expect: [String]
        /// Where they say so.
        let why: String
        /// Seconds since 1970 at which it is judged.
        let time: Int64
        let keys: [String: Records]
        /// The message, a character an octet.
        let message: String

        var testDescription: String { name }

        var octets: [UInt8] { Array(message.utf16.lazy.map { UInt8(truncatingIfNeeded: $0) }) }

        var signedMessage: SignedMessage {
            SignedMessage(wire: octets, answers: keys.mapValues(\.answer))
        }
    }

    /// What the DNS says to a name: records of character-strings, or a failure.
    enum Records: Decodable, Sendable {
        case records([[String]])
        case failure(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let word = try? container.decode(String.self) {
                self = .failure(word)
            } else {
                self = .records(try container.decode([[String]].self))
            }
        }

        var answer: Answer {
            switch self {
            case .records(let records): Answer(.records(records.map { .txt($0.map { Array($0.utf8) }) }))
            case .failure("NXDOMAIN"): Answer(.nameError)
            case .failure("NODATA"): Answer(.noData)
            case .failure("TIMEOUT"): .failure(.timeout)
            case .failure: .failure(.serverFailure)
            }
        }
    }

    static let cases: [Case] = {
        guard let file = Bundle.module.url(forResource: "cases", withExtension: "jsonl", subdirectory: "Corpus"),
            let text = try? String(contentsOf: file, encoding: .utf8)
        else { return [] }
        let decoder = JSONDecoder()
        return text.split(separator: "\n").compactMap { try? decoder.decode(Case.self, from: Data($0.utf8)) }
    }()
}
