package import Authentication
internal import DKIM
internal import DMARC
internal import DNS
internal import Mail
internal import MailAddresses
internal import SPF

/// The contribution of one message to the reports.
package struct Observation: Hashable, Sendable {
    package let policy: PublishedPolicy
    /// The URIs of `rua=`, in their order.
    package let destinations: [String]
    /// The hour in which the message came: seconds since 1970, a multiple of 3600.
    package let hour: Int64
    package let row: ReportRow

    /// What this site did with the message.
    package struct Handling: Hashable, Sendable {
        package let disposition: ReportRow.Disposition
        /// Why that differs from what the domain asks for.
        package let reasons: [ReportRow.Reason]

        package init(_ disposition: ReportRow.Disposition, reasons: [ReportRow.Reason] = []) {
            self.disposition = disposition
            self.reasons = reasons
        }
    }

    /// URIs of a record that are kept; the only purpose of more is to make us send.
    private static let destinationLimit = 10

    package init(policy: PublishedPolicy, destinations: [String], hour: Int64, row: ReportRow) {
        self.policy = policy
        self.destinations = destinations
        self.hour = hour
        self.row = row
    }

    /// Nil for a message that is in no report: no policy applies, or no reports are requested.
    /// - Parameters:
    ///   - mailFrom: the argument of MAIL FROM as given; nil if unknown.
    ///   - handling: nil for a message that was passed on whatever its policy.
    ///   - time: when the message came, in seconds since 1970.
    package init?(
        _ judgement: Judgement,
        client: Client,
        mailFrom: [UInt8]?,
        handling: Handling? = nil,
        at time: Int64
    ) {
        let verdicts = judgement.verdicts
        guard let address = client.address, let dmarc = verdicts.dmarc, let record = dmarc.record,
            let place = dmarc.recordDomain, let author = dmarc.authorDomain, place.isPlain,
            record.aggregateReportURIs.contains(where: { ReportDestination($0) != nil })
        else { return nil }
        switch dmarc.result {
        case .none: return nil
        case .pass, .fail, .temperror, .permerror: break
        }
        policy = PublishedPolicy(record, at: place)
        destinations = Array(record.aggregateReportURIs.prefix(Self.destinationLimit))
        hour = (max(time, 0) / 3600) * 3600
        let methods = verdicts.alignedMethods ?? []
        let outcome = Self.outcome(dmarc, handling)
        row = ReportRow(
            sourceIP: address.description,
            disposition: outcome.disposition,
            dkimAligned: methods.contains(.dkim),
            spfAligned: methods.contains(.spf),
            reasons: outcome.reasons,
            headerFrom: author.text,
            envelopeFrom: Self.envelopeFrom(mailFrom),
            signatures: Self.signatures(verdicts.dkim ?? [], author),
            spf: verdicts.spf.flatMap(Self.sender)
        )
    }

    /// What was done, and why it differs from what the policy asks for.
    private static func outcome(_ dmarc: DMARCVerdict, _ handling: Handling?) -> Handling {
        let asked = dmarc.policy ?? .none
        switch dmarc.result {
        case .pass, .none: return Handling(asked == .none ? .none : .pass, reasons: handling?.reasons ?? [])
        case .fail: break
        case .temperror, .permerror:
            return handling ?? Handling(.none, reasons: [.init(.other, dmarc.reason)])
        }
        var reasons = handling?.reasons ?? []
        if dmarc.record?.isTesting == true, !reasons.contains(where: { $0.kind == .policyTestMode }) {
            reasons.insert(.init(.policyTestMode), at: 0)
        }
        if let handling { return Handling(handling.disposition, reasons: reasons) }
        if asked != .none { reasons.append(.init(.localPolicy, "the policy is not enforced here")) }
        return Handling(.none, reasons: reasons)
    }

    private static func envelopeFrom(_ mailFrom: [UInt8]?) -> String? {
        guard let mailFrom, let path = ReversePath(mailFrom) else { return nil }
        guard let mailbox = path.mailbox else { return "" }
        return if case .domain(let domain) = mailbox.host { domain.text } else { nil }
    }

    /// In the order of RFC 9990: passing and equal to the author's domain, passing and above or below it, passing, the
    /// rest.
    private static func signatures(_ verdicts: [DKIMVerdict], _ author: Domain) -> [ReportRow.Signature] {
        func rank(_ verdict: DKIMVerdict) -> Int {
            guard verdict.result == .pass, let domain = verdict.domain else { return 3 }
            if domain == author { return 0 }
            return domain.isEqualOrBelow(author) || author.isEqualOrBelow(domain) ? 1 : 2
        }
        return verdicts.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .compactMap { _, verdict in
                guard let domain = verdict.domain, let selector = verdict.selector else { return nil }
                return ReportRow.Signature(
                    domain: domain.text,
                    selector: selector.text,
                    result: verdict.result.rawValue,
                    humanResult: verdict.result == .pass ? nil : verdict.reason
                )
            }
    }

    private static func sender(_ verdict: SPFVerdict) -> ReportRow.Sender? {
        guard let domain = verdict.identity?.domain else { return nil }
        let result =
            switch verdict.result {
            case .none, .neutral, .pass, .fail, .softfail, .temperror, .permerror: verdict.result.rawValue
            // The schema has no such word: the record was not evaluated to its end.
            case .policy: SPFResult.permerror.rawValue
            }
        let isPlain = [.pass, .fail, .softfail, .neutral].contains(verdict.result)
        return ReportRow.Sender(domain: domain.text, result: result, humanResult: isPlain ? nil : verdict.reason)
    }
}

extension Domain {
    /// True for letters, digits, hyphens and underscores: the characters allowed in a file name and a subject.
    fileprivate var isPlain: Bool {
        text.utf8.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
