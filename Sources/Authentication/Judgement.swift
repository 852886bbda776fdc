public import ARC
public import ARCSealing
public import AuthResults
public import DKIM
public import DMARC
public import FieldClaims
public import Mail
public import SPF

/// What was found out about one message; a check that did not run has no verdict.
public struct Verdicts: Sendable {
    public internal(set) var submission: SubmissionVerdict?
    public internal(set) var reverseDNS: ReverseDNSVerdict?
    public internal(set) var spf: SPFVerdict?
    /// One for each signature, from the top; empty for a message without any, nil if DKIM was not checked.
    public internal(set) var dkim: [DKIMVerdict]?
    public internal(set) var arc: ARCVerdict?
    public internal(set) var dmarc: DMARCVerdict?
    /// The methods that gave an aligned identifier; nil if they are not wanted, or if DMARC does not pass.
    public internal(set) var alignedMethods: Set<DMARCVerdict.AlignedIdentifier.Method>?
    /// Why signatures and the author's domain were not checked, if the header was larger than the limits allow.
    public internal(set) var headerLimit: String?
    /// Which of these checks would have run: the field says that they did not.
    var isDKIMWanted = false
    var isDMARCWanted = false
}

/// The result of an ``Examination``: verdicts, the field that states them, and the changes to the header.
public struct Judgement: Sendable {
    public let verdicts: Verdicts
    /// The value of the new field; nil for a trusted relay's message that is not checked.
    public let results: AuthenticationResults?
    /// Removals of forged fields, and the new field on top.
    public let edits: HeaderEdits
    /// The fields that are removed, and why.
    public let removed: [ForgedFields.Removal]
    /// The ARC Set that was added, or why it was not; nil for a message that is not to have one.
    public let arcSeal: ARCSeal?

    public enum ARCSeal: Hashable, Sendable {
        case added(ChainPosition)
        /// Not added; the reason is the filter's own text.
        case omitted(reason: String)
    }
}
