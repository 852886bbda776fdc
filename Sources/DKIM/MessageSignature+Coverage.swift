internal import Mail
internal import MailSignature

extension MessageSignature {
    /// Why the signature is not valid at `time` (seconds since 1970); nil if it is.
    func timeProblem(at time: Int64) -> String? {
        SignatureField.timeProblem(at: time, timestamp: timestamp, expiration: expiration)
    }

    /// Fields of which a message has at most one (RFC 5322, 3.6; RFC 2045, 3), and of which a reader may show another
    /// than the signed one (RFC 6376, 8.15).
    private static let singular = [
        "from", "subject", "to", "cc", "date", "sender", "reply-to", "message-id", "content-type",
        "content-transfer-encoding",
    ].map { (text: $0, name: FieldName($0)) }

    /// The name of a field that occurs in the header more often than the signature signs it, though it signs it. A
    /// field after a bare CR is never signed as such, even if `h=` names more fields than there are: some readers see
    /// it.
    /// - Parameter hidden: the ``Mail/HeaderField/hiddenFields`` of all fields.
    func repeatedBeyondSignature(in header: SignedFields, hidden: [HeaderField]) -> String? {
        Self.singular.first { text, name in
            let isHidden = hidden.contains { $0.isNamed(text) }
            guard isHidden || header.count(of: name) > 1 else { return false }
            let signed = count(of: text)
            return signed > 0 && (isHidden || signed < header.count(of: name))
        }?.text
    }
}
