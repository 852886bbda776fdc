package import Mail
package import MailSignature

extension DKIMCheck {
    /// A signature that may still pass. An object, since it is read once and then passed around.
    package final class Candidate: Sendable {
        /// The place of its field in the header.
        package let index: Int
        package let signature: MessageSignature
        package let identity: DKIMIdentity

        /// Reads a DKIM-Signature as strictly as RFC 6376 section 6.1.1 demands.
        package init(_ field: HeaderField, at index: Int) throws(DKIMCheck.Rejection) {
            let base: SignatureField
            do {
                base = try SignatureField(field.value)
            } catch {
                throw DKIMCheck.Rejection(error, nil)
            }
            do {
                signature = try MessageSignature(base)
                try Self.check(signature)
                identity =
                    try base.tags["i"].map { i throws(SignatureField.Defect) in try DKIMIdentity(i, of: base.domain) }
                    ?? DKIMIdentity(domain: base.domain)
            } catch {
                throw DKIMCheck.Rejection(error, base)
            }
            self.index = index
            guard base.algorithm != .rsaSHA1 else {
                throw DKIMCheck.Rejection(.policy, "rsa-sha1 must not be used (RFC 8301)", base, identity)
            }
        }
    }

    /// Why a field is not a candidate.
    package struct Rejection: Error {
        let result: DKIMResult
        let reason: String
        /// The parts that could be read, if any.
        let field: SignatureField?
        var identity: DKIMIdentity?

        /// RFC 8601, 2.7.1: a signature with syntax errors, or otherwise not able to be processed, is neutral.
        init(_ defect: SignatureField.Defect, _ field: SignatureField?) {
            self.init(.neutral, defect.reason, field, nil)
        }

        init(_ result: DKIMResult, _ reason: String, _ field: SignatureField?, _ identity: DKIMIdentity?) {
            self.result = result
            self.reason = reason
            self.field = field
            self.identity = identity
        }
    }
}

extension DKIMCheck.Candidate {
    fileprivate static func check(_ signature: MessageSignature) throws(SignatureField.Defect) {
        let tags = signature.field.tags
        guard let version = tags["v"] else { throw SignatureField.Defect("no v= tag") }
        guard version.elementsEqual("1".utf8) else { throw SignatureField.Defect("unknown version") }
        /// RFC 6376, 5.4.
        guard signature.signs("From") else { throw SignatureField.Defect("From is not signed") }
        guard signature.field.hasUsableQueryMethod else { throw SignatureField.Defect("no usable query method") }
    }
}
