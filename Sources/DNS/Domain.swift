internal import Octets

/// A domain name as it is asked for in the DNS: ASCII, lower case, without the trailing dot.
///
/// A value of this type is safe to pass to any resolver: every label has 1 to 63 octets, the whole at most 253 (RFC
/// 1035, 2.3.4), and every octet is a printable ASCII character other than the backslash, which libraries read as an
/// escape. Spaces are allowed where they are asked for. The root has no value. Names that cannot be written like this
/// are not asked for: mail uses them only to confuse.
public struct Domain: Hashable, Sendable {
    /// The presentation form, for example `mail.example.org`.
    public let text: String

    /// Octets allowed in a name without its trailing dot (RFC 1035, 2.3.4: 255 on the wire).
    public static let lengthLimit = 253
    /// Octets allowed in one label (RFC 1035, 2.3.4).
    public static let labelLengthLimit = 63

    /// Reads a name in ASCII; one trailing dot is allowed. Nil if the octets are not such a name.
    public init?(_ octets: some Sequence<UInt8>) {
        self.init(Array(octets), allowsSpaces: false)
    }

    /// Reads a name whose labels may contain spaces, which macros of SPF records write (`%_`, RFC 7208, 7.1) and
    /// master files escape. No header and no envelope has such a name.
    public init?(allowingSpaces octets: some Sequence<UInt8>) {
        self.init(Array(octets), allowsSpaces: true)
    }

    private init?(_ octets: [UInt8], allowsSpaces: Bool) {
        let span = octets.span
        var labelLength = 0
        var hasCapitals = false
        for index in span.indices {
            switch span[index] {
            case UInt8(ascii: "."):
                guard labelLength > 0 else { return nil }
                labelLength = 0
                continue
            case UInt8(ascii: " ") where allowsSpaces: break
            case UInt8(ascii: "\\"), 0...0x20, 0x7F...: return nil
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): hasCapitals = true
            default: break
            }
            labelLength += 1
            guard labelLength <= Self.labelLengthLimit else { return nil }
        }
        let length = labelLength == 0 ? octets.count - 1 : octets.count
        guard length > 0, length <= Self.lengthLimit else { return nil }
        if hasCapitals {
            text = String(decoding: octets[..<length].map(\.asciiLowercased), as: UTF8.self)
        } else {
            text = String(decoding: octets[..<length], as: UTF8.self)
        }
    }

    /// Reads a name in ASCII; one trailing dot is allowed.
    public init?(_ text: some StringProtocol) {
        self.init(text.utf8)
    }

    /// Reads a name whose labels may be U-labels (RFC 5890) in UTF-8; they become A-labels by IDNA2008 with the
    /// mapping of UTS #46, as RFC 9989 section 5.3.1 and RFC 8601 section 5 ask. Nil if there is no such name.
    public init?(internationalized octets: [UInt8]) {
        if octets.allSatisfy({ $0 < 0x80 }) {
            self.init(octets, allowsSpaces: false)
        } else {
            guard let ascii = LibIDN2.aLabels(of: octets) else { return nil }
            self.init(ascii)
        }
    }

    /// The same of other collections.
    public init?(internationalized octets: some Collection<UInt8>) {
        self.init(internationalized: Array(octets))
    }

    /// The name seen by a reader that decodes A-labels without checking them, mapped again by UTS #46: an A-label may
    /// contain capital letters or marks that IDNA would never have put there. Nil if there is nothing to decode.
    public var remapped: Domain? {
        guard text.utf8.count >= 4, labels.contains(where: { $0.hasPrefix("xn--") }) else { return nil }
        return LibIDN2.uLabels(of: Array(text.utf8)).flatMap { Domain(internationalized: $0) }
    }

    /// The labels from left to right; never empty.
    public var labels: [Substring] {
        text.utf8.split(separator: UInt8(ascii: ".")).map { Substring($0) }
    }

    /// The name without its leftmost label; nil for a top-level domain.
    public var parent: Domain? {
        guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        return Domain(canonical: String(text[text.index(after: dot)...]))
    }

    /// The rightmost `count` labels; the whole name if it has fewer. `count` is at least 1.
    public func suffix(labels count: Int) -> Domain {
        var left = max(count, 1)
        var start = text.utf8.endIndex
        while start > text.utf8.startIndex {
            let index = text.utf8.index(before: start)
            if text.utf8[index] == UInt8(ascii: ".") {
                left -= 1
                if left == 0 { return Domain(canonical: String(text[start...])) }
            }
            start = index
        }
        return self
    }

    /// This name below `prefix`, as in `_dmarc` + `example.org`; nil if the result is too long or not a name.
    public func prefixed(by prefix: String) -> Domain? {
        Domain(Array((prefix + "." + text).utf8), allowsSpaces: false)
    }

    /// True if this is `ancestor` or a name below it.
    public func isEqualOrBelow(_ ancestor: Domain) -> Bool {
        self == ancestor
            || (text.utf8.count > ancestor.text.utf8.count && text.hasSuffix(ancestor.text)
                && text.utf8.dropLast(ancestor.text.utf8.count).last == UInt8(ascii: "."))
    }

    /// True if every label is letters, digits and inner hyphens, and there are at least two labels: what RFC 5321
    /// calls a Domain and what may be written in a field without quotes.
    public var isHostName: Bool {
        labelCount >= 2 && hasOnlyInnerHyphens && text.utf8.allSatisfy { $0.isLDH || $0 == UInt8(ascii: ".") }
    }

    /// At least one.
    public var labelCount: Int {
        text.utf8.count { $0 == UInt8(ascii: ".") } + 1
    }

    /// True if no label begins or ends with a hyphen.
    public var hasOnlyInnerHyphens: Bool {
        var last = UInt8(ascii: ".")
        for octet in text.utf8 {
            if octet == UInt8(ascii: "-") && last == UInt8(ascii: ".") { return false }
            if octet == UInt8(ascii: ".") && last == UInt8(ascii: "-") { return false }
            last = octet
        }
        return last != UInt8(ascii: "-")
    }

    /// For text that is already a name: a part of one, or one that was just made by rule.
    init(canonical text: String) {
        self.text = text
    }
}

extension Domain: CustomStringConvertible {
    public var description: String { text }
}
