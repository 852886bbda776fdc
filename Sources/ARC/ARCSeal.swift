internal import MailSignature

/// The ARC-Seal field (RFC 8617, 4.1.3): a signature over all ARC Sets up to its own.
struct ARCSeal: Sendable {
    /// The state of the chain that the sealer found when it received the message.
    enum ChainValidation: String, Sendable {
        case none, pass, fail
    }

    let field: SignatureField
    let chainValidation: ChainValidation
    /// Seconds since 1970 (`t=`).
    let timestamp: UInt64?

    init(_ field: SignatureField) throws(SignatureField.Defect) {
        self.field = field
        /// It is fixed what a seal covers. A seal that says otherwise must not be trusted (RFC 8617, 4.1.3).
        guard field.tags["h"] == nil else { throw SignatureField.Defect("ARC-Seal has h=") }
        let cv = try SignatureField.required("cv", of: field.tags)
        guard let chainValidation = ChainValidation(rawValue: String(decoding: cv, as: UTF8.self)) else {
            throw SignatureField.Defect("unknown cv=")
        }
        self.chainValidation = chainValidation
        timestamp = try SignatureField.time("t", of: field.tags)
    }
}
