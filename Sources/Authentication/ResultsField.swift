internal import ARC
internal import AuthResults
internal import DKIM
internal import DMARC
internal import DNS
internal import Mail
internal import MailSignature
internal import SPF

/// The one field that states what was found (RFC 8601): which results, in which order, with which properties.
///
/// Of what a sender or a zone wrote, only values whose grammar was checked where they were parsed get into it;
/// reasons are the filter's own texts.
struct ResultsField {
    let verdicts: Verdicts
    let client: Client

    /// Signatures that are reported one by one. Some readers overflow on long lists.
    private static let signatureReportLimit = 50

    /// True if a field can have this authserv-id.
    static func canBear(_ authservID: String) -> Bool {
        (try? AuthenticationResults(authservID: authservID)) != nil
    }

    /// The value; nil if the authserv-id cannot be written.
    func results(authservID: String) -> AuthenticationResults? {
        let results = auth + iprev + spf + dkim + arc + dmarc
        return try? AuthenticationResults(authservID: authservID, results: results)
    }

    /// The field as it is put on top of the header.
    func field(_ results: AuthenticationResults) -> HeaderField {
        HeaderField(name: Array(AuthenticationResults.fieldName.utf8), value: results.serialized())
    }

    /// RFC 8601, 2.7.4
    private var auth: [ResultInfo] {
        guard let verdict = verdicts.submission else { return [] }
        return result(
            "auth",
            "pass",
            comment: verdict.showsMechanism ? verdict.mechanism : nil,
            [
                property("smtp", "auth", verdict.identity.flatMap { try? PropertyValue.inert($0) }),
                property("smtp", "mailfrom", verdict.author.flatMap { try? PropertyValue.inert($0) }),
            ]
        )
    }

    /// RFC 8601, 2.7.3
    private var iprev: [ResultInfo] {
        guard let verdict = verdicts.reverseDNS else { return [] }
        return result("iprev", verdict.result.rawValue, reason: verdict.reason, [clientAddress("policy", "iprev")])
    }

    /// RFC 8601, 2.7.2: the identity that decided; of MAIL FROM, only the domain.
    private var spf: [ResultInfo] {
        guard let verdict = verdicts.spf else { return [] }
        let identity: Property? =
            switch verdict.identity {
            case .mailFrom(let domain): property("smtp", "mailfrom", domain.text)
            case .helo(let domain): property("smtp", "helo", domain.text)
            case nil: nil
            }
        let reason: String? =
            switch verdict.result {
            case .pass, .fail, .softfail, .neutral: nil
            case .none, .policy, .temperror, .permerror: verdict.reason
            }
        return result("spf", verdict.result.rawValue, reason: reason, [identity])
    }

    /// RFC 8601, 2.7.1; one result for each signature, from the top.
    private var dkim: [ResultInfo] {
        if let limit = verdicts.headerLimit, verdicts.isDKIMWanted {
            return result("dkim", "policy", reason: limit)
        }
        guard let all = verdicts.dkim else { return [] }
        if all.isEmpty { return result("dkim", "none") }
        let reported = all.prefix(Self.signatureReportLimit)
        let shown = SignaturePrefixes(reported.map { ($0.signatureText, $0.result) })
        var results = zip(reported, shown.prefixes).flatMap { signature($0, shown: $1) }
        if all.count > reported.count {
            let rest = "\(all.count - reported.count) more signatures: not reported"
            results += result("dkim", "policy", reason: rest)
        }
        return results
    }

    private func signature(_ verdict: DKIMVerdict, shown: String?) -> [ResultInfo] {
        result(
            "dkim",
            verdict.result.rawValue,
            comment: verdict.isTesting ? "test mode" : nil,
            reason: verdict.reason,
            [
                property("header", "d", verdict.domain?.text),
                property("header", "i", verdict.identity.flatMap(Self.identity)),
                property("header", "s", verdict.selector?.text),
                property("header", "a", verdict.algorithm?.rawValue),
                property("header", "b", shown),
            ]
        )
    }

    /// The identity in the form of an e-mail identity (RFC 8601, 2.2); nil for one that has no such form, or none in
    /// ASCII: an encoded `i=` (RFC 6376, 2.11) must not turn a message into one that needs SMTPUTF8.
    private static func identity(_ identity: DKIMIdentity) -> PropertyValue? {
        if identity.localPart.isEmpty {
            return try? PropertyValue.mailbox(localPart: nil, domain: identity.domain.text)
        }
        guard identity.localPart.allSatisfy({ $0 < 0x80 }) else { return nil }
        return try? PropertyValue.inert(
            String(decoding: identity.localPart, as: UTF8.self) + "@" + identity.domain.text
        )
    }

    /// RFC 8617, 6
    private var arc: [ResultInfo] {
        guard let verdict = verdicts.arc else { return [] }
        switch verdict.result {
        case .none: return result("arc", "none")
        case .pass, .fail:
            return result(
                "arc",
                verdict.result.rawValue,
                reason: verdict.reason,
                [
                    clientAddress("smtp", "remote-ip"),
                    property("header", "oldest-pass", verdict.oldestPass.map(String.init)),
                ]
            )
        }
    }

    /// RFC 9989, 9.1
    private var dmarc: [ResultInfo] {
        if let limit = verdicts.headerLimit, verdicts.isDMARCWanted {
            return result("dmarc", "permerror", reason: limit)
        }
        guard let verdict = verdicts.dmarc else { return [] }
        let reason: String? =
            switch verdict.result {
            case .none, .pass, .fail: verdict.candidates.isEmpty ? nil : verdict.reason
            case .temperror, .permerror: verdict.reason
            }
        return result(
            "dmarc",
            verdict.result.rawValue,
            reason: reason,
            [
                property("header", "from", verdict.authorDomain?.text),
                property("policy", "dmarc", verdict.policy?.rawValue),
            ]
        )
    }

    private func clientAddress(_ type: String, _ name: String) -> Property? {
        property(type, name, client.address?.description)
    }

    private func property(_ type: String, _ name: String, _ value: PropertyValue?) -> Property? {
        value.flatMap { try? Property(type, name, $0) }
    }

    private func property(_ type: String, _ name: String, _ text: String?) -> Property? {
        property(type, name, text.flatMap { try? PropertyValue.value($0) })
    }

    /// One result; a text that no field can hold would be a bug of ours, and is left out.
    private func result(
        _ method: String,
        _ result: String,
        comment: String? = nil,
        reason: String? = nil,
        _ properties: [Property?] = []
    ) -> [ResultInfo] {
        let properties = properties.compactMap(\.self)
        let info =
            (try? ResultInfo(method: method, result: result, comment: comment, reason: reason, properties: properties))
            ?? (try? ResultInfo(method: method, result: result, properties: properties))
        return info.map { [$0] } ?? []
    }
}
