internal import ARC
internal import AuthResults
internal import Authentication
internal import DKIM
internal import DMARC
internal import DNS
internal import MailSignature
internal import SPF
internal import Trace

/// The checks of a message, one by one.
extension Explanation {
    mutating func explainSubmission() {
        guard let verdict = verdicts.submission else { return }
        heading("auth", "pass (RFC 8601, 2.7.4; RFC 4954)")
        say(
            "The client had authenticated"
                + (verdict.identity.map { " as \"\(Self.plain($0))\"" } ?? "")
                + (verdict.mechanism.map { " by \($0)" } ?? "")
                + ". Only this is claimed: a user's submission is not mail from outside."
        )
        if let author = verdict.author {
            say("It says that \(author) submitted the message (RFC 4954, 5: the AUTH parameter of MAIL).")
        }
    }

    /// Why a check about the client did not run.
    private var withoutClient: String {
        if verdicts.submission != nil || isSubmission {
            return "Not checked: the client had authenticated; it is not from outside."
        }
        guard message.envelope.client != nil else { return "Not checked: the client is unknown." }
        return "Not checked: switched off, or the client is in local-networks."
    }

    /// Why a check of the header did not run.
    private var withoutHeader: String? { verdicts.headerLimit.map { "Because: \($0)." } }

    /// The field's result for a check that did not run.
    private func writtenResult(_ method: String) -> String {
        message.judgement.results?.results.first { $0.method == method }?.result ?? "no result"
    }

    mutating func explainReverseDNS() {
        guard let verdict = verdicts.reverseDNS else {
            heading("iprev", "no result (RFC 8601, 3)")
            say(withoutClient)
            return
        }
        heading("iprev", "\(verdict.result.rawValue) (RFC 8601, 3)")
        say("Does the name of the client's address point back to the address?")
        let names = message.answers.names(of: .ptr)
        explainAnswers { $0.type == .ptr || ($0.type != .txt && names.contains($0.name)) }
        if let name = verdict.name { say("\(name) has this address.") }
        if let reason = verdict.reason { say("Because: \(reason).") }
    }

    mutating func explainSPF() {
        guard let verdict = verdicts.spf else {
            heading("spf", "no result (RFC 7208)")
            let isWithoutSender = message.envelope.client != nil && message.envelope.mailFrom == nil && !isSubmission
            say(isWithoutSender ? "Not checked: MAIL FROM is unknown." : withoutClient)
            return
        }
        heading("spf", "\(verdict.result.rawValue) (RFC 7208, \(Self.section(of: verdict.result)))")
        switch verdict.identity {
        case .mailFrom(let domain): say("May the client send for \(domain), the domain of MAIL FROM (RFC 7208, 2.4)?")
        case .helo(let domain):
            say("The sender is null: may the client send as \(domain), its HELO name (RFC 7208, 2.4)?")
        case nil: say("There is no domain to ask.")
        }
        explainAnswers { question in
            question.type != .ptr && !question.name.text.hasPrefix("_dmarc.")
                && !question.name.text.contains("._domainkey.")
        }
        if let mechanism = verdict.mechanism { say("The term that decided: \(mechanism)") }
        if let reason = verdict.reason { say("Because: \(reason).") }
        say("\(verdict.queries) of 10 terms with lookups, \(verdict.voidLookups) without an answer (RFC 7208, 4.6.4).")
        if let explanation = verdict.explanation { say("The domain's own words (not ours): \(explanation)") }
        if let helo = verdict.helo, case .mailFrom = verdict.identity {
            say(
                "HELO \(helo.domain) as a separate identity: \(helo.result.rawValue); it never replaces MAIL FROM."
            )
        }
    }

    private static func section(of result: SPFResult) -> String {
        switch result {
        case .none: "2.6.1"
        case .neutral: "2.6.2"
        case .pass: "2.6.3"
        case .fail: "2.6.4"
        case .softfail: "2.6.5"
        case .temperror: "2.6.6"
        case .permerror, .policy: "2.6.7"
        }
    }

