internal import Octets

/// The AUTH parameter of MAIL (RFC 4954, 5): the mailbox that submitted the message, according to the client. Only an
/// authenticated client's word counts.
///
///     auth-param = "AUTH=" ( mailbox / "<>" )      ; encoded as xtext
public enum AuthParameter: Hashable, Sendable {
    /// `<>`: the client does not vouch for a submitter.
    case nobody
    case mailbox(ReversePath.Mailbox)
    /// Not an xtext, or not one of a mailbox.
    case invalid

    /// The maximum length of a value (RFC 4954, 4: 500 octets for the whole command).
    private static let lengthLimit = 500

    /// - Parameter value: the value as given in the command, still encoded.
    public init(_ value: [UInt8]) {
        if value.elementsEqual("<>".utf8) {
            self = .nobody
        } else if value.count <= Self.lengthLimit, let mailbox = Self.decoded(value).flatMap(Self.mailbox) {
            self = .mailbox(mailbox)
        } else {
            self = .invalid
        }
    }

    /// The parameter of a MAIL command; nil if it has none, `invalid` if it has two.
    /// - Parameter parameters: the words after the address, such as `SIZE=100`.
    public init?(in parameters: [[UInt8]]) {
        let keyword = "AUTH=".utf8
        let values = parameters.filter {
            $0.prefix(keyword.count).elementsEqual(keyword, by: { $0.asciiUppercased == $1 })
        }
        guard let first = values.first else { return nil }
        self = values.count == 1 ? Self(Array(first.dropFirst(keyword.count))) : .invalid
    }

    private static func mailbox(_ octets: [UInt8]) -> ReversePath.Mailbox? {
        var parser = ReversePathParser(octets)
        return try? parser.wholeMailbox()
    }

    /// ```
    /// xtext   = *( xchar / hexchar )      (RFC 3461, 4)
    /// xchar   = any ASCII CHAR between "!" (33) and "~" (126) inclusive, except for "+" and "="
    /// hexchar = ASCII "+" immediately followed by two upper case hexadecimal digits
    /// ```
    private static func decoded(_ xtext: [UInt8]) -> [UInt8]? {
        var text: [UInt8] = []
        var rest = xtext[...]
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "+"):
                guard let high = rest.popFirst()?.upperHexDigit, let low = rest.popFirst()?.upperHexDigit else {
                    return nil
                }
                text.append(high << 4 | low)
            case UInt8(ascii: "="): return nil
            case 33...126: text.append(octet)
            default: return nil
            }
        }
        return text
    }
}

extension UInt8 {
    fileprivate var asciiUppercased: UInt8 { isLetter ? self & 0xDF : self }

    /// The value of an upper-case hexadecimal digit.
    fileprivate var upperHexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
