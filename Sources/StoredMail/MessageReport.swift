internal import AuthResults
import Authentication
import DNS
internal import FieldClaims
import Mail
import SPF
package import Summaries

/// What was found out about one message, as a JSON object. The names of its keys are stable.
///
/// Every key is in every object, null if there is no value, except for those that only archives have, and `dns`,
/// which is present if it was asked for.
package struct MessageReport {
    /// The file as the user named it; `-` is standard input.
    package let file: String
    /// For a message in an mbox: where its From_ line begins, in octets from the beginning of the file.
    package var offset: Int?
    /// For a message in an mbox: how it was unquoted.
    package var variant: String?
    /// For a message in an archive: what a summary counts, in addition to the other keys.
    package var tally: MessageTally?
    /// The value of the Message-ID field.
    let messageID: String?
    package let authservID: String
    /// The Authentication-Results field that is put on top, with its folds as LF; null if none is written (a trusted
    /// relay).
    let headerField: String?
    /// Fields that are put on top with it: its seal, Received-SPF.
    let otherFields: [String]
    let results: [ResultInfo]
    let removed: [ForgedFields.Removal]
    let envelope: EnvelopeReport
    /// When signatures had to be valid (RFC 3339).
    let judgedAt: String
    /// The domain's text for a rejected sender (RFC 7208, 6.2), written by the domain's owner.
    let spfExplanation: String?
    /// What the rules of the policy would have done; null if none matches.
    let policy: PolicyReport?
    /// The DNS answers that were used; nil if they are not asked for.
    let dns: [AnswerReport]?

    /// - Parameter includesAnswers: whether the DNS answers are included.
    package init(_ message: ExaminedMessage, file: String, authservID: String, includesAnswers: Bool) {
        self.file = file
        self.authservID = authservID
        messageID = message.messageID.map { String(decoding: $0.unfolded, as: UTF8.self) }
        let additions = message.judgement.edits.additions
        let isOurs = { (field: HeaderField) in field.isNamed(AuthenticationResults.fieldName) }
        headerField = additions.first(where: isOurs).map { String(decoding: $0.octets, as: UTF8.self) }
        otherFields = additions.filter { !isOurs($0) }.map { String(decoding: $0.octets, as: UTF8.self) }
        results = message.judgement.results?.results ?? []
        removed = message.judgement.removed
        envelope = EnvelopeReport(message.envelope)
        judgedAt = Self.text(ofTime: message.judgedAt)
        spfExplanation = message.judgement.verdicts.spf?.explanation
        policy = message.decision.map(PolicyReport.init)
        dns = includesAnswers ? AnswerReport.reports(of: message.answers) : nil
    }

    /// One line, keys in alphabetical order, without a line break at its end.
    package func line() -> [UInt8] {
        JSONWriter.object { json in
            json.member("authserv_id", authservID)
            if let dns { json.member("dns", dns) { $1.write(to: &$0) } }
            if let tally {
                json.member("dns_failures", tally.dnsFailures) { json, failure in
                    json.member("name", failure.name)
                    json.member("outcome", failure.outcome)
                    json.member("type", failure.type)
                }
            }
            json.member("envelope", envelope) { $1.write(to: &$0) }
            if let proof = tally?.fieldProof { json.member("field_proof", proof) }
            json.member("file", file)
            json.member("header_field", headerField)
            json.member("judged_at", judgedAt)
            json.member("message_id", messageID)
            if let tally {
                json.member("octets", tally.octets)
                json.member("odd_lines", tally.oddLines)
            }
            if let offset { json.member("offset", offset) }
            json.member("other_fields", otherFields)
            json.member("policy", policy) { $1.write(to: &$0) }
            json.member("removed", Array(removed.enumerated())) { write($1.element, number: $1.offset, to: &$0) }
            json.member("results", results) { Self.write($1, to: &$0) }
            json.member("spf_explanation", spfExplanation)
            if let tally { json.member("unknown_client", tally.unknownClient) }
            if let variant { json.member("variant", variant) }
        }
    }

    private static func write(_ result: ResultInfo, to json: inout JSONWriter) {
        json.member("comment", result.comment)
        json.member("method", result.method)
        json.member("properties", result.properties) { json, property in
            json.member("name", property.name)
            json.member("type", property.type)
            json.member("value", property.value.text)
        }
        json.member("reason", result.reason)
        json.member("result", result.result)
    }

    /// `index`: its number among the fields of this name, from the top, 1 being the first, as in the milter protocol.
    /// `position`: its place in the header, likewise.
    private func write(_ removal: ForgedFields.Removal, number: Int, to json: inout JSONWriter) {
        json.member("id", removal.claimedID)
        json.member("index", removal.occurrence)
        json.member("name", String(decoding: removal.name, as: UTF8.self))
        if let tally { json.member("place", tally.forgeries[number].place.rawValue) }
        json.member("position", removal.index + 1)
        json.member("reason", removal.reason.description)
    }

    /// RFC 3339, UTC.
    package static func text(ofTime seconds: Int64) -> String {
        DateTime(secondsSince1970: seconds).text
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
