internal import Octets

/// A tag-list (RFC 6376, 3.2): the form of DKIM-Signature, ARC-Message-Signature, ARC-Seal and key records.
///
/// The reader is as strict as the text: RFC 6376 section 3.2 makes a list with a repeated tag invalid as a whole, and
/// every reader that used the last one has verified something other than what was signed.
package struct TagList: Hashable, Sendable {
    /// One tag, in the order of the list.
    package struct Tag: Hashable, Sendable {
        /// Case counts (RFC 6376, 3.2).
        package let name: String
        /// The value without the white space around it; white space inside is kept.
        package let value: [UInt8]
        /// The place of the value in the octets read, including the white space around it: from after the `=` to the
        /// `;` or the end. This is what is taken out of `b=` before hashing (RFC 6376, 3.7).
        package let range: Range<Int>
    }

    package let tags: [Tag]
    /// False if it has an octet above 127, as RFC 8616 allows in internationalised mail.
    package let isASCII: Bool

    /// The error, in words suitable for a report.
    package struct SyntaxError: Error, Hashable, Sendable {
        package let reason: String
        /// In octets from the start of the list.
        package let offset: Int
    }

    /// ```
    /// tag-list = tag-spec *( ";" tag-spec ) [ ";" ]      (RFC 6376, 3.2)
    /// ```
    package init(_ octets: [UInt8]) throws(SyntaxError) {
        var parser = TagListParser(octets: octets)
        tags = try parser.tagList()
        isASCII = octets.allSatisfy { $0 < 0x80 }
    }

    /// A name as shown in a reason. Shortened: the sender chose its length, and a reason is part of one line (RFC
    /// 5322, 2.1.1).
    static func shown(_ name: String) -> String {
        name.utf8.count <= 16 ? name : name.prefix(16) + "..."
    }

    package func tag(_ name: String) -> Tag? {
        tags.first { $0.name == name }
    }

    /// The value of a tag; nil if the list has none with that name.
    package subscript(name: String) -> [UInt8]? {
        tag(name)?.value
    }
}

private struct TagListParser {
    let octets: [UInt8]
    var index = 0

    /// Tags of a signature with all that RFC 6376 section 3.5 has.
    private static let usualCount = 16

    mutating func tagList() throws(TagList.SyntaxError) -> [TagList.Tag] {
        var tags: [TagList.Tag] = []
        tags.reserveCapacity(Self.usualCount)
        /// Of the tags beyond the usual number: a sender may write thousands.
        var names: Set<String> = []
        repeat {
            let start = index
            let tag = try tagSpec()
            let isNew =
                !tags.prefix(Self.usualCount).contains { $0.name == tag.name }
                && (tags.count < Self.usualCount || names.insert(tag.name).inserted)
            guard isNew else {
                throw error("tag \(TagList.shown(tag.name))= stands twice", at: start)
            }
            tags.append(tag)
            guard index < octets.count else { return tags }
            /// `tagSpec` ends before a semicolon or at the end.
            index += 1
        } while !atEnd()
        return tags
    }

    /// ```
    /// tag-spec = [FWS] tag-name [FWS] "=" [FWS] [tag-value] [FWS]      (erratum 5070)
    /// ```
    private mutating func tagSpec() throws(TagList.SyntaxError) -> TagList.Tag {
        try foldingWhiteSpace()
        let name = try tagName()
        try foldingWhiteSpace()
        guard index < octets.count, octets[index] == UInt8(ascii: "=") else {
            throw error("no = after tag name \(TagList.shown(name))", at: index)
        }
        index += 1
        let start = index
        let value = try tagValue()
        return TagList.Tag(name: name, value: value, range: start..<index)
    }

    /// ```
    /// tag-name = ALPHA *( ALPHA / DIGIT / "_" )
    /// ```
    private mutating func tagName() throws(TagList.SyntaxError) -> String {
        let start = index
        while index < octets.count, octets[index].isAlphanumeric || octets[index] == UInt8(ascii: "_") { index += 1 }
        guard index > start, octets[start].isLetter else { throw error("no tag name", at: start) }
        return String(decoding: octets[start..<index], as: UTF8.self)
    }

    /// ```
    /// tag-value = [ tval *( 1*(WSP / FWS) tval ) ]
    /// tval      = 1*VALCHAR                        ; %x21-3A / %x3C-7E
    /// ```
    /// Octets above 127 are accepted here; the reader of the tags decides which tags may have them (RFC 8616).
    private mutating func tagValue() throws(TagList.SyntaxError) -> [UInt8] {
        try foldingWhiteSpace()
        let start = index
        var end = index
        while index < octets.count {
            let wordEnd = endOfWord(from: index)
            if wordEnd > index { end = wordEnd }
            index = wordEnd
            guard index < octets.count, octets[index] != UInt8(ascii: ";") else { break }
            guard octets[index].isWhiteSpace || octets[index] == .lineFeed else {
                throw error("control character in a tag value", at: index)
            }
            try foldingWhiteSpace()
        }
        return Array(octets[start..<end])
    }

    /// The first octet from `start` that is not one of a tval, or the end.
    private func endOfWord(from start: Int) -> Int {
        let octets = octets.span
        var index = start
        while index < octets.count, octets[index] > 0x20, octets[index] != 0x7F, octets[index] != UInt8(ascii: ";") {
            index += 1
        }
        return index
    }

    /// ```
    /// FWS = [*WSP CRLF] 1*WSP
    /// ```
    /// A line break is a LF here, as in every ``Mail/HeaderField``. Several folds in a row are accepted, as in the
    /// obsolete form of RFC 5322.
    private mutating func foldingWhiteSpace() throws(TagList.SyntaxError) {
        while index < octets.count {
            switch octets[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                index += 1
            case UInt8(ascii: "\n"):
                guard index + 1 < octets.count, octets[index + 1].isWhiteSpace else {
                    throw error("line break without white space after it", at: index)
                }
                index += 2
            default:
                return
            }
        }
    }

    /// True if only white space is left, as after a final semicolon.
    private func atEnd() -> Bool {
        octets[index...].allSatisfy { $0.isWhiteSpace || $0 == UInt8(ascii: "\n") }
    }

    private func error(_ reason: String, at offset: Int) -> TagList.SyntaxError {
        TagList.SyntaxError(reason: reason, offset: offset)
    }
}
