internal import AuthResults
internal import Octets

/// The beginning of a field: the reporter, and the version.
extension FieldLinter {
    /// Up to the first semicolon, or to the end.
    mutating func identifier() {
        let start = parser.index
        guard let first = parser.current else {
            report(.missingID, at: start, "nothing: expected an authserv-id, a semicolon and results")
            return
        }
        if first == UInt8(ascii: ";") {
            report(.missingID, at: start, "no authserv-id before the semicolon")
        } else if isMethodSpec(at: start) {
            missingIdentifier(at: start)
            result()
        } else {
            namedIdentifier(at: start)
        }
    }

    private mutating func missingIdentifier(at start: Int) {
        report(
            .missingID,
            at: start,
            "a result where the authserv-id should be (RFC 8601, 2.2)",
            hint: "write the name of the host that checked, and a semicolon, before it"
        )
        let isMicrosoft = ["compauth=", "(sender IP is", "action="].contains { parser.octets.contains(text: $0) }
        if isMicrosoft { recognize("Microsoft 365 writes it", at: start) }
    }

    private mutating func namedIdentifier(at start: Int) {
        do {
            authservID = try parser.authservID()
            meantID = authservID
        } catch {
            if error.expected == "a token or a quoted-string" {
                unquotedIdentifier(at: start)
            } else {
                recover(from: error, at: start)
            }
        }
        if let octet = parser.current, !octet.isBoundary, authservID != nil { unquotedIdentifier(at: start) }
        var ahead = self
        ahead.space()
        let versionOffset = ahead.parser.index
        do {
            version = try parser.authresVersion()
            if let version, version != 1 {
                report(
                    .version,
                    at: versionOffset,
                    "a version other than 1: readers must ignore such a field (RFC 8601, 2.6)"
                )
            }
        } catch {
            recover(from: error, at: parser.index)
        }
        space()
        guard let octet = parser.current else {
            if findings.contains(where: \.rule.isSyntax) { return }
            report(.noResults, at: parser.index, "no results: expected `; none`, or a semicolon and results")
            return
        }
        guard octet != UInt8(ascii: ";") else { return }
        report(.missingSemicolon, at: parser.index, "expected a semicolon after the authserv-id")
        if isMethodSpec(at: parser.index) {
            if parser.octets[parser.index...].starts(with: "from=".utf8) {
                recognize("Yahoo wrote it", at: parser.index)
            }
            result()
        } else {
            skipResult()
        }
    }

    private mutating func unquotedIdentifier(at start: Int) {
        parser.index = start
        skipWord()
        let word = parser.octets[start..<parser.index]
        meantID = word.allSatisfy(\.isPlainInID) ? String(validating: word, as: UTF8.self) : nil
        report(
            .unquotedID,
            at: start,
            "an authserv-id with characters that must be quoted",
            hint: word.contains(UInt8(ascii: "\"")) ? nil : "write \"\(String(decoding: word, as: UTF8.self))\""
        )
        guard word.contains(UInt8(ascii: "/")) else { return }
        recognize("OpenDKIM and OpenDMARC write it", at: start, hint: "switch AuthservIDWithJobID off")
    }

    /// True if a method, with or without a version, and an equals sign follow.
    private func isMethodSpec(at offset: Int) -> Bool {
        var ahead = parser
        ahead.index = offset
        while let octet = ahead.current, octet.isLDH || octet == UInt8(ascii: "_") { ahead.index += 1 }
        guard ahead.index > offset else { return false }
        do { _ = try ahead.methodVersion() } catch { return false }
        return ahead.current == UInt8(ascii: "=")
    }
}

extension UInt8 {
    /// True for what means itself in an authserv-id that should have been quoted: no quotes, no backslash.
    fileprivate var isPlainInID: Bool { isInternationalAtext || ".:@/[]".utf8.contains(self) }
}

extension [UInt8] {
    /// True if it contains the text.
    fileprivate func contains(text: String) -> Bool {
        let text = Array(text.utf8)
        guard let first = text.first else { return true }
        var rest = self[...]
        while let index = rest.firstIndex(of: first) {
            if rest[index...].starts(with: text) { return true }
            rest = rest[(index + 1)...]
        }
        return false
    }
}
