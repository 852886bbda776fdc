internal import Octets

/// The columns of a record whose format is the same everywhere: names, times, data.
extension ZoneFileReader {
    func recordData(
        _ type: RecordType,
        _ data: [ZoneFileLexer.Token],
        _ entry: ZoneFileLexer.Entry
    ) throws(Mistake) -> RecordData {
        guard let first = data.first else { throw mistake(entry, "\(type.mnemonic) without data: add the data") }
        guard first.isQuoted || first.octets != [UInt8(ascii: "\\"), UInt8(ascii: "#")] else {
            throw mistake(entry, "data in numbers (RFC 3597) is not supported: write it as usual for \(type.mnemonic)")
        }
        switch type {
        case .a:
            guard data.count == 1, case .v4(let address)? = IPAddress(first.text) else {
                throw mistake(entry, "A needs one IPv4 address, such as 192.0.2.1")
            }
            return .a(address)
        case .aaaa:
            guard data.count == 1, case .v6(let address)? = IPAddress(first.text) else {
                throw mistake(entry, "AAAA needs one IPv6 address, such as 2001:db8::1")
            }
            return .aaaa(address)
        case .mx:
            guard data.count == 2, first.octets.allSatisfy(\.isDigit), let preference = UInt16(first.text) else {
                throw mistake(entry, "MX needs a number from 0 to 65535 and a name")
            }
            return .mx(preference: preference, exchange: try domain(data[1]))
        case .ptr:
            guard data.count == 1 else { throw mistake(entry, "PTR needs one name") }
            return .ptr(try domain(first))
        case .txt:
            var strings: [[UInt8]] = []
            for token in data { strings.append(try characterString(token)) }
            return .txt(strings)
        }
    }

    /// RFC 1035, 3.3: up to 255 octets.
    private func characterString(_ token: ZoneFileLexer.Token) throws(Mistake) -> [UInt8] {
        guard let octets = token.unescaped else { throw mistake(token, Self.badEscape) }
        guard octets.count <= 255 else {
            throw mistake(
                token,
                "a string of \(octets.count) octets: cut it into strings of at most 255, each in quotes"
            )
        }
        return octets.map(\.value)
    }

    private func domain(_ token: ZoneFileLexer.Token) throws(Mistake) -> Domain? {
        guard case .domain(let domain) = try name(token) else { return nil }
        return domain
    }

    /// A name, absolute if it ends with a dot, otherwise below the origin; `@` is the origin (RFC 1035, 5.1).
    func name(_ token: ZoneFileLexer.Token) throws(Mistake) -> Name {
        guard !token.isQuoted else { throw mistake(token, "a name is written without quotes") }
        if token.octets == [UInt8(ascii: "@")] { return origin }
        if token.octets == [UInt8(ascii: ".")] { return .root }
        guard let octets = token.unescaped else { throw mistake(token, Self.badEscape) }
        guard !octets.contains(where: { $0.value >= 0x80 && !$0.isEscaped }) else {
            throw mistake(token, "`\(token.text)` is not ASCII: write the A-label, xn--...")
        }
        let labels = octets.split(omittingEmptySubsequences: false) { $0.value == UInt8(ascii: ".") && !$0.isEscaped }
        let isAbsolute = labels.last?.isEmpty == true
        let written = isAbsolute ? labels.dropLast() : labels[...]
        /// On the wire each label has one octet more, and the root has one (RFC 1035, 2.3.4).
        let length = written.reduce(0) { $0 + $1.count + 1 } - 1
        guard written.allSatisfy({ (1...Domain.labelLengthLimit).contains($0.count) }), length <= Domain.lengthLimit
        else { throw mistake(token, Self.badLength(token)) }
        /// A dot or another octet that no ``Domain`` has: no check asks for it.
        guard octets.allSatisfy({ !$0.isEscaped || $0.value.isNameOctet }) else { return .unaskable }
        switch origin {
        case .unaskable where !isAbsolute: return .unaskable
        case .domain(let origin) where !isAbsolute:
            guard let domain = Domain(allowingSpaces: octets.map(\.value) + [UInt8(ascii: ".")] + origin.text.utf8)
            else {
                throw mistake(token, Self.badLength(token))
            }
            return .domain(domain)
        case .root, .domain, .unaskable:
            guard let domain = Domain(allowingSpaces: octets.map(\.value)) else {
                throw mistake(token, Self.badLength(token))
            }
            return .domain(domain)
        }
    }

    /// Seconds, or numbers with units as in `1h30m`; RFC 2181, 8: up to 2^31-1.
    static func ttl(_ token: ZoneFileLexer.Token) -> UInt32? {
        guard !token.isQuoted, !token.octets.isEmpty else { return nil }
        var sum: UInt64 = 0
        var number: UInt64?
        for octet in token.octets {
            if octet.isDigit {
                number = (number ?? 0) * 10 + UInt64(octet - 0x30)
            } else {
                guard let value = number, let unit = seconds(in: octet) else { return nil }
                sum += value * unit
                number = nil
            }
            guard sum + (number ?? 0) <= 0x7FFF_FFFF else { return nil }
        }
        return UInt32(sum + (number ?? 0))
    }

    private static func seconds(in unit: UInt8) -> UInt64? {
        switch unit | 0x20 {
        case UInt8(ascii: "s"): 1
        case UInt8(ascii: "m"): 60
        case UInt8(ascii: "h"): 3600
        case UInt8(ascii: "d"): 86_400
        case UInt8(ascii: "w"): 604_800
        default: nil
        }
    }

    private static let badEscape = #"`\` before a digit needs three digits, up to 255: write \009, or `\\`"#

    private static func badLength(_ token: ZoneFileLexer.Token) -> String {
        "`\(token.text)` is not a name: labels have 1 to 63 octets, the whole at most 253"
    }

    private func mistake(_ token: ZoneFileLexer.Token, _ text: String) -> Mistake {
        Mistake(file: file, line: token.line, text: text)
    }
}

extension UInt8 {
    /// An octet that a label of a ``Domain`` may contain.
    fileprivate var isNameOctet: Bool {
        (0x20...0x7E).contains(self) && self != UInt8(ascii: "\\") && self != UInt8(ascii: ".")
    }
}
