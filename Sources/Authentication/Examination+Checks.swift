internal import ARC
internal import DKIM
internal import DMARC
internal import DNS
internal import MailSignature
internal import SPF

/// Which checks a message gets, and their run on the known answers.
extension Examination {
    /// False for a trusted relay's message that is to be left as it is.
    var isChecked: Bool { !isTrustedRelay || terms.policy.checkTrustedRelays }

    /// True for a message that a host of this site sends on: it comes from within, and without SMTP AUTH, whose user
    /// could have written any header.
    var isFromWithin: Bool {
        submission == nil && (client.address == nil || isTrustedRelay || client.isIn(terms.policy.localNetworks))
    }

    /// SPF, iprev and DMARC are for mail from external clients: they are skipped for authenticated clients, and a
    /// local client is judged by its signatures alone.
    func runs(_ check: Policy.Check) -> Bool {
        guard isChecked, terms.checks.contains(check) else { return false }
        let isSubmission = submission != nil && !terms.policy.checkAuthenticated
        switch check {
        case .auth: return submission != nil
        case .iprev, .spf, .dmarc:
            return !isSubmission && client.address != nil && !client.isIn(terms.policy.localNetworks)
        case .dkim, .arc: return !isSubmission
        }
    }

    /// Runs every check that has no verdict yet and whose time has come, on the known answers.
    /// - Parameter hasNews: false if nothing has changed for the client and the envelope since they were last
    ///   checked.
    mutating func evaluate(hasNews: Bool = true) {
        repeat {
            if isPastDeadline { answers.abandon(because: .deadline) }
            if hasNews, verdicts.reverseDNS == nil { verdicts.reverseDNS = reverseDNS?.evaluate(&answers) }
            if hasNews, verdicts.spf == nil { verdicts.spf = spf?.evaluate(&answers) }
            guard let digests else {
                dmarc?.ask(candidates: candidateDomains, &answers)
                continue
            }
            if verdicts.dkim == nil {
                verdicts.dkim = dkim?.evaluate(digests: digests, at: receivedAt, &answers)
            }
            if verdicts.arc == nil { verdicts.arc = arc?.evaluate(digests: digests, at: receivedAt, &answers) }
            // Not properties: to call one here would copy all of the examination.
            let isSPFSettled = spf == nil || verdicts.spf != nil
            let isDKIMSettled = dkim == nil || verdicts.dkim != nil
            if isDKIMSettled {
                chainSealing?.evaluate(dkim: verdicts.dkim, digests: digests, at: receivedAt, &answers)
            }
            if isSPFSettled, isDKIMSettled { evaluateDMARC() }
        } while isPastDeadline && !answers.open.isEmpty
    }

    private mutating func evaluateDMARC() {
        let spf = verdicts.spf?.dmarcIdentifier
        let dkim = verdicts.dkim?.compactMap(\.dmarcIdentifier) ?? []
        if verdicts.dmarc == nil {
            let unchecked = self.spf == nil || self.dkim == nil ? uncheckedByDMARC : nil
            verdicts.dmarc = dmarc?.evaluate(spf: spf, dkim: dkim, unchecked: unchecked, &answers)
        }
        if terms.policy.recordsAlignedMethods, let verdict = verdicts.dmarc, wantsAlignedMethods,
            verdicts.alignedMethods == nil
        {
            verdicts.alignedMethods = verdict.alignedMethods(spf: spf, dkim: dkim, &answers)
        }
    }

    /// True for a message that passes and whose domain asks for reports.
    private var wantsAlignedMethods: Bool {
        terms.policy.recordsAlignedMethods && verdicts.dmarc?.result == .pass
            && verdicts.dmarc?.record?.aggregateReportURIs.isEmpty == false
    }

    /// Why a message without an aligned identifier cannot be said to fail DMARC, if a check that may give one is not
    /// made.
    private var uncheckedByDMARC: String? {
        if spf == nil { return runs(.spf) ? "MAIL FROM is not known" : "SPF is not checked" }
        return dkim == nil ? "DKIM is not checked" : nil
    }

    var isSettled: Bool {
        (spf == nil || verdicts.spf != nil) && (dkim == nil || verdicts.dkim != nil)
            && (reverseDNS == nil || verdicts.reverseDNS != nil) && (arc == nil || verdicts.arc != nil)
            && (dmarc == nil || verdicts.dmarc != nil) && (!wantsAlignedMethods || verdicts.alignedMethods != nil)
            && chainSealing?.isSettled ?? true
    }
}
