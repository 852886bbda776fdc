package import DNS
package import MailSignature

/// The result names of RFC 8601, section 2.7.1, that a signature can have; `none` is a message without one.
package enum DKIMResult: String, Hashable, Sendable {
    case pass, fail, policy, neutral, temperror, permerror
}

/// What was found out about one DKIM-Signature. Of what the sender wrote, it contains only values whose grammar was
/// checked; for a field that breaks its grammar, it has none of them.
package struct DKIMVerdict: Hashable, Sendable {
    package internal(set) var result: DKIMResult
    /// A short text of our own for every result except a plain pass.
    package internal(set) var reason: String?
    /// `d=`
    package let domain: Domain?
    /// `i=`, or its default if it is absent.
    package let identity: DKIMIdentity?
    /// `s=`
    package let selector: Domain?
    /// `a=`
    package let algorithm: SignatureAlgorithm?
    /// `b=` without white space. RFC 6008 shows its first characters, enough to distinguish the signatures.
    package let signatureText: String?
    /// The key's length in bits, if it was found.
    package internal(set) var keyBits: Int?
    /// The key says `t=y`: the domain is only trying DKIM out.
    package internal(set) var isTesting = false

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
