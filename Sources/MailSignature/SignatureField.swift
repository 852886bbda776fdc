package import DNS
internal import FoundationEssentials
internal import Octets

/// The tags that DKIM-Signature (RFC 6376, 3.5), ARC-Message-Signature and ARC-Seal (RFC 8617, 4.1) have in common,
/// each checked against its grammar.
package struct SignatureField: Hashable, Sendable {
    /// The defect of a value.
    package struct Defect: Error, Hashable, Sendable {
        /// A short text of our own, suitable for a report.
        package let reason: String

        package init(_ reason: String) {
            self.reason = reason
        }
    }

    package let tags: TagList
    package let algorithm: SignatureAlgorithm
    /// The `b=` value decoded.
    package let signature: [UInt8]
    /// The `b=` value as text, without white space: `header.b` (RFC 6008) shows its beginning.
    package let signatureText: String
    package let domain: Domain
    package let selector: Domain
    /// Where the public key is (RFC 6376, 3.6.2.1).
    package let keyQuestion: Question

    /// Reads `a=`, `b=`, `d=` and `s=`; the protocol reads the other tags from ``tags``.
    package init(_ value: [UInt8]) throws(Defect) {
        tags = try Self.tags(value)
        try Self.checkInternationalization(of: tags)
        algorithm = try Self.algorithm(of: tags)
        let b = try Self.required("b", of: tags)
        guard let signature = TagValue.base64(b) else { throw Defect("b= is not base64") }
        self.signature = signature
        signatureText = String(decoding: TagValue.withoutWhiteSpace(b), as: UTF8.self)
        domain = try Self.domain("d", of: tags, labels: 2)
        selector = try Self.domain("s", of: tags, labels: 1)
        guard let key = domain.prefixed(by: selector.text + "._domainkey") else { throw Defect("key name too long") }
        keyQuestion = Question(key, .txt)
    }

    /// The tags of a signature field, whatever their values.
    package static func tags(_ value: [UInt8]) throws(Defect) -> TagList {
        do {
            return try TagList(value)
        } catch {
            throw Defect(error.reason)
        }
    }

    /// Tags whose values may have octets above 127, which are then UTF-8 (RFC 8616, 4): domain names, and
    /// dkim-quoted-printable. VALCHAR (RFC 6376, 3.2) has none for the others.
    private static let internationalizedTags: Set<String> = ["d", "s", "i", "z"]

    private static func checkInternationalization(of tags: TagList) throws(Defect) {
        guard !tags.isASCII else { return }
        for tag in tags.tags where tag.value.contains(where: { $0 >= 0x80 }) {
            guard internationalizedTags.contains(tag.name), String(validating: tag.value, as: UTF8.self) != nil else {
                throw Defect("octets above 127 in \(TagList.shown(tag.name))=")
            }
        }
    }

    /// True if `q=` is absent or one of its methods is `dns/txt`, the only one there is; others are ignored.
    /// ```
    /// sig-q-tag = %x71 [FWS] "=" [FWS] sig-q-tag-method *([FWS] ":" [FWS] sig-q-tag-method)      (RFC 6376, 3.5)
    /// ```
    package var hasUsableQueryMethod: Bool {
        guard let methods = tags["q"] else { return true }
        return TagValue.words(methods)?.contains { $0.elementsEqual("dns/txt".utf8) } ?? false
    }

    /// The value of a tag that must be present and not empty.
    package static func required(_ name: String, of tags: TagList) throws(Defect) -> [UInt8] {
        guard let value = tags[name] else { throw Defect("no \(name)= tag") }
        guard !value.isEmpty else { throw Defect("\(name)= is empty") }
        return value
    }

    private static func algorithm(of tags: TagList) throws(Defect) -> SignatureAlgorithm {
        let text = String(decoding: try required("a", of: tags), as: UTF8.self)
        guard let algorithm = SignatureAlgorithm(rawValue: text) else { throw Defect("unknown algorithm") }
        return algorithm
    }

    /// ```
    /// domain-name = sub-domain 1*("." sub-domain)      (RFC 6376 3.5, RFC 5321 4.1.2; underscores are met in practice)
    /// ```
    /// Every octet counts: names that were asked for in the DNS in another form than reported have let one domain
    /// speak for another. U-labels (RFC 8616) are accepted and become A-labels.
    private static func domain(_ name: String, of tags: TagList, labels: Int) throws(Defect) -> Domain {
        guard let domain = domainName(try required(name, of: tags), labels: labels) else {
            throw Defect("\(name)= is not a domain name")
        }
        return domain
    }

    /// A domain name of at least `labels` labels; nil for anything else.
    package static func domainName(_ value: [UInt8], labels: Int = 2) -> Domain? {
        let isText = value.allSatisfy { $0 >= 0x80 || $0.isAlphanumeric || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
        guard isText, value.last != UInt8(ascii: "."), let domain = Domain(internationalized: value) else { return nil }
        let count = domain.labelCount
        /// Not so if the mapping of UTS #46 made a dot from another character.
        let isDivided = value.count { $0 == UInt8(ascii: ".") } == count - 1
        return domain.hasOnlyInnerHyphens && isDivided && count >= labels ? domain : nil
    }
}