    mutating func explainDKIM() {
        guard let all = verdicts.dkim else {
            heading("dkim", "\(writtenResult("dkim")) (RFC 6376)")
            say(withoutHeader ?? "Not checked: switched off, or a submission.")
            return
        }
        guard !all.isEmpty else {
            heading("dkim", "none (RFC 6376)")
            say("The message has no DKIM-Signature.")
            return
        }
        for (number, verdict) in all.enumerated() {
            heading("dkim, signature \(number + 1)", "\(verdict.result.rawValue) (RFC 6376, 6.1)")
            if let domain = verdict.domain, let selector = verdict.selector {
                say(
                    (verdict.result == .pass ? "Signed" : "Said to be signed")
                        + " for \(domain) with the key \(selector)"
                        + (verdict.algorithm.map { ", \($0.rawValue)" } ?? "")
                        + (verdict.keyBits.map { ", \($0) bits" } ?? "") + "."
                )
                explainAnswers { $0.name.text == "\(selector)._domainkey.\(domain)" }
            }
            if verdict.isTesting { say("The key says t=y: the domain is trying DKIM out (RFC 6376, 3.6.1).") }
            switch verdict.result {
            case .pass: say("Body hash and signature are right: the domain vouches for what it signed.")
            case .fail, .policy, .neutral, .temperror, .permerror:
                say("Because: \(verdict.reason ?? "no reason given").")
            }
        }
    }

    mutating func explainARC() {
        guard let verdict = verdicts.arc else {
            heading("arc", "no result (RFC 8617)")
            say(withoutHeader ?? "Not checked: switched off, or a submission.")
            return
        }
        heading("arc", "\(verdict.result.rawValue) (RFC 8617, 5.2)")
        say(verdict.sets == 0 ? "The message has no ARC Set." : "ARC Sets: \(verdict.sets).")
        explainAnswers { $0.name.text.contains("._domainkey.") }
        if !verdict.sealers.isEmpty { say("Sealed by: \(verdict.sealers.map(\.text).joined(separator: ", ")).") }
        if let oldest = verdict.oldestPass {
            say(oldest == 0 ? "Every message signature still verifies." : "Verifies back to instance \(oldest).")
        }
        if let reason = verdict.reason { say("Because: \(reason).") }
        if verdict.result == .pass { say("A pass says who handled the message; it changes no other result.") }
    }

    mutating func explainDMARC() {
        guard let verdict = verdicts.dmarc else {
            heading("dmarc", "\(writtenResult("dmarc")) (RFC 9989)")
            say(withoutHeader ?? withoutClient)
            return
        }
        heading("dmarc", "\(verdict.result.rawValue) (RFC 9989, 4.4 and 5)")
        if let domain = verdict.authorDomain {
            say("The author's domain, from the From field: \(domain).")
        } else if verdict.candidates.isEmpty {
            say("The From field names no domain (RFC 9989, 5.3.1).")
        }
        if !verdict.candidates.isEmpty {
            say(
                "Readers may differ about the author. Judged, with the worst result reported (RFC 9989, 5.3.1): "
                    + verdict.candidates.map(\.text).joined(separator: ", ") + "."
            )
        }
        explainAnswers { _ in true }
        if let record = verdict.recordDomain, let source = verdict.recordSource {
            say(
                "The policy is at \(record), the \(source.rawValue) (RFC 9989, 4.10.1)"
                    + (verdict.policy.map { "; what its owner wants done with mail that fails: \($0.rawValue)." } ?? ".")
            )
        }
        if let organization = verdict.organizationalDomain { say("The organizational domain is \(organization).") }
        for identifier in verdict.alignedIdentifiers {
            say("Aligned and authenticated: \(identifier.domain), by \(identifier.method.rawValue).")
        }
        if let reason = verdict.reason { say("Because: \(reason).") }
    }
}

extension [Question: Answer] {
    /// The names that answers of pointer questions gave.
    fileprivate func names(of type: RecordType) -> Set<Domain> {
        var names: Set<Domain> = []
        for (question, answer) in self where question.type == type {
            for case .ptr(let name?) in answer.records { names.insert(name) }
        }
        return names
    }
}
