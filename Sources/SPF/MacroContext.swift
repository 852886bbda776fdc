internal import DNS

/// What macros expand to in one evaluation, except for the current domain and the client's validated name (RFC 7208,
/// 7.2 and 7.3).
struct MacroContext: Sendable {
    let client: IPAddress
    /// The sender's local-part, unquoted, and domain; includes and redirects do not change them.
    let localPart: [UInt8]
    let senderDomain: [UInt8]
    /// The argument of HELO or EHLO, as the client gave it.
    let helo: [UInt8]
    /// The name of the host that runs the check.
    let receiver: [UInt8]
    /// Seconds since 1970.
    let time: Int64

    /// RFC 8616, 4: a local-part outside ASCII cannot be part of a name, and a term that uses it matches nothing.
    var hasASCIILocalPart: Bool { localPart.allSatisfy { $0 < 0x80 } }

    /// The expansion of a piece of a macro-string.
    /// - Parameters:
    ///   - domain: the current domain.
    ///   - validatedName: for `p`.
    func expand(_ piece: MacroString.Piece, domain: Domain, validatedName: [UInt8]) -> [UInt8] {
        switch piece {
        case .literal(let octets): Array(octets)
        case .escape(let octets): octets
        case .macro(let macro): macro.transform(value(of: macro.letter, domain, validatedName))
        }
    }

    private func value(of letter: Macro.Letter, _ domain: Domain, _ validatedName: [UInt8]) -> [UInt8] {
        switch letter {
        case .sender: localPart + [UInt8(ascii: "@")] + senderDomain
        case .localPart: localPart
        case .senderDomain: senderDomain
        case .domain: Array(domain.text.utf8)
        case .address: dottedAddress
        case .validatedName: validatedName
        case .addressFamily: Array(family.utf8)
        case .helo: helo
        case .readableAddress: Array(client.description.utf8)
        case .receiver: receiver
        case .time: Array(String(time).utf8)
        }
    }

    private var family: String {
        switch client {
        case .v4: "in-addr"
        case .v6: "ip6"
        }
    }

    /// An IPv4 address as usual; an IPv6 address as its 32 nibbles, with dots between them.
    private var dottedAddress: [UInt8] {
        switch client {
        case .v4: return Array(client.description.utf8)
        case .v6(let address):
            let digits = Array("0123456789ABCDEF".utf8)
            let nibbles = address.octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
            return Array(nibbles.map { [$0] }.joined(separator: [UInt8(ascii: ".")]))
        }
    }

    /// The name that a domain-spec expands to: one that is too long loses labels on the left (RFC 7208, 7.3). Nil if
    /// the expansion is not a name that can be asked about.
    func name(of spec: MacroString, domain: Domain, validatedName: [UInt8]) -> Domain? {
        guard hasASCIILocalPart || !spec.usesLocalPart else { return nil }
        /// Only the end counts, so it is expanded from the end: a record of some kilobytes could otherwise demand
        /// megabytes. One octet more than fits shows that something must be dropped.
        var parts: [[UInt8]] = []
        var length = 0
        for piece in spec.pieces.reversed() where length <= Domain.lengthLimit + 1 {
            let part = expand(piece, domain: domain, validatedName: validatedName)
            parts.append(part)
            length += part.count
        }
        var name = Array(parts.reversed().joined())[...]
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        if name.count > Domain.lengthLimit {
            let tail = name.suffix(Domain.lengthLimit + 1)
            guard let dot = tail.firstIndex(of: UInt8(ascii: ".")) else { return nil }
            name = tail[(dot + 1)...]
        }
        return Domain(allowingSpaces: name)
    }

    /// The text of an explanation (RFC 7208, 6.2); nil if it is too long or not all of it is printable ASCII.
    func explanation(_ text: MacroString, domain: Domain, validatedName: [UInt8]) -> String? {
        var result: [UInt8] = []
        for piece in text.pieces {
            result += expand(piece, domain: domain, validatedName: validatedName)
            guard result.count <= Self.explanationLimit else { return nil }
        }
        guard !result.isEmpty, result.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return String(decoding: result, as: UTF8.self)
    }

    /// The maximum length of an explanation in octets: two lines of an SMTP reply (RFC 5321, 4.5.3.1.5) hold no more.
    static let explanationLimit = 1000
}
