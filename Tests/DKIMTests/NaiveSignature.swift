import DNS
import Mail
import SigningSupport

/// What a signature signs, by the letter of RFC 6376 and with nothing of the code under test: the judge of the mutation
/// test. It reads tags as loosely as can be, since it only has to say what was signed, not whether it is well-formed.
enum NaiveSignature {
    struct Signed: Hashable {
        /// The header fields as hashed, and the signature's own.
        let header: [UInt8]
        let body: [UInt8]
        let signature: [UInt8]
        let name: String
    }

    /// Every DKIM-Signature of a message, from the top.
    static func all(in message: SignedMessage) -> [Signed] {
        message.header.indices.filter { fieldName(of: message.header[$0]) == Array("dkim-signature".utf8) }
            .map { signed(by: $0, in: message) }
    }

    private static func signed(by place: Int, in message: SignedMessage) -> Signed {
        let own = message.header[place]
        let tags = tags(of: own.value)
        let ways = text(tags["c"] ?? Array("simple/simple".utf8)).split(separator: "/").map(String.init)
        let isRelaxed = ways.first == "relaxed"
        var left = message.header.indices.filter { $0 != place }
        var header: [UInt8] = []
        for name in (tags["h"] ?? []).split(separator: UInt8(ascii: ":")).map({ lowercased(trimmed(Array($0))) }) {
            guard let found = left.lastIndex(where: { fieldName(of: message.header[$0]) == name }) else {
                continue
            }
            header += canonical(message.header[left.remove(at: found)], isRelaxed) + [0x0D, 0x0A]
        }
        header += canonical(HeaderField(name: own.name, value: withoutB(own.value)), isRelaxed)
        return Signed(
            header: header,
            body: body(message.body, isRelaxed: ways.count > 1 && ways[1] == "relaxed"),
            signature: (tags["b"] ?? []).filter { !isSpace($0) },
            name: name(tags["s"] ?? []) + "._domainkey." + name(tags["d"] ?? [])
        )
    }

    /// The tags of a list; of two equal ones the first.
    static func tags(of list: [UInt8]) -> [String: [UInt8]] {
        var tags: [String: [UInt8]] = [:]
        for part in list.split(separator: UInt8(ascii: ";")) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = text(trimmed(Array(part[..<equals])))
            if tags[name] == nil { tags[name] = trimmed(Array(part[(equals + 1)...])) }
        }
        return tags
    }

    private static func withoutB(_ value: [UInt8]) -> [UInt8] {
        var parts = value.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(Array.init)
        for index in parts.indices {
            guard let equals = parts[index].firstIndex(of: UInt8(ascii: "=")),
                trimmed(Array(parts[index][..<equals])) == [UInt8(ascii: "b")]
            else { continue }
            parts[index] = Array(parts[index][...equals])
        }
        return Array(parts.joined(separator: [UInt8(ascii: ";")]))
    }

    private static func canonical(_ field: HeaderField, _ isRelaxed: Bool) -> [UInt8] {
        guard isRelaxed else {
            return field.name + [UInt8(ascii: ":")] + field.value.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        }
        let words = field.value.split { isSpace($0) }
        return fieldName(of: field) + [UInt8(ascii: ":")] + Array(words.joined(separator: [0x20]))
    }

    private static func body(_ octets: [UInt8], isRelaxed: Bool) -> [UInt8] {
        var lines: [[UInt8]] = [[]]
        for octet in octets {
            if octet == 0x0A, lines[lines.count - 1].last == 0x0D {
                lines[lines.count - 1].removeLast()
                lines.append([])
            } else if isRelaxed, octet == 0x20 || octet == 0x09 {
                if lines[lines.count - 1].last != 0x20 { lines[lines.count - 1].append(0x20) }
            } else {
                lines[lines.count - 1].append(octet)
            }
        }
        if isRelaxed {
            for index in lines.indices where lines[index].last == 0x20 { lines[index].removeLast() }
        }
        while lines.last == [] { lines.removeLast() }
        if lines.isEmpty { return isRelaxed ? [] : [0x0D, 0x0A] }
        return lines.flatMap { $0 + [0x0D, 0x0A] }
    }

    /// The same name for a U-label as for its A-label (RFC 8616), both of which the DNS knows as the latter.
    private static func name(_ octets: [UInt8]) -> String {
        Domain(internationalized: octets)?.text ?? text(octets).lowercased()
    }

    private static func text(_ octets: [UInt8]) -> String {
        String(decoding: octets, as: UTF8.self)
    }

    private static func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 || octet == 0x0A }

    private static func fieldName(of field: HeaderField) -> [UInt8] {
        lowercased(Array(field.name.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()))
    }

    static func trimmed(_ octets: [UInt8]) -> [UInt8] {
        Array(octets.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    static func lowercased(_ octets: [UInt8]) -> [UInt8] {
        octets.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
