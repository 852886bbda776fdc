internal import Authentication
internal import DNS
internal import FieldClaims
internal import Foundation
internal import Mail
package import MailPolicy
internal import Trace

/// The verdicts on one message in plain words, check by check: what was asked, what was answered, what was decided,
/// and by which section of which RFC.
package struct Explanation {
    let message: ExaminedMessage
    private let authservID: String
    private let rules: PolicyRules
    private var lines: [String] = []
    /// Answers that no check has reported yet.
    private var untold: Set<Question>

    init(_ message: ExaminedMessage, authservID: String, rules: PolicyRules) {
        self.message = message
        self.authservID = authservID
        self.rules = rules
        untold = Set(message.answers.keys)
    }

    /// The text, with a line break at the end of each line.
    package static func text(of message: ExaminedMessage, authservID: String, rules: PolicyRules) -> String {
        var explanation = Explanation(message, authservID: authservID, rules: rules)
        explanation.explain()
        return explanation.lines.map { $0 + "\n" }.joined()
    }

    var verdicts: Verdicts { message.judgement.verdicts }
    var isSubmission: Bool { verdicts.submission != nil || message.envelope.isSubmission }

    private mutating func explain() {
        explainEnvelope()
        explainRemovals()
        guard message.judgement.results != nil else {
            heading("Checks", "left to the trusted relay")
            say(
                "The client is in trusted-relays: the fields of the host that received the message from outside are kept, and none is added."
            )
            explainPolicy()
            return
        }
        explainSubmission()
        explainReverseDNS()
        explainSPF()
        explainDKIM()
        explainARC()
        explainDMARC()
        explainPolicy()
        heading("Field", "what is put on top (RFC 8601, 2.2)")
        for field in message.judgement.edits.additions {
            for line in String(decoding: field.octets, as: UTF8.self).split(separator: "\n") { say(String(line)) }
        }
    }

    // MARK: The input

    private mutating func explainEnvelope() {
        let envelope = message.envelope
        heading("Envelope", "who sent it, and how we know")
        let shown = EnvelopeReport(envelope)
        for (name, value) in [
            ("client", shown.client), ("its name", shown.reverseName), ("HELO", shown.helo),
            ("MAIL FROM", shown.mailFrom), ("received at", shown.receivedAt),
        ] {
            say(value.map { "\(name): \(Self.plain($0.value)) (from \($0.source))" } ?? "\(name): not known")
        }
        if let hop = shown.hop {
            say(
                "The border hop is Received field \(hop.received), as \(hop.layout) writes it"
                    + (hop.with.map { ", with \($0)" } ?? "")
                    + (hop.tls ? ", encrypted" : "") + (hop.auth ? ", the client had authenticated" : "")
                    + " (RFC 5321, 4.4; RFC 3848)."
            )
        }
        if let reason = shown.reason { say("No border hop: \(reason).") }
        say("Signatures must be valid at \(MessageReport.text(ofTime: message.judgedAt)).")
    }

    private mutating func explainRemovals() {
        let removed = message.judgement.removed
        heading("Forged fields", removed.isEmpty ? "none" : "\(removed.count) removed (RFC 8601, 5)")
        if removed.isEmpty {
            say(
                "No Authentication-Results field claims to be written by \(authservID), or the client is a trusted relay."
            )
        }
        for removal in removed {
            let id = removal.claimedID.map { ", id \"\(Self.plain($0))\"" } ?? ""
            say("field \(removal.index + 1), \(String(decoding: removal.name, as: UTF8.self))\(id): \(removal.reason)")
        }
    }

    /// The outcome of the rules, one by one, from the first.
    private mutating func explainPolicy() {
        guard !rules.isEmpty else { return }
        let decision = message.decision
        let outcome =
            decision.map { "\($0.match.action.rawValue) by rule \($0.match.rule)" + ($0.isDryRun ? " (dry run)" : "") }
        heading("Policy", outcome ?? "no rule matches: the message goes on")
        let facts = MessageFacts(message.judgement, message.policyEnvelope)
        for (number, rule) in rules.rules.enumerated() {
            let trial = rules.isDryRun || rule.isDryRun ? ", dry run" : ""
            say("\(number + 1). \(rule.name) (\(rule.action.rawValue)\(trial)) \(Self.plain(rule.explanation(facts)))")
        }
        if let reply = decision?.match.reply { say("The reply to the sender: \(reply)") }
    }

    // MARK: How it is written

    mutating func heading(_ name: String, _ result: String) {
        if !lines.isEmpty { lines.append("") }
        lines.append("\(name): \(result)")
    }

    mutating func say(_ text: String) {
        lines.append("    " + text)
    }

    /// The questions and answers that have not been reported yet.
    mutating func explainAnswers(of isWanted: (Question) -> Bool) {
        for question in untold.filter(isWanted).sorted(by: { $0.description < $1.description }) {
            untold.remove(question)
            guard let answer = message.answers[question] else { continue }
            guard !answer.records.isEmpty else {
                say("asked \(question); answered: \(answer.outcome.word)")
                continue
            }
            let lines = ZoneFile.text(of: [question: Answer(answer.outcome, ttl: answer.ttl)]).split(separator: "\n")
            for line in lines { say("asked \(question); answered: \(line)") }
        }
    }

    /// Controls, and characters that turn the direction of text or break its lines.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Text from outside, without what a terminal would obey.
    package static func plain(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { plain, scalar in
            plain += isInvisible(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
    }
}
