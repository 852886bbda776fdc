package import DNS

/// A protocol in which a server can announce the authserv-ids of its site.
package enum MailProtocol: String, Hashable, Sendable, CaseIterable {
    case smtp, imap, pop3

    /// The registered port, without and with TLS from the first octet (RFC 8314, 7.3 and 3.3).
    func defaultPort(isImplicitTLS: Bool) -> UInt16 {
        switch self {
        case .smtp: isImplicitTLS ? 465 : 25
        case .imap: isImplicitTLS ? 993 : 143
        case .pop3: isImplicitTLS ? 995 : 110
        }
    }
}

/// Where a server is asked: `smtp[s]://[user@]host[:port]`, and likewise `imap[s]` and `pop3[s]`.
///
/// It is strict, because libcurl gets it: no password, no path, no query, and a host that every reader understands
/// alike.
package struct ServerURL: Hashable, Sendable {
    /// A name, or an address in its canonical text.
    package enum Host: Hashable, Sendable {
        case name(Domain)
        case address(IPAddress)
    }

    package let mailProtocol: MailProtocol
    /// TLS from the first octet, as opposed to STARTTLS.
    package let isImplicitTLS: Bool
    /// The user who logs in; nil asks without login.
    package let user: String?
    package let host: Host
    package let port: UInt16

    /// What is wrong with the text, and what to write.
    package struct Mistake: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package init(
        _ mailProtocol: MailProtocol,
        isImplicitTLS: Bool,
        user: String? = nil,
        host: Host,
        port: UInt16? = nil
    ) {
        self.mailProtocol = mailProtocol
        self.isImplicitTLS = isImplicitTLS
        self.user = user
        self.host = host
        self.port = port ?? mailProtocol.defaultPort(isImplicitTLS: isImplicitTLS)
    }

    package init(_ text: String) throws(Mistake) {
        let octets = Array(text.utf8)
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), octets[colon...].starts(with: "://".utf8) else {
            throw Mistake(description: "not a URL such as imaps://ann@mail.example.org or smtp://mx.example.org:587")
        }
        let scheme = String(decoding: octets[..<colon], as: UTF8.self).lowercased()
        guard
            let known = MailProtocol.allCases.first(where: { $0.rawValue == scheme || $0.rawValue + "s" == scheme })
        else { throw Mistake(description: "the scheme must be smtp, smtps, imap, imaps, pop3 or pop3s") }
        var rest = octets[(colon + 3)...]
        if rest.last == UInt8(ascii: "/") { rest.removeLast() }
        guard !rest.contains(where: { "/?#\\".utf8.contains($0) }) else {
            throw Mistake(description: "nothing may follow host and port")
        }
        var user: String?
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            user = try Self.user(rest[..<at])
            rest = rest[(at + 1)...]
        }
        let (host, port) = try Self.hostAndPort(rest)
        self.init(known, isImplicitTLS: scheme != known.rawValue, user: user, host: host, port: port)
    }

    /// RFC 3986, 3.2.1, where `:` would begin a password: that is refused, because all users of the machine can see a
    /// command line.
    private static func user(_ octets: ArraySlice<UInt8>) throws(Mistake) -> String {
        guard !octets.contains(UInt8(ascii: ":")) else {
            throw Mistake(description: "a URL must not have a password; use --netrc or AUTHRES_ASK_PASSWORD")
        }
        var decoded: [UInt8] = []
        var rest = octets
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                decoded.append(octet)
                continue
            }
            guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit else {
                throw Mistake(description: "% in the user's name must be followed by two hexadecimal digits")
            }
            decoded.append(high << 4 | low)
        }
        guard !decoded.isEmpty, let text = String(validating: decoded, as: UTF8.self),
            !decoded.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { throw Mistake(description: "the user's name is empty or has control characters") }
        return text
    }

    private static func hostAndPort(_ octets: ArraySlice<UInt8>) throws(Mistake) -> (Host, UInt16?) {
        var rest = octets
        let host: Host
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")),
                let address = IPAddress(String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)),
                case .v6 = address
            else { throw Mistake(description: "not an IPv6 address in brackets") }
            host = .address(address)
            rest = rest[(end + 1)...]
        } else {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            host = try Self.host(Array(rest[..<end]))
            rest = rest[end...]
        }
        guard let colon = rest.first else { return (host, nil) }
        let digits = rest.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
        else { throw Mistake(description: "the port must be a number from 1 to 65535") }
        return (host, port)
    }

    private static func host(_ octets: [UInt8]) throws(Mistake) -> Host {
        if let address = IPAddress(String(decoding: octets, as: UTF8.self)), case .v4 = address {
            return .address(address)
        }
        guard let name = Domain(internationalized: octets), name.labels.allSatisfy({ $0.isHostLabel }) else {
            throw Mistake(description: "the host must be a name or an address")
        }
        // libcurl takes 2130706433, 127.1 and 0x7f.1 for addresses; no name ends like that.
        if let last = name.labels.last, last.utf8.first.map({ (0x30...0x39).contains($0) }) == true {
            throw Mistake(description: "the host is neither a name nor an address in its usual form")
        }
        return .name(name)
    }

    /// Text that was to be a URL, without its password: refused text is reported, and ends up in logs.
    package static func withoutPassword(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@"), let scheme = text.firstRange(of: "://"), scheme.upperBound <= at,
            let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
        else { return text }
        return text[...colon] + "..." + text[at...]
    }

    package var scheme: String { mailProtocol.rawValue + (isImplicitTLS ? "s" : "") }

    /// The host as written in a URL: IPv6 addresses in brackets.
    package var hostText: String {
        switch host {
        case .name(let name): name.text
        case .address(let address): if case .v6 = address { "[\(address)]" } else { address.description }
        }
    }
}

extension ServerURL: CustomStringConvertible {
    /// The URL as it is read, with the port only if it is not the registered one.
    package var description: String {
        let isDefault = port == mailProtocol.defaultPort(isImplicitTLS: isImplicitTLS)
        return scheme + "://" + (user.map { Self.percentEncoded($0) + "@" } ?? "") + hostText
            + (isDefault ? "" : ":\(port)")
    }

    /// Everything except the characters that RFC 3986, 2.3 calls unreserved.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { octet in
            if octet.isLetterOrDigit || "-._~".utf8.contains(octet) { return String(UnicodeScalar(octet)) }
            let digits = String(octet, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

extension Substring {
    /// Letters, digits and inner hyphens (RFC 5321, 4.1.2).
    var isHostLabel: Bool {
        utf8.first != UInt8(ascii: "-") && utf8.last != UInt8(ascii: "-")
            && utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
    }
}

extension UInt8 {
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// 0 to 15, or nil for a character that is not a digit.
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
