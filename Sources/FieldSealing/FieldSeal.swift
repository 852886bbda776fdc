package import DNS
internal import FoundationEssentials
package import Mail
package import MailSignature

/// Signs the Authentication-Results field that we add, so that a reader behind a store or a relay that is not trusted
/// can distinguish our field from a forged one (RFC 8601, 7.1).
///
/// The signature is an ordinary DKIM-Signature, valid for every verifier. It covers our field, the fields that
/// identify the message, and the whole body: a seal over the field alone, or with `l=0`, could be moved with the
/// field to another message of the same author, whose results it would then vouch for.
///
/// libopendkim, which verifies, does not sign here. It accepts no body hash from outside, so it would have to be fed
/// each body octet by octet while it arrives, in a handle that lives as long as the message; our own body hash is
/// computed anyway, shared with the signatures that are being verified.
package struct FieldSeal: Sendable {
    private let domain: Domain
    private let selector: Domain
    private let key: SigningKey

    /// How the body must be hashed. Relaxed, as in nearly all signatures, so that one hash serves both.
    package static let bodyHashSpecification = BodyHashes.Specification(canonicalization: .relaxed, length: nil)

    /// Fields that are signed in addition to ours, once more than they occur, so that none can be added (RFC 6376,
    /// 5.4.1 and 8.15).
    private static let signedNames = [
        "from", "reply-to", "subject", "date", "to", "cc", "message-id", "mime-version", "content-type",
        "content-transfer-encoding",
    ]
    private static let ownName = "authentication-results"

    /// - Parameters:
    ///   - domain: `d=`: the authserv-id or a domain above it; otherwise readers will not take the seal for ours.
    ///   - selector: `s=`
    ///   - privateKeyPEM: see ``MailSignature/SigningKey``.
    package init(domain: Domain, selector: Domain, privateKeyPEM: [UInt8]) throws(SigningKey.Defect) {
        guard domain.isHostName else { throw SigningKey.Defect("\(domain) is not a domain to sign for") }
        guard domain.prefixed(by: selector.text + "._domainkey") != nil else {
            throw SigningKey.Defect("\(selector)._domainkey.\(domain) is too long for a name")
        }
        self.domain = domain
        self.selector = selector
        key = try SigningKey(pem: privateKeyPEM)
    }

    /// The TXT record to publish at ``keyName``.
    package var keyRecord: String { key.record }

    /// The name of the public key.
    package var keyName: String { "\(selector)._domainkey.\(domain)" }

    /// The DKIM-Signature to put directly above our field.
    /// - Parameters:
    ///   - field: our Authentication-Results field.
    ///   - header: the fields that will be below it, from the top: those received, without those removed.
    ///   - body: the hash by ``bodyHashSpecification``.
    ///   - time: seconds since 1970.
    /// - Returns: nil if the message cannot be sealed: it has more fields to sign than a verifier accepts.
    package func seal(
        _ field: HeaderField,
        over header: [HeaderField],
        body: BodyHashes.Digest,
        at time: Int64
    ) -> HeaderField? {
        var fields = SignedFields([field] + header)
        /// From below: those of other hosts first, and ours, the topmost, last. Another one that is added above
        /// later, by a host downstream, does no harm.
        var names = Array(repeating: Self.ownName, count: fields.count(of: FieldName(Self.ownName)))
        for name in Self.signedNames {
            names += Array(repeating: name, count: fields.count(of: FieldName(name)) + 1)
            guard names.count <= MessageSignature.signedNamesLimit else { return nil }
        }
        let list = names.joined(separator: ":")
        guard list.utf8.count <= MessageSignature.signedNamesLengthLimit else { return nil }
        let unsigned =
            " v=1; a=\(key.algorithm.rawValue); c=relaxed/relaxed;\n\td=\(domain); s=\(selector); t=\(max(time, 0));\n\th="
            + Self.folded(names) + ";\n\tbh=\(Data(body.octets).base64EncodedString());\n\tb="
        let hash = fields.hash(
            of: fields.selected(by: names.map { Array($0.utf8) }, except: nil),
            .relaxed,
            last: HeaderField("DKIM-Signature", unsigned)
        )
        return key.signatureText(over: hash).map { HeaderField("DKIM-Signature", unsigned + $0) }
    }

    /// The list for `h=`, folded after colons.
    private static func folded(_ names: [String]) -> String {
        var text = ""
        var column = 0
        for (index, name) in names.enumerated() {
            let item = index == 0 ? name : ":" + name
            column += item.count
            text += item
            if column > SigningKey.lineLength - 16 && index + 1 < names.count {
                text += "\n\t"
                column = 0
            }
        }
        return text
    }
}
