package import AuthResults
internal import Authentication
internal import DNS
internal import FieldClaims
internal import Foundation
internal import Mail
internal import Octets
internal import SPF

/// What was found out about one message, as a JSON object. The names of its keys are stable.
///
/// Every key is there in every object, null where there is nothing to say, except for those of the mbox, which only a
/// message of an mbox has, and `dns`, which is there if it was asked for.
package struct MessageReport: Encodable {
    /// The file as it was named; `-` is standard input.
    package let file: String
    /// Of a message in an mbox: where its From_ line begins, in octets from the beginning of the file.
    package var offset: Int?
    /// Of a message in an mbox: how it was unquoted.
    package var variant: String?
    /// The value of the Message-ID field.
    let messageID: String?
    package let authservID: String
    /// The Authentication-Results field that is put on top, with its folds as LF; null where none is written (a trusted
    /// relay).
    let headerField: String?
    /// Fields that are put on top with it: its seal, Received-SPF.
    let otherFields: [String]
    package let results: [Result]
    let removed: [Removal]
    package let envelope: EnvelopeReport
    /// When signatures had to be valid (RFC 3339).
    let judgedAt: String
    /// What the domain says to a rejected sender (RFC 7208, 6.2): a stranger's text.
    let spfExplanation: String?
    /// What the rules of the policy would have done; null if none matches.
    package let policy: PolicyReport?
    /// Answers of the DNS that were used; nil if they are not asked for.
    package var dns: [AnswerReport]?

    package struct Result: Encodable {
        let method: String
        package let result: String
        let reason: String?
        let comment: String?
        let properties: [Property]

        private enum Key: String, CodingKey { case method, result, reason, comment, properties }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(method, forKey: .method)
            try container.encode(result, forKey: .result)
            try container.encode(reason, forKey: .reason)
            try container.encode(comment, forKey: .comment)
            try container.encode(properties, forKey: .properties)
        }
    }

    struct Property: Encodable {
        let type: String
        let name: String
        let value: String
    }

    struct Removal: Encodable {
        let name: String
        /// Which of the fields of this name, from the top: 1 is the first, as in the milter protocol.
        let index: Int
        /// Where it stood in the header: 1 is the first field.
        let position: Int
        let id: String?
        let reason: String

        private enum Key: String, CodingKey { case name, index, position, id, reason }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
            try container.encode(index, forKey: .index)
            try container.encode(position, forKey: .position)
            try container.encode(id, forKey: .id)
            try container.encode(reason, forKey: .reason)
        }
    }

    private enum Key: String, CodingKey {
        case file, offset, variant
        case messageID = "message_id"
        case authservID = "authserv_id"
        case headerField = "header_field"
        case otherFields = "other_fields"
        case results, removed, envelope
        case judgedAt = "judged_at"
        case spfExplanation = "spf_explanation"
        case policy
        case dns
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(file, forKey: .file)
        try container.encodeIfPresent(offset, forKey: .offset)
        try container.encodeIfPresent(variant, forKey: .variant)
        try container.encode(messageID, forKey: .messageID)
        try container.encode(authservID, forKey: .authservID)
        try container.encode(headerField, forKey: .headerField)
        try container.encode(otherFields, forKey: .otherFields)
        try container.encode(results, forKey: .results)
        try container.encode(removed, forKey: .removed)
        try container.encode(envelope, forKey: .envelope)
        try container.encode(judgedAt, forKey: .judgedAt)
        try container.encode(spfExplanation, forKey: .spfExplanation)
        try container.encode(policy, forKey: .policy)
        try container.encodeIfPresent(dns, forKey: .dns)
    }
}

extension MessageReport {
    /// - Parameter tellsAnswers: whether the answers of the DNS are part of it.
    package init(_ message: ExaminedMessage, file: String, authservID: String, tellsAnswers: Bool) {
        self.file = file
        self.authservID = authservID
        messageID = message.messageID.map { String(decoding: $0.unfolded, as: UTF8.self) }
        let additions = message.judgement.edits.additions
        let isOurs = { (field: HeaderField) in field.isNamed(AuthenticationResults.fieldName) }
        headerField = additions.first(where: isOurs).map { String(decoding: $0.octets, as: UTF8.self) }
        otherFields = additions.filter { !isOurs($0) }.map { String(decoding: $0.octets, as: UTF8.self) }
        results = message.judgement.results?.results.map(Result.init) ?? []
        removed = message.judgement.removed.map(Removal.init)
        envelope = EnvelopeReport(message.envelope)
        judgedAt = Self.text(ofTime: message.judgedAt)
        spfExplanation = message.judgement.verdicts.spf?.explanation
        policy = message.decision.map(PolicyReport.init)
        dns = tellsAnswers ? AnswerReport.reports(of: message.answers) : nil
    }

    /// One line, keys in alphabetical order, without a line break at its end.
    package func line() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// RFC 3339, UTC.
    package static func text(ofTime seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}

extension MessageReport.Result {
    package init(_ info: ResultInfo) {
        self.init(
            method: info.method,
            result: info.result,
            reason: info.reason,
            comment: info.comment,
            properties: info.properties.map {
                MessageReport.Property(type: $0.type, name: $0.name, value: $0.value.text)
            }
        )
    }
}

extension MessageReport.Removal {
    init(_ removal: ForgedFields.Removal) {
        self.init(
            name: String(decoding: removal.name, as: UTF8.self),
            index: removal.occurrence,
            position: removal.index + 1,
            id: removal.claimedID,
            reason: removal.reason.description
        )
    }
}

extension [UInt8] {
    /// The value of a field on one line, without white space around it.
    var unfolded: [UInt8] {
        func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || (0x09...0x0D).contains(octet) }
        let trimmed = drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return trimmed.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    }
}
