package import DNS
internal import MailAddresses

/// The SPF check of one message (RFC 7208): MAIL FROM, and the HELO name as a separate identity.
///
/// The subject of the check is decided at once, from the envelope alone; then ``evaluate(_:)`` is called, and called
/// again when answers arrive. Records are parsed and names, limits and errors are judged here; libspf2 goes through
/// the terms, and is given nothing that came from outside.
package struct SPFCheck: Sendable {
    /// What is checked.
    private enum Subject {
        case mailFrom
        /// The sender is null.
        case helo
        case nothing(String)
    }

    private let subject: Subject
    private var mailFrom: CheckHost?
    private var helo: CheckHost?
    private var records: [Domain: SPFRecord] = [:]

    /// - Parameters:
    ///   - client: the SMTP client; an IPv4-mapped address is the IPv4 address.
    ///   - helo: the argument of HELO or EHLO as the client gave it; empty if it gave none.
    ///   - mailFrom: the argument of MAIL FROM, as the milter protocol gives it.
    ///   - macroAddress: the MTA's own reading of it, the milter macro `{mail_addr}`, if known.
    ///   - voidLookupLimit: terms whose lookup may find nothing (RFC 7208, 4.6.4, recommends 2).
    ///   - receiver: the name of this host, for explanations.
    ///   - receivedAt: seconds since 1970, for explanations.
    package init(
        client: IPAddress,
        helo: [UInt8],
        mailFrom: [UInt8],
        macroAddress: [UInt8]?,
        voidLookupLimit: Int,
        receiver: String,
        receivedAt: Int64
    ) {
        let name = HELOArgument(helo)
        var heloName = helo
        /// A dot after a name is not part of it; within a name that a macro makes, it would be an empty label.
        if case .domain = name, heloName.last == UInt8(ascii: ".") { heloName.removeLast() }
        func checkHost(localPart: [UInt8], _ domain: Domain, explains: Bool) -> CheckHost {
            let context = MacroContext(
                client: client.unmapped,
                localPart: localPart,
                senderDomain: Array(domain.text.utf8),
                helo: heloName,
                receiver: Array(receiver.utf8),
                time: receivedAt
            )
            return CheckHost(domain: domain, context: context, voidLookupLimit: voidLookupLimit, explains: explains)
        }
        let sender = Sender(mailFrom, macroAddress: macroAddress)
        switch sender {
        case .null: subject = .helo
        case .mailbox(let localPart, let domain):
            subject = .mailFrom
            self.mailFrom = checkHost(localPart: localPart, domain, explains: true)
        case .notChecked(let reason): subject = .nothing(reason)
        }
        /// RFC 7208, 2.3: only a fully qualified name is checked.
        if case .domain(let domain) = name, domain.parent != nil {
            self.helo = checkHost(localPart: Self.postmaster, domain, explains: sender == .null)
        }
    }

    /// The domain that may turn out to be authenticated, for callers that want to ask the DNS about it early; nil if
    /// there is none.
    package var domain: Domain? {
        switch subject {
        case .mailFrom: mailFrom?.domain
        case .helo: helo?.domain
        case .nothing: nil
        }
    }

    /// The verdict, or nil as long as an answer is missing. Both identities ask at once. When there is a verdict,
    /// questions that were asked ahead may still be open; nothing depends on them any more.
    package mutating func evaluate(_ answers: inout Answers) -> SPFVerdict? {
        helo?.evaluate(&records, &answers)
        mailFrom?.evaluate(&records, &answers)
        if let helo, helo.outcome == nil { return nil }
        switch subject {
        case .mailFrom:
            guard let mailFrom, let outcome = mailFrom.outcome else { return nil }
            return verdict(outcome, .mailFrom(mailFrom.domain))
        case .helo:
            guard let helo, let outcome = helo.outcome else {
                let reason = "the sender is null and HELO is not a domain name"
                return verdict(CheckHost.Outcome(result: .none, reason: reason), nil)
            }
            return verdict(outcome, .helo(helo.domain))
        case .nothing(let reason):
            return verdict(CheckHost.Outcome(result: .none, reason: reason), nil)
        }
    }

    /// RFC 7208, 2.4 and 4.3: the local-part if there is none.
    static let postmaster = Array("postmaster".utf8)

    private func verdict(_ outcome: CheckHost.Outcome, _ identity: SPFVerdict.Identity?) -> SPFVerdict {
        var own: SPFVerdict.HELO?
        if let helo, let outcome = helo.outcome {
            own = SPFVerdict.HELO(
                domain: helo.domain,
                result: outcome.result,
                reason: outcome.reason,
                mechanism: outcome.mechanism
            )
        }
        return SPFVerdict(
            result: outcome.result,
            identity: identity,
            reason: outcome.reason,
            explanation: outcome.explanation,
            mechanism: outcome.mechanism,
            queries: outcome.queryingTerms,
            voidLookups: outcome.voidLookups,
            helo: own
        )
    }
}
