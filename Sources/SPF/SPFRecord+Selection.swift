internal import DNS
internal import Octets

extension SPFRecord {
    /// The record in the answer to a TXT question (RFC 7208, 4.4 to 4.6).
    /// - Parameter isRoot: whether the domain is the one being checked. There, no record is the result none; for the
    ///   target of an include or a redirect, it is a permerror (5.2, 6.1).
    init(in answer: Answer, of domain: Domain, isRoot: Bool) throws(Evaluation.Stop) {
        if case .failure(let failure) = answer.outcome {
            throw .temporary("TXT of \(domain.forReport): \(failure.rawValue)")
        }
        let found = answer.records.isEmpty ? .noRecord : answer.reading(SPFReading.self).found ?? Found(in: answer)
        switch found {
        case .noRecord:
            let reason =
                answer.outcome == .nameError
                ? "\(domain.forReport) does not exist" : "no SPF record at \(domain.forReport)"
            throw isRoot ? .noRecord(reason) : .permanent(reason)
        case .several(let count):
            throw .permanent("\(count) SPF records at \(domain.forReport)")
        case .malformed(let error):
            throw .permanent("SPF record of \(domain.forReport), octet \(error.offset + 1): \(error.expected) expected")
        case .record(let record):
            self = record
        }
    }

    /// What the records of an answer are.
    fileprivate enum Found {
        case noRecord
        case several(Int)
        case malformed(SPFRecordParser.SyntaxError)
        case record(SPFRecord)

        init(in answer: Answer) {
            let texts = answer.texts.filter(SPFRecordParser.isRecord)
            guard let text = texts.first else {
                self = .noRecord
                return
            }
            guard texts.count == 1 else {
                self = .several(texts.count)
                return
            }
            do throws(SPFRecordParser.SyntaxError) {
                var parser = SPFRecordParser(text)
                self = .record(try parser.parse())
            } catch {
                self = .malformed(error)
            }
        }
    }
}

/// The SPF record of an answer.
private final class SPFReading: AnswerReading {
    /// Terms of a record that is kept. A term takes many times the octets that it is written with, and the memory for
    /// answers is bounded.
    private static let termLimit = 10

    /// Nil for a record with more terms.
    let found: SPFRecord.Found?

    init(_ answer: Answer) {
        let found = SPFRecord.Found(in: answer)
        if case .record(let record) = found, record.directives.count > Self.termLimit {
            self.found = nil
        } else {
            self.found = found
        }
    }
}

extension Domain {
    /// The name for a sentence that people read. A name may contain quotes and brackets that would mislead a reader:
    /// one with more than letters, digits, hyphens, underscores and dots is not shown.
    var forReport: String {
        text.utf8.allSatisfy { $0.isAlphanumeric || "-_.".utf8.contains($0) } ? text : "an odd name"
    }
}
