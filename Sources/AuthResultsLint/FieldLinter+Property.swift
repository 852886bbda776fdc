internal import AuthResults
internal import Octets

/// Errors in a property, named where they are known.
extension FieldLinter {
    mutating func propertyNameError(
        _ error: SyntaxError,
        of read: inout ReadResult,
        at start: Int,
        hasReason: Bool
    ) {
        let word = word(at: start)
        let name = word.prefix { $0 != UInt8(ascii: "=") }
        let shown = String(decoding: name.prefix(40), as: UTF8.self)
        if error.rule == "CFWS" || error.rule == "comment" {
            recover(from: error, at: start)
            return
        } else if name.count == word.count {
            // The rest of an unquoted reason; elsewhere, of a value that was read as if it had ended before.
            if !hasReason { read.isWhole = false }
            report(
                .bareWord,
                at: start,
                "a word that belongs to nothing: expected a property or a semicolon",
                hint: hasReason ? "a reason of several words must be quoted" : nil
            )
        } else if name.contains(UInt8(ascii: "_")) {
            report(
                .keyword,
                at: start,
                "\(shown) must consist of keywords: letters, digits and hyphens (RFC 5321, 4.1.2)",
                hint: "write a hyphen for the underscore"
            )
        } else if !name.contains(UInt8(ascii: ".")), !name.isEmpty {
            report(
                .missingPropertyType,
                at: start,
                "\(shown) has no type of property before it (RFC 8601, 2.2)",
                hint: name.allSatisfy(\.isLDH) ? "write policy.\(shown)" : nil
            )
            dialect(name, at: start)
            parser.index = start
            skipWord()
            let untyped = String(decoding: name, as: UTF8.self).lowercased()
            recover("policy", untyped, valueOffset: start + name.count + 1, at: start, of: &read)
            return
        } else {
            read.isWhole = false
            report(error)
        }
        parser.index = start
        skipWord()
    }

    /// Keeps a property that breaks the grammar if it is certain what is meant; its value ends where the reader is.
    mutating func recover(
        _ type: String,
        _ name: String,
        valueOffset: Int,
        at start: Int,
        of read: inout ReadResult
    ) {
        guard let property = meantProperty(type, name, from: valueOffset) else { return }
        read.recovered.append((property, start))
    }

    private mutating func dialect(_ name: some Sequence<UInt8>, at start: Int) {
        if ["action", "compauth"].contains(where: { name.isWord($0) }) {
            recognize("Microsoft 365 writes it", at: start)
        } else if ["x-bits", "x-keytype", "x-algorithm", "x-selector"].contains(where: { name.isWord($0) }) {
            recognize("Authentication Milter (Fastmail) writes it", at: start)
        } else if name.isWord("client-ip") {
            recognize("Amazon SES writes it", at: start)
        } else if name.isWord("d") {
            recognize("Cisco Secure Email writes it", at: start)
        }
    }

    /// - Parameter offset: Where the value begins, after white space and comments.
    mutating func valueError(_ error: SyntaxError, at offset: Int, in name: String) {
        let word = word(at: offset)
        switch word.first {
        case nil:
            report(
                .emptyValue,
                at: offset,
                "\(name) has no value",
                hint: "leave the property out, or write \"\" for an empty value"
            )
            parser.index = offset
            return
        case UInt8(ascii: "<") where word.starts(with: "<>".utf8):
            report(
                .nullPath,
                at: offset,
                "\(name) with a null reverse-path, which no value can express",
                hint: "report smtp.helo, whose identity was checked (RFC 7208, 2.4)"
            )
        case UInt8(ascii: "<"):
            report(.angleBrackets, at: offset, "\(name) with angle brackets", hint: "leave the brackets out")
        case _ where error.rule == "domain-name":
            report(
                .mailboxDomain,
                at: offset,
                "\(name) with a mailbox whose domain is invalid (RFC 6376, 3.5): two labels, no literal, no dot at the end",
                hint: "report the domain only, or nothing"
            )
        case _ where error.rule == "local-part":
            report(
                .localPartSyntax,
                at: offset,
                "\(name) with a local-part that is not a dot-atom",
                hint: "put the local-part in quotes"
            )
        case _ where error.rule == "value" || error.expected == "a value":
            unquotedValue(at: offset, in: name)
            return
        default:
            recover(from: error, at: offset)
            return
        }
        parser.index = offset
        skipWord()
    }

    mutating func unquotedValue(at offset: Int, in name: String) {
        parser.index = offset
        skipWord()
        let text = String(decoding: parser.octets[offset..<parser.index].prefix(80), as: UTF8.self)
        report(
            text.isEmpty ? .emptyValue : .unquotedValue,
            at: offset,
            text.isEmpty ? "\(name) has no value" : "\(name) with characters that must be quoted (RFC 2045, 5.1)",
            hint: text.isEmpty || text.contains("\"") ? nil : "write \"\(text)\""
        )
        if name == "header.b", authservID == "mx.google.com" { recognize("Gmail writes it", at: offset) }
    }
}
