package import ARC
package import ARCSealing
package import AuthResults
package import DKIM
package import DMARC
package import FieldClaims
package import Mail
package import SPF

/// What was found out about one message; a check that did not run has no verdict.
package struct Verdicts: Sendable {
    package internal(set) var submission: SubmissionVerdict?
    package internal(set) var reverseDNS: ReverseDNSVerdict?
    package internal(set) var spf: SPFVerdict?
    /// One for each signature, from the top; empty for a message without any, nil if DKIM was not checked.
    package internal(set) var dkim: [DKIMVerdict]?
    package internal(set) var arc: ARCVerdict?
    package internal(set) var dmarc: DMARCVerdict?
    /// The methods that gave an aligned identifier; nil if they are not wanted, or if DMARC does not pass.
    package internal(set) var alignedMethods: Set<DMARCVerdict.AlignedIdentifier.Method>?
    /// Why signatures and the author's domain were not checked, if the header was larger than the limits allow.
    package internal(set) var headerLimit: String?
    /// Which of these checks would have run: the field says that they did not.
    var isDKIMWanted = false
    var isDMARCWanted = false
}

/// The result of an ``Examination``: verdicts, the field that states them, and the changes to the header.
package struct Judgement: Sendable {
    package let verdicts: Verdicts
    /// The value of the new field; nil for a trusted relay's message that is not checked.
    package let results: AuthenticationResults?
    /// Removals of forged fields, and the new field on top.
    package let edits: HeaderEdits
    /// The fields that are removed, and why.
    package let removed: [ForgedFields.Removal]
    /// The ARC Set that was added, or why it was not; nil for a message that is not to have one.
    package let arcSeal: ARCSeal?

    package enum ARCSeal: Hashable, Sendable {
        case added(ChainPosition)
        /// Not added; the reason is the filter's own text.
        case omitted(reason: String)
    }
}
