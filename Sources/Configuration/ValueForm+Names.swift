internal import AggregateReports
internal import DNS
internal import MailPolicy

/// Values that are in mail: names of hosts and fields, addresses, what a reply says.
extension ValueForm where Value == String {
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
}
