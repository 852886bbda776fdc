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
        let texts = answer.texts.filter(SPFRecordParser.isRecord)
        guard let text = texts.first else {
            let reason =
                answer.outcome == .nameError
                ? "\(domain.forReport) does not exist" : "no SPF record at \(domain.forReport)"
            throw isRoot ? .noRecord(reason) : .permanent(reason)
        }
        guard texts.count == 1 else { throw .permanent("\(texts.count) SPF records at \(domain.forReport)") }
        do throws(SPFRecordParser.SyntaxError) {
            var parser = SPFRecordParser(text)
            self = try parser.parse()
        } catch {
            throw .permanent("SPF record of \(domain.forReport), octet \(error.offset + 1): \(error.expected) expected")
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
