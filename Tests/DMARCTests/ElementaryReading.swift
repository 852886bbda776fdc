/// A second reading of a From field, made otherwise than the parser's: what is quoted or commented is blacked out, the rest
/// is cut at its commas, and each piece must have one at sign. It takes in more than the grammar, but where it finds one
/// domain there is no other.
struct ElementaryReading {
    /// The domains of the pieces, in lower case; nil if even this reading finds no sense in the field.
    let domains: [String]?

    init(_ value: [UInt8]) {
        domains = Self.blackedOut(value).flatMap(Self.domains)
    }

    /// The octets with quoted strings as `q` and comments as spaces.
    private static func blackedOut(_ value: [UInt8]) -> [UInt8]? {
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A }) else { return nil }
        var result: [UInt8] = []
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        for octet in value {
            if isEscaped {
                isEscaped = false
            } else if octet == UInt8(ascii: "\\") {
                guard isQuoted || depth > 0 else { return nil }
                isEscaped = true
            } else if isQuoted {
                if octet == UInt8(ascii: "\"") { isQuoted = false }
            } else if octet == UInt8(ascii: "(") {
                depth += 1
                result.append(UInt8(ascii: " "))
            } else if depth > 0 {
                if octet == UInt8(ascii: ")") { depth -= 1 }
            } else if octet == UInt8(ascii: "\"") {
                isQuoted = true
                result.append(UInt8(ascii: "q"))
            } else {
                result.append(octet)
            }
        }
        return isQuoted || isEscaped || depth > 0 ? nil : result
    }

    private static func domains(_ text: [UInt8]) -> [String]? {
        var domains: [String] = []
        for piece in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            var piece = String(decoding: piece, as: UTF8.self)[...]
            if let colon = piece.firstIndex(of: ":"), !piece[..<colon].contains("@") {
                piece = piece[colon...].dropFirst()
            }
            piece = piece.trimming { " \t\n;".contains($0) }
            if piece.isEmpty { continue }
            let parts = piece.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].contains("<") else { return nil }
            let isAngled = parts[0].contains("<")
            guard isAngled == parts[1].hasSuffix(">") else { return nil }
            let domain = (isAngled ? parts[1].dropLast() : parts[1]).trimming { " \t\n".contains($0) }
            guard domain.hasPrefix("[") || domain.allSatisfy({ $0.isLetter || $0.isNumber || ".-_".contains($0) })
            else {
                return nil
            }
            domains.append(domain.lowercased())
        }
        return domains
    }

    /// The domain of a field that is nothing but `word <word@domain>` or `word@domain`: one that any reader, however strict,
    /// must understand.
    static func plainDomain(_ value: [UInt8]) -> String? {
        let text = String(decoding: value, as: UTF8.self)[...].trimming { $0 == " " }
        var address = text
        if text.hasSuffix(">") {
            guard let open = text.firstIndex(of: "<") else { return nil }
            guard text[..<open].utf8.allSatisfy({ $0 == 0x20 || isWord($0) }) else { return nil }
            address = text[open...].dropFirst().dropLast()
        }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy(isWord) else { return nil }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(isWord) }) else { return nil }
        return parts[1].utf8.count <= 253 ? parts[1].lowercased() : nil
    }

    private static func isWord(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension Substring {
    fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> Substring {
        let start = drop(while: isTrimmed)
        return start.lastIndex { !isTrimmed($0) }.map { start[...$0] } ?? ""
    }
}
