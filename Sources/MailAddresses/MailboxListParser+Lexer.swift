internal import Octets

/// The lexical tokens of RFC 5322 section 3.2, with UTF-8 as RFC 6532 section 3.2 adds it, and octets of other charsets.
extension MailboxListParser {
    /// ```
    /// dot-atom-text = 1*atext *("." 1*atext)
    /// ```
    /// Nil if the text here is not a dot-atom-text, or if a dot ends it.
    mutating func dotAtomText() -> ArraySlice<UInt8>? {
        let start = index
        while let octet = current {
            if octet == UInt8(ascii: ".") {
                guard index > start, octets[index - 1] != UInt8(ascii: ".") else { return nil }
            } else if !octet.isInternationalAtext {
                break
            }
            index += 1
        }
        guard index > start, octets[index - 1] != UInt8(ascii: ".") else { return nil }
        return octets[start..<index]
    }

    /// ```
    /// quoted-string = [CFWS] DQUOTE *([FWS] qcontent) [FWS] DQUOTE [CFWS]
    /// qcontent      = qtext / quoted-pair
    /// ```
    mutating func quotedString() throws(Unclear) -> ArraySlice<UInt8> {
        let start = index
        index += 1
        while let octet = current {
            switch octet {
            case UInt8(ascii: "\""):
                index += 1
                return octets[start..<index]
            case UInt8(ascii: "\\"): try quotedPair()
            default: try textOrFold()
            }
        }
        throw Unclear()
    }

    /// ```
    /// CFWS    = (1*([FWS] comment) [FWS]) / FWS
    /// comment = "(" *([FWS] ccontent) [FWS] ")"
    /// ```
    /// Comments nest without limit in the grammar, so their depth is a number and not a call.
    mutating func cfws() throws(Unclear) {
        var depth = 0
        while let octet = current {
            switch octet {
            case UInt8(ascii: "("):
                depth += 1
                index += 1
            case UInt8(ascii: ")") where depth > 0:
                depth -= 1
                index += 1
            case UInt8(ascii: "\\") where depth > 0: try quotedPair()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), .lineFeed: try textOrFold()
            default:
                guard depth > 0 else { return }
                try textOrFold()
            }
        }
        guard depth == 0 else { throw Unclear() }
    }

    /// ```
    /// quoted-pair = "\" (VCHAR / WSP)
    /// ```
    mutating func quotedPair() throws(Unclear) {
        index += 1
        guard let octet = current, octet.isVisible || octet.isWhiteSpace else { throw Unclear() }
        index += 1
    }

    /// One octet of text, or white space; a line break only if the field continues after it.
    /// ```
    /// FWS = [*WSP CRLF] 1*WSP
    /// ```
    mutating func textOrFold() throws(Unclear) {
        let octet = octets[index]
        if octet == .lineFeed {
            guard index + 1 < octets.count, octets[index + 1].isWhiteSpace else { throw Unclear() }
        } else {
            guard octet.isVisible || octet.isWhiteSpace else { throw Unclear() }
        }
        index += 1
    }

    var current: UInt8? {
        index < octets.count ? octets[index] : nil
    }
}

extension UInt8 {
    /// VCHAR with UTF8-non-ascii (RFC 5234 B.1; RFC 6532, 3.2), or octets of another charset.
    fileprivate var isVisible: Bool { (0x21...0x7E).contains(self) || self >= 0x80 }
}
