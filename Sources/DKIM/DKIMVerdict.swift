public import DNS
public import MailSignature

/// The result names of RFC 8601, section 2.7.1, that a signature can have; `none` is a message without one.
public enum DKIMResult: String, Hashable, Sendable {
    case pass, fail, policy, neutral, temperror, permerror
}

/// What was found out about one DKIM-Signature. Of what the sender wrote, it contains only values whose grammar was
/// checked; for a field that breaks its grammar, it has none of them.
public struct DKIMVerdict: Hashable, Sendable {
    public internal(set) var result: DKIMResult
    /// A short text of our own for every result except a plain pass.
    public internal(set) var reason: String?
    /// `d=`
    public let domain: Domain?
    /// `i=`, or its default if it is absent.
    public let identity: DKIMIdentity?
    /// `s=`
    public let selector: Domain?
    /// `a=`
    public let algorithm: SignatureAlgorithm?
    /// `b=` without white space. RFC 6008 shows its first characters, enough to distinguish the signatures.
    public let signatureText: String?
    /// The key's length in bits, if it was found.
    public internal(set) var keyBits: Int?
    /// The key says `t=y`: the domain is only trying DKIM out.
    public internal(set) var isTesting = false

    init(_ result: DKIMResult, _ reason: String?, _ field: SignatureField?, _ identity: DKIMIdentity?) {
        self.result = result
        self.reason = reason
        domain = field?.domain
        self.identity = identity
        selector = field?.selector
        algorithm = field?.algorithm
        signatureText = field?.signatureText
    }
}
