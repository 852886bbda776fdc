internal import AuthServ
internal import DNS
internal import Milter

/// Values that are reached over the network, and networks.
extension ValueForm where Value == String {
    /// How the local MTA is reached: by SMTP, or by a program.
    static var mailer: ValueForm {
        ValueForm(
            name: "mailer",
            description: "smtp://HOST[:PORT] or sendmail:PATH",
            read: { text in
                guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
                if text.hasPrefix("sendmail:/") { return text }
                guard let server = try? ServerURL(text), server.mailProtocol == .smtp, server.user == nil else {
                    return nil
                }
                return text
            },
            show: { $0 }
        )
    }

    /// An endpoint of ``Milter``.
    package static var socket: ValueForm {
        ValueForm(
            name: "socket",
            description: "a socket such as unix:/path, inet:port@host, inet6:port@host or fd:3",
            read: { Endpoint($0) == nil ? nil : $0 },
            show: { $0 }
        )
    }

    /// `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
    static var nameServer: ValueForm {
        ValueForm(
            name: "address",
            description: "an address such as 127.0.0.1, 192.0.2.1:5353 or [2001:db8::1]:53",
            read: { text in
                if IPAddress(text) != nil { return text }
                guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
                    port > 0
                else { return nil }
                var host = text[..<colon]
                if host.first == "[" && host.last == "]" {
                    host = host.dropFirst().dropLast()
                    return host.contains(":") && IPAddress(host) != nil ? text : nil
                }
                return !host.contains(":") && IPAddress(host) != nil ? text : nil
            },
            show: { $0 }
        )
    }
}

extension ValueForm where Value == ServerURL {
    static var serverURL: ValueForm {
        ValueForm(
            name: "url",
            description: "a server such as smtp://127.0.0.1:587 or imaps://mail.example.org",
            read: { try? ServerURL($0) },
            show: { $0.description }
        )
    }
}

extension ValueForm where Value == AskRule {
    /// `NAME=URL`, or the URL alone if its host is the name.
    static var askRule: ValueForm {
        ValueForm(
            name: "name=url",
            description: "a host and where it is asked, such as mx.example.org=smtp://mx.example.org:587",
            read: { try? AskRule($0) },
            show: { $0.text }
        )
    }
}

extension ValueForm where Value == IPNetwork {
    static var network: ValueForm {
        ValueForm(
            name: "network",
            description: "a network such as 192.0.2.0/24 or 2001:db8::/32, and not the whole Internet",
            read: { IPNetwork($0).flatMap { $0.isWholeInternet ? nil : $0 } },
            show: { $0.description }
        )
    }
}

extension IPNetwork {
    /// True for 0.0.0.0/0 and for networks that contain 2000::/3, all that has been allocated of IPv6 (RFC 4291,
    /// 2.4).
    fileprivate var isWholeInternet: Bool {
        switch address {
        case .v4: prefixLength == 0
        case .v6: prefixLength <= 3 && IPAddress("2000::").map(contains) == true
        }
    }
}
