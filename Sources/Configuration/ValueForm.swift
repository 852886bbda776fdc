internal import AggregateReports
internal import AuthServ
internal import DNS
internal import Logging
internal import MailPolicy
internal import Milter

/// How the text of a setting's value is read and written: durations, sizes, networks, words.
package struct ValueForm<Value: Sendable>: Sendable {
    /// The name of a value in a synopsis: `duration`.
    let name: String
    /// What to write, as shown in a mistake: `a duration such as 20s, 500ms or 2m`.
    package let description: String
    package let read: @Sendable (String) -> Value?
    /// Nil for a value that is not set.
    let show: @Sendable (Value) -> String?

    package func value(of text: String) throws(Setting.Mistake) -> Value {
        guard let value = read(text) else {
            throw Setting.Mistake(text: "\(ServerURL.withoutPassword(text).debugDescription) is not \(description)")
        }
        return value
    }

    /// The same form where the default is to have no value. A text that is not a value is still a mistake: it must
    /// not become nil.
    var optional: ValueForm<Value?> {
        ValueForm<Value?>(
            name: name,
            description: description,
            read: { read($0).map(Optional.some) },
            show: { $0.flatMap(show) }
        )
    }
}

extension ValueForm where Value == String {
    /// Any text that is not empty and holds no control character.
    package static var text: ValueForm {
        ValueForm(
            name: "text",
            description: "text without control characters",
            read: { text in text.isEmpty || text.utf8.contains { $0 < 0x20 || $0 == 0x7F } ? nil : text },
            show: { $0 }
        )
    }

    /// A host or domain name, or a pattern `*.NAME`.
    static var namePattern: ValueForm {
        ValueForm(
            name: "name",
            description: "a name such as mx.example.org or *.example.org",
            read: { text in
                let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
                return name.isEmpty || name.utf8.contains { $0 <= 0x20 || $0 == 0x7F || "*$".utf8.contains($0) }
                    ? nil : text
            },
            show: { $0 }
        )
    }

    /// The name a site reports under: a domain name, or one word. RFC 8601 (2.5) allows any text in quotes, but a
    /// blank, a variable of Postfix (`$myhostname`) or OpenDKIM's word for the host's name is never meant.
    static var authservID: ValueForm {
        ValueForm(
            name: "name",
            description: "a name such as mx.example.org, one word without $ (without the key it is the MTA's own name)",
            read: { text in
                guard (1...255).contains(text.utf8.count), text.uppercased() != "HOSTNAME" else { return nil }
                let isPlain = text.utf8.allSatisfy { octet in
                    octet > 0x20 && octet != 0x7F && !"$%{}\"\\;()<>,@=?".utf8.contains(octet)
                }
                guard isPlain else { return nil }
                let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
                return isASCII || Domain(internationalized: Array(text.utf8)) != nil ? text : nil
            },
            show: { $0 }
        )
    }

    /// The name of a header field (RFC 5322, 3.6.8) that may be removed: not one that the message itself consists of,
    /// nor one of ARC or DKIM, which prove it.
    static var fieldName: ValueForm {
        ValueForm(
            name: "field",
            description:
                "a header field that may be removed (those of RFC 5322 section 3.6, MIME, DKIM and ARC may not)",
            read: { text in
                let name = text.lowercased()
                let isName =
                    !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
                return isName && !keptFields.contains(name) && !name.hasPrefix("resent-") && !name.hasPrefix("arc-")
                    ? text : nil
            },
            show: { $0 }
        )
    }

    /// What no filter removes (RFC 5322, 3.6; RFC 2045, 4 to 6; RFC 6376), beside `Resent-` and `ARC-`.
    private static var keptFields: Set<String> {
        [
            "return-path", "received", "date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id",
            "in-reply-to", "references", "subject", "comments", "keywords", "mime-version", "content-type",
            "content-transfer-encoding", "dkim-signature",
        ]
    }

