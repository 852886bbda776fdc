internal import ARC
package import AuthResults
package import DNS
internal import FoundationEssentials
package import Mail
package import MailSignature

/// Makes the ARC Sets of this site (RFC 8617, 5.1): the results, a signature over the message as it is passed on, and
/// a seal over all sets up to this one.
///
/// The tags of a signature are in alphabetical order, as in dkimpy: except for folds, it writes the same octets for
/// the same message and key, so that each can be tested by the other. There is a space before `i=`, even at the
/// beginning of a line: dkimpy 1.1.4 ends with an exception if it does not find ` i=1;`.
package struct ARCSealer: Sendable {
    private let domain: Domain
    private let selector: Domain
    private let key: SigningKey

    /// How the body must be hashed. Relaxed, as in nearly all signatures, so that one hash serves all.
    package static let bodyHashSpecification = BodyHashes.Specification(canonicalization: .relaxed, length: nil)

    /// Fields that are signed once more than they occur, so that none can be added (RFC 6376, 8.15).
    private static let oversignedNames = ["from", "subject", "reply-to", "date", "to", "cc", "message-id"]
    /// Fields that are signed as often as they occur (RFC 6376, 5.4.1; RFC 8617, 4.1.2, which asks for
    /// DKIM-Signature). Never those of ARC itself, nor Authentication-Results.
    private static let signedNames = [
        "sender", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding",
        "list-id", "list-help", "list-unsubscribe", "list-unsubscribe-post", "list-subscribe", "list-post",
        "list-owner", "list-archive", "dkim-signature",
    ]
    /// Signatures that are signed. A sender who puts more on a message would make the list too long for a verifier.
    private static let signatureLimit = 50

    /// - Parameters:
    ///   - domain: `d=`
    ///   - selector: `s=`
    ///   - privateKeyPEM: the PEM text of an RSA key; see ``MailSignature/SigningKey``.
    package init(domain: Domain, selector: Domain, privateKeyPEM: [UInt8]) throws(SigningKey.Defect) {
        guard domain.isHostName else { throw SigningKey.Defect("\(domain) is not a domain to sign for") }
        guard let name = domain.prefixed(by: selector.text + "._domainkey") else {
            throw SigningKey.Defect("\(selector)._domainkey.\(domain) is too long for a name")
        }
        key = try SigningKey(pem: privateKeyPEM)
        switch key.algorithm {
        case .rsaSHA256: break
        case .rsaSHA1, .ed25519SHA256:
            throw SigningKey.Defect("not an RSA key, and ARC seals are made by rsa-sha256 alone (RFC 8617, 4.1.3)")
        }
        self.domain = domain
        self.selector = selector
        keyQuestion = Question(name, .txt)
    }

    /// Where the public key is looked up.
    package let keyQuestion: Question

    /// The TXT record to publish at ``keyQuestion``.
    package var keyRecord: String { key.record }

    /// Why verifiers will not find the key, in words for the person who publishes it; nil if they will.
    package func problem(with answer: Answer) -> String? {
        var answers = Answers([keyQuestion: answer])
        switch KeyRecord.read(keyQuestion, for: key.algorithm, &answers) {
        case nil: return nil
        case .failure(let failure): return failure.reason
        case .success(let published):
            let own = try? KeyRecord(Array(key.record.utf8), for: key.algorithm)
            return published.contains { $0.key == own?.key } ? nil : "the key published is another one"
        }
    }

    /// The set, as it is put on top: ARC-Seal, ARC-Message-Signature, ARC-Authentication-Results.
    /// - Parameters:
    ///   - position: the place in the chain.
    ///   - results: what was found on arrival.
    ///   - header: the fields that will be below it, from the top, after all other changes.
    ///   - body: the hash by ``bodyHashSpecification``.
    ///   - time: seconds since 1970.
    /// - Returns: nil if the message cannot be signed: it has more fields to sign than a verifier accepts.
    package func set(
        at position: ChainPosition,
        _ results: AuthenticationResults,
        over header: [HeaderField],
        body: BodyHashes.Digest,
        at time: Int64
    ) -> [HeaderField]? {
        set(at: position, results, over: header, signing: Self.names(in: SignedFields(header)), body: body, at: time)
    }

    /// - Parameter names: the names in `h=`.
    package func set(
        at position: ChainPosition,
        _ results: AuthenticationResults,
        over header: [HeaderField],
        signing names: [String],
        body: BodyHashes.Digest,
        at time: Int64
    ) -> [HeaderField]? {
        let time = max(time, 0)
        let list = names.joined(separator: ":")
        guard names.count <= MessageSignature.signedNamesLimit,
            list.utf8.count <= MessageSignature.signedNamesLengthLimit
        else { return nil }
        let found = HeaderField(
            name: Array("ARC-Authentication-Results".utf8),
            value: Array(" i=\(position.instance);".utf8) + results.serialized()
        )
        var fields = SignedFields(header)
        guard
            let signature = signed(
                "ARC-Message-Signature",
                ";\n\tbh=\(Data(body.octets).base64EncodedString());\n\tc=relaxed/relaxed; d=\(domain);\n\th="
                    + Self.folded(names) + ";\n i=\(position.instance); s=\(selector); t=\(time)",
                { unsigned in
                    fields.hash(
                        of: fields.selected(by: names.map { Array($0.utf8) }, except: nil),
                        .relaxed,
                        last: unsigned
                    )
                }
            ),
            let seal = signed(
                "ARC-Seal",
                ";\n\tcv=\(position.chainValidation.rawValue); d=\(domain);\n i=\(position.instance); s=\(selector);"
                    + " t=\(time)",
                { unsigned in
                    // RFC 8617, 5.1.2: the seal of a broken chain covers only its own set, as if there were no other.
                    var hash = HeaderHash()
                    let below = position.chainValidation == .fail ? [] : ARCFields(header).sealedPlaces ?? []
                    for place in below { hash.updateLine(fields.octets(at: place, .relaxed)) }
                    hash.updateLine(Canonicalization.relaxed.octets(of: found))
                    hash.updateLine(Canonicalization.relaxed.octets(of: signature))
                    hash.update(Canonicalization.relaxed.octets(of: unsigned))
                    return hash
                }
            )
        else { return nil }
        return [seal, signature, found]
    }

    /// A field whose tags are `a=`, `b=` and then `rest`.
    private func signed(_ name: String, _ rest: String, _ hash: (HeaderField) -> HeaderHash) -> HeaderField? {
        let start = " a=\(key.algorithm.rawValue);\n\tb="
        return key.signatureText(over: hash(HeaderField(name, start + rest))).map { signature in
            HeaderField(name, start + signature + rest)
        }
    }

    /// The names for `h=`.
    private static func names(in fields: SignedFields) -> [String] {
        let oversigned = oversignedNames.flatMap { name in
            let count = fields.count(of: FieldName(name))
            // From is there, or someone will add it; another that is missing may be added by the next MTA.
            return Array(repeating: name, count: count == 0 && name != "from" ? 0 : count + 1)
        }
        return oversigned
            + signedNames.flatMap { name in
                let count = fields.count(of: FieldName(name))
                return Array(repeating: name, count: name == "dkim-signature" ? min(count, signatureLimit) : count)
            }
    }

    /// The list for `h=`, folded after colons.
    private static func folded(_ names: [String]) -> String {
        var text = ""
        var column = 2
        for (index, name) in names.enumerated() {
            if index > 0 {
                text += ":"
                column += 1
                if column + name.utf8.count + 1 > SigningKey.lineLength {
                    text += "\n\t"
                    column = 0
                }
            }
            text += name
            column += name.utf8.count
        }
        return text
    }
}
