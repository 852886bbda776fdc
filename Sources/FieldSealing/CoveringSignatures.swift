package import DKIM
package import DNS
package import Mail
internal import MailSignature

/// The DKIM signatures of a message that pass, and which fields of the header they cover (RFC 8601, 7.1).
package struct CoveringSignatures: Sendable {
    private let header: [HeaderField]
    private let verdicts: [DKIMVerdict]

    /// - Parameters:
    ///   - header: the fields of the message, from the top.
    ///   - verdicts: one for each DKIM-Signature of the header, from the top, as `DKIMCheck` gives them.
    package init(_ header: [HeaderField], verdicts: [DKIMVerdict]) {
        self.header = header
        self.verdicts = verdicts
    }

    /// The domain of a signature that passes, whose `d=` is the name or a domain above it, and whose `h=` takes in this
    /// very field (RFC 6376, 5.4.2 counts from below, so that a field added on top of a signed one is not signed).
    package func signer(ofFieldAt place: Int, for name: Domain) -> Domain? {
        let signatures = header.indices.filter { header[$0].isNamed("DKIM-Signature") }
        guard signatures.count == verdicts.count else { return nil }
        let fields = SignedFields(header)
        for (index, verdict) in zip(signatures, verdicts) where verdict.result == .pass && !verdict.isTesting {
            guard let domain = verdict.domain, name.isEqualOrBelow(domain),
                let field = try? SignatureField(header[index].value),
                let signature = try? MessageSignature(field)
            else { continue }
            if fields.selected(by: signature.signedNames, except: index).contains(place) { return domain }
        }
        return nil
    }
}