    /// A URL for replies.
    package static var help: ValueForm {
        ValueForm(
            name: "url",
            description: "a URL such as https://example.org/why, of at most \(PolicyReply.helpLimit) ASCII characters",
            read: { PolicyReply.isHelp($0) ? $0 : nil },
            show: { $0 }
        )
    }

    /// A host name of at least two labels.
    static var hostName: ValueForm {
        ValueForm(
            name: "domain",
            description: "a domain such as example.org",
            read: { text in Domain(internationalized: Array(text.utf8)).flatMap { $0.isHostName ? $0.text : nil } },
            show: { $0 }
        )
    }

    /// An address that can be used in an envelope and in From as it is.
    static var mailAddress: ValueForm {
        ValueForm(
            name: "address",
            description: "an address such as dmarc@example.org",
            read: { ReportDestination(address: $0)?.address },
            show: { $0 }
        )
    }

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

extension ValueForm where Value == Bool {
    static var truth: ValueForm {
        ValueForm(
            name: "true|false",
            description: "true or false",
            read: { ["true": true, "false": false][$0.lowercased()] },
            show: { String($0) }
        )
    }
}

extension ValueForm where Value == Duration {
    package static var duration: ValueForm {
        ValueForm(
            name: "duration",
            description: "a duration such as 20s, 500ms, 2m, 24h or 30d",
            read: { text in
                let digits = text.prefix { $0.isASCII && $0.isNumber }
                guard let number = Int64(digits), number > 0, number <= 1_000_000 else { return nil }
                switch text.dropFirst(digits.count) {
                case "ms": return .milliseconds(number)
                case "s": return .seconds(number)
                case "m": return .seconds(number * 60)
                case "h": return .seconds(number * 3600)
                case "d": return .seconds(number * 86_400)
                default: return nil
                }
            },
            show: { duration in
                let milliseconds =
                    duration.components.seconds * 1000
                    + duration.components.attoseconds / 1_000_000_000_000_000
                if milliseconds > 0, milliseconds % 86_400_000 == 0 { return "\(milliseconds / 86_400_000)d" }
                if milliseconds > 0, milliseconds % 3_600_000 == 0 { return "\(milliseconds / 3_600_000)h" }
                return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
            }
        )
    }
}

extension ValueForm where Value == Int {
    /// A whole number within bounds.
    package static func number(_ range: ClosedRange<Int>) -> ValueForm {
        ValueForm(
            name: "number",
            description: "a number from \(range.lowerBound) to \(range.upperBound)",
            read: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
            show: { String($0) }
        )
    }

    /// A number of octets within bounds.
    package static func size(_ range: ClosedRange<Int>) -> ValueForm {
        ValueForm(
            name: "size",
            description: "a size such as 65536, 256KiB or 1MiB, from \(range.lowerBound) to \(range.upperBound) octets",
            read: { text in
                let digits = text.prefix { $0.isASCII && $0.isNumber }
                guard let number = Int(digits) else { return nil }
                let unit: Int
                switch text.dropFirst(digits.count) {
                case "": unit = 1
                case "KiB": unit = 1024
                case "MiB": unit = 1024 * 1024
                default: return nil
                }
                let (octets, overflow) = number.multipliedReportingOverflow(by: unit)
                return overflow || !range.contains(octets) ? nil : octets
            },
            show: { $0 % 1024 == 0 ? "\($0 / 1024)KiB" : String($0) }
        )
    }
}

extension ValueForm where Value == UInt16 {
    /// Permission bits, in octal as chmod(1) takes them.
    static var fileMode: ValueForm {
        ValueForm(
            name: "mode",
            description: "permission bits in octal such as 0660",
            read: { text in UInt16(text, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil } },
            show: { "0" + String($0, radix: 8) }
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

extension ValueForm where Value: RawRepresentable<String> & CaseIterable {
    static var word: ValueForm {
        ValueForm(
            name: Value.allCases.map(\.rawValue).joined(separator: "|"),
            description: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            read: { Value(rawValue: $0) },
            show: { $0.rawValue }
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
