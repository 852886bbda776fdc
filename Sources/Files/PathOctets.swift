/// The path of a file as text. Its octets need not be UTF-8: each one that is not is a private character from U+EF80 to
/// U+EFFF, so that the file can be opened by the text.
package enum PathOctets {
    /// Private characters in place of the octets 0x80 to 0xFF.
    private static let escapes: ClosedRange<UInt32> = 0xEF80...0xEFFF
    private static let escapeBase: UInt32 = 0xEF00

    /// The text of a path.
    static func text(of octets: [UInt8]) -> String {
        if let text = String(validating: octets, as: UTF8.self), !hasEscapes(text) { return text }
        var text = String.UnicodeScalarView()
        var index = 0
        while index < octets.count {
            let scalar = scalar(at: index, in: octets)
            text.append(scalar ?? escape(octets[index]))
            index += scalar.map { UTF8.width($0) } ?? 1
        }
        return String(text)
    }

    /// The octets of a path and NUL, as system calls take them.
    static func terminated(_ path: String) -> [CChar] {
        guard hasEscapes(path) else { return Array(path.utf8CString) }
        return path.unicodeScalars.flatMap { scalar in
            escapes.contains(scalar.value)
                ? [CChar(truncatingIfNeeded: scalar.value)] : String(scalar).utf8.map { CChar(truncatingIfNeeded: $0) }
        } + [0]
    }

    /// The path in a message to the user: on one line, and without what a terminal would obey.
    package static func shown(_ path: String) -> String {
        guard path.unicodeScalars.contains(where: { !isPlain($0) }) else { return path }
        return path.unicodeScalars.reduce(into: "") { shown, scalar in
            if isPlain(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                let isOctet = escapes.contains(scalar.value) || scalar.isASCII
                let digits = String(isOctet ? scalar.value & 0xFF : scalar.value, radix: 16, uppercase: true)
                shown += isOctet ? "\\x" + (digits.count < 2 ? "0" : "") + digits : "\\u{\(digits)}"
            }
        }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: false
        default: !escapes.contains(scalar.value)
        }
    }

    private static func hasEscapes(_ text: String) -> Bool {
        text.unicodeScalars.contains { escapes.contains($0.value) }
    }

    /// The character that begins at an octet; nil if there is none, or one that would be taken for an escape.
    private static func scalar(at index: Int, in octets: [UInt8]) -> Unicode.Scalar? {
        for end in index + 1...min(index + 4, octets.count) {
            let scalars = String(validating: octets[index..<end], as: UTF8.self)?.unicodeScalars
            guard let scalar = scalars?.first else { continue }
            return escapes.contains(scalar.value) ? nil : scalar
        }
        return nil
    }

    private static func escape(_ octet: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(escapeBase + UInt32(octet)) ?? "\u{FFFD}"
    }
}
