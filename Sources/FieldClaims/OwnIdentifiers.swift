internal import DNS
internal import Mail
internal import Octets

/// The authserv-ids that only this site may claim.
public struct OwnIdentifiers: Sendable {
    /// Ids that are names, in A-labels.
    private var domains: Set<Domain> = []
    /// Names below which every name belongs to the site: `*.example.org` without the asterisk.
    private var parents: [Domain] = []
    /// Ids that are not names, in lower case (RFC 8601, 2.5: any string may be one).
    private var texts: Set<String> = []
    /// Octets of the longest of them in any form. Strings are compared by canonical equivalence, whose cost is the
    /// square of a run of combining marks; so longer ones are not compared.
    private var textLimit = 0

    /// - Parameter patterns: ids, or `*.NAME` for every id below a name (not the name itself).
    public init(_ patterns: [String]) {
        for pattern in patterns {
            if pattern.hasPrefix("*."), let parent = Domain(internationalized: Array(pattern.utf8.dropFirst(2))) {
                parents.append(parent)
            } else if let domain = Domain(internationalized: Self.withoutSuffix(pattern)) {
                domains.insert(domain)
            } else {
                let text = Self.folded(Self.withoutSuffix(pattern))
                texts.insert(text)
                textLimit = max(textLimit, 4 * text.utf8.count)
            }
        }
    }

    /// True if a claimed id is one of the site's own: ignoring case, one trailing dot and a `/suffix` (deployed
    /// software writes `id/queue-id`), and with A-labels and U-labels being the same (RFC 8601, 5).
    public func contains(_ id: String) -> Bool {
        let octets = Self.withoutSuffix(id)
        if let domain = Domain(internationalized: octets) {
            return isName(domain) || domain.remapped.map(isName) == true
        }
        return isText(octets) || isNamedBelowParent(octets)
    }

    private func isName(_ domain: Domain) -> Bool {
        domains.contains(domain) || parents.contains { domain != $0 && domain.isEqualOrBelow($0) }
    }

    private func isText(_ octets: [UInt8]) -> Bool {
        guard octets.count <= textLimit else { return false }
        return texts.contains(Self.folded(octets))
            || octets.last == UInt8(ascii: ".") && texts.contains(Self.folded(octets.dropLast()))
    }

    /// True for a text that the DNS could not be asked about, such as a name that is too long, but that a reader who
    /// looks at the end of a name takes for one of the site's own.
    private func isNamedBelowParent(_ octets: [UInt8]) -> Bool {
        guard octets.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "(") }) else {
            return false
        }
        let name = octets.last == UInt8(ascii: ".") ? octets.dropLast() : octets[...]
        return parents.contains { parent in
            let ending = "." + parent.text
            return name.count > ending.utf8.count
                && name.suffix(ending.utf8.count).elementsEqual(ending.utf8) { $0.asciiLowercased == $1 }
        }
    }

    /// The octets before a slash: a mark after it would make it another character, but not for a reader of octets.
    /// UTS #46 turns the full-width slash into a slash.
    private static func withoutSuffix(_ id: String) -> [UInt8] {
        if id.utf8.allSatisfy({ $0 < 0x80 }) { return Array(id.utf8.prefix { $0 != UInt8(ascii: "/") }) }
        let scalars = id.unicodeScalars.prefix { $0 != "/" && $0 != "\u{FF0F}" }
        return Array(String(String.UnicodeScalarView(scalars)).utf8)
    }

    private static func folded(_ octets: some Collection<UInt8>) -> String {
        String(decoding: octets, as: UTF8.self).lowercased()
    }
}
