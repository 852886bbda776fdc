internal import AuthResults
internal import Octets

/// The results of a field, one after the other.
extension FieldLinter {
    /// From a semicolon to the next.
    mutating func resinfo() {
        let semicolon = parser.index
        parser.index += 1
        space()
        guard let octet = parser.current else {
            if !hasResult {
                report(.noResults, at: semicolon, "no results: expected `none` or a result after the semicolon")
            } else {
                report(.trailingSemicolon, at: semicolon, "a semicolon with no result after it", hint: "leave it out")
            }
            return
        }
        if octet == UInt8(ascii: ";") {
            report(.emptyResult, at: semicolon, "nothing between two semicolons")
            return
        }
        if isNone() {
            hasNone = true
            hasResult = true
        } else {
            if hasNone { report(.noneWithResults, at: parser.index, "a result after `none`") }
            result()
        }
    }

    /// True if `none` was there by itself; it must be the only content.
    private mutating func isNone() -> Bool {
        let start = parser.index
        guard word(at: start).isWord("none") else { return false }
        parser.index = start + 4
        space()
        guard parser.current == nil || parser.current == UInt8(ascii: ";") else {
            parser.index = start
            return false
        }
        if hasResult {
            report(.noneWithResults, at: start, "`none` together with something else; it means that there is no result")
        }
        return true
    }

    /// A method and the rest of its result.
    mutating func result() {
        hasResult = true
        let start = parser.index
        var read: ReadResult
        do {
            let method = try parser.keyword(for: "method")
            let version = try parser.methodVersion()
            if let version, version != 1 {
                report(.methodVersion, at: start, "\(method) in a version other than 1; the registry has no other")
            }
            try parser.expect("=", for: "methodspec")
            try parser.skipCFWS()
            read = ReadResult(
                offset: start,
                method: method,
                methodVersion: version,
                result: try parser.keyword(for: "result")
            )
        } catch {
            methodError(error, at: start)
            return
        }
        if let octet = parser.current, !octet.isBoundary {
            keywordError(at: parser.index, "a result")
            skipWord()
            read.isWhole = false
        }
        parser.comment = nil
        space()
        read.comment = parser.comment
        let hasReason = reason(of: &read)
        properties(of: &read, hasReason: hasReason)
        if isCutOff || parser.current != nil && parser.current != UInt8(ascii: ";") { read.isWhole = false }
        results.append(read)
    }

    private mutating func methodError(_ error: SyntaxError, at start: Int) {
        let word = word(at: start)
        if error.rule == "CFWS" || error.rule == "comment" {
            recover(from: error, at: start)
        } else if word.prefix(while: { $0 != UInt8(ascii: "=") }).contains(UInt8(ascii: "_")) {
            keywordError(at: start, "a method")
        } else if isNameAlone(word, at: start) {
            report(
                .syntax,
                at: start,
                "a name where a result should be: the authserv-id is written once, at the beginning (RFC 8601, 2.2)",
                hint: "leave it out"
            )
        } else {
            report(error)
        }
        skipResult()
    }

    /// True if the word is a host name and nothing else comes before the next semicolon, as Microsoft 365 wrote it.
    private func isNameAlone(_ word: [UInt8], at start: Int) -> Bool {
        guard word.contains(UInt8(ascii: ".")), word.allSatisfy({ $0.isLDH || $0 == UInt8(ascii: ".") }) else {
            return false
        }
        var ahead = self
        ahead.parser.index = start + word.count
        ahead.space()
        return ahead.parser.current == nil || ahead.parser.current == UInt8(ascii: ";")
    }

    private mutating func keywordError(at offset: Int, _ what: String) {
        report(
            .keyword,
            at: offset,
            "\(what) must be a keyword: letters, digits and hyphens, not ending in a hyphen (RFC 5321, 4.1.2)",
            hint: word(at: offset).contains(UInt8(ascii: "_")) ? "write a hyphen for the underscore" : nil
        )
    }

    /// True if there is one.
    private mutating func reason(of read: inout ReadResult) -> Bool {
        let start = parser.index
        do {
            read.reason = try parser.reasonspec()
            return read.reason != nil
        } catch {
            let value = reasonValue(at: start)
            let isQuoted = value < parser.octets.count && parser.octets[value] == UInt8(ascii: "\"")
            if error.rule == "reasonspec", !isQuoted {
                unquotedValue(at: value, in: "a reason")
                read.reason = meantText(from: value)
            } else {
                recover(from: error, at: start)
            }
            space()
            return true
        }
    }

    private mutating func properties(of read: inout ReadResult, hasReason: Bool) {
        var hasSpace = true
        while !isFull, let octet = parser.current, octet != UInt8(ascii: ";") {
            let start = parser.index
            if isReason(at: start) {
                reasonBehind(&read, hasReason: hasReason, at: start)
            } else if let property = property(of: &read, at: start, hasReason: hasReason && read.properties.isEmpty) {
                if !hasSpace {
                    report(
                        .adjacentProperties,
                        at: start,
                        "no white space before the property (RFC 8601, erratum 6026)",
                        hint: "write a space"
                    )
                }
                read.properties.append((property, start))
            }
            hasSpace = space()
        }
    }

    /// Where the value of a reason begins; its word is at the offset.
    private func reasonValue(at start: Int) -> Int {
        var ahead = self
        ahead.parser.index = start + "reason".utf8.count
        ahead.space()
        ahead.parser.index += 1
        ahead.space()
        return min(ahead.parser.index, parser.octets.count)
    }

    private func isReason(at start: Int) -> Bool {
        word(at: start).prefix { $0 != UInt8(ascii: "=") }.isWord("reason")
            && parser.octets[(start + 6)...].first { !$0.isWhiteSpace } == UInt8(ascii: "=")
    }

    private mutating func reasonBehind(_ read: inout ReadResult, hasReason: Bool, at start: Int) {
        report(
            .reasonPosition,
            at: start,
            hasReason ? "a second reason" : "the reason must come before the properties (RFC 8601, 2.2)",
            hint: hasReason ? nil : "write it directly after `\(read.method)=\(read.result)`"
        )
        let value = reasonValue(at: start)
        parser.index = value
        var text: String?
        do {
            text = try parser.value(for: "reasonspec")
        } catch {
            unquotedValue(at: value, in: "a reason")
            text = meantText(from: value)
        }
        if !hasReason { read.reason = read.reason ?? text }
        skipWord()
    }

    /// One property; nil, with a finding, if there is none.
    private mutating func property(of read: inout ReadResult, at start: Int, hasReason: Bool) -> Property? {
        let type: String
        let name: String
        do {
            (type, name) = try parser.propertyName()
        } catch {
            propertyNameError(error, of: &read, at: start, hasReason: hasReason)
            return nil
        }
        space()
        let valueOffset = parser.index
        do {
            let value = try parser.pvalue()
            if let octet = parser.current, !octet.isBoundary, parser.octets[parser.index - 1] != UInt8(ascii: "\""),
                !octet.isLDH
            {
                unquotedValue(at: valueOffset, in: "\(type).\(name)")
                recover(type, name, valueOffset: valueOffset, at: start, of: &read)
                return nil
            }
            return try? Property(type, name, value)
        } catch {
            valueError(error, at: valueOffset, in: "\(type).\(name)")
            recover(type, name, valueOffset: valueOffset, at: start, of: &read)
            return nil
        }
    }
}

extension Sequence<UInt8> {
    /// True if it is this lower-case word, in any case.
    func isWord(_ word: String) -> Bool {
        elementsEqual(word.utf8) { $0 | 0x20 == $1 }
    }
}
