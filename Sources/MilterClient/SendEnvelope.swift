internal import Foundation
package import Mail
internal import Milter

/// The envelope of a message to be sent, partial or complete: from flags, or from an `envelope.json`.
package struct SendEnvelope: Decodable, Hashable {
    package var ip: String?
    package var hostname: String?
    package var helo: String?
    /// Arguments of MAIL and RCPT as a client types them, including angle brackets.
    package var mailFrom: String?
    package var recipients: [String]?
    var submission: Submission?
    /// By name, with or without braces.
    package var macros: [String: String]?

    /// The identity that a client has proven by SMTP AUTH.
    package struct Submission: Decodable, Hashable {
        var authen: String
        var type: String?
        /// The AUTH parameter that it adds to MAIL, in xtext (RFC 4954, 5).
        var param: String?
    }

    private enum CodingKeys: String, CodingKey {
        case ip, hostname, helo, macros
        case mailFrom = "mail_from"
        case recipients = "rcpt"
        case submission = "auth"
    }

    package init(
        ip: String? = nil,
        hostname: String? = nil,
        helo: String? = nil,
        mailFrom: String? = nil,
        recipients: [String]? = nil,
        submission: Submission? = nil,
        macros: [String: String]? = nil
    ) {
        self.ip = ip
        self.hostname = hostname
        self.helo = helo
        self.mailFrom = mailFrom
        self.recipients = recipients
        self.submission = submission
        self.macros = macros
    }

    /// The same envelope, with missing values taken from another one.
    func completed(by other: SendEnvelope) -> SendEnvelope {
        SendEnvelope(
            ip: ip ?? other.ip,
            hostname: hostname ?? other.hostname,
            helo: helo ?? other.helo,
            mailFrom: mailFrom ?? other.mailFrom,
            recipients: recipients ?? other.recipients,
            submission: submission ?? other.submission,
            macros: other.bareMacros.merging(bareMacros) { _, own in own }
        )
    }

    /// A message from the machine itself.
    static let local = SendEnvelope(
        ip: "127.0.0.1",
        helo: "localhost",
        mailFrom: "<>",
        recipients: ["<postmaster@localhost>"]
    )

    /// The session as the filter sees it; an empty address means a client without one.
    package var session: ClientSession {
        let ip = ip ?? ""
        let address = Array(ip.utf8)
        let origin: SMTPClient.Origin =
            if ip.isEmpty { .unknown } else if ip.contains(":") {
                .inet6(address: address, port: 25)
            } else {
                .inet(address: address, port: 25)
            }
        let name = hostname ?? (ip.isEmpty || ip == "127.0.0.1" ? "localhost" : "[\(ip)]")
        var values = ["j": ProcessInfo.processInfo.hostName, "v": "authres", "client_addr": ip, "client_name": name]
        if let submission {
            values["auth_authen"] = submission.authen
            values["auth_type"] = submission.type ?? "PLAIN"
        }
        if let parameter = submission?.param, parameter != "<>" { values["auth_author"] = parameter }
        if let address = mailAddress { values["mail_addr"] = address }
        values.merge(bareMacros) { _, given in given }
        return ClientSession(
            client: SMTPClient(hostname: Array(name.utf8), origin: origin),
            helo: helo.map { Array($0.utf8) },
            macros: values.mapValues { Array($0.utf8) }
        )
    }

    package func message(header: [HeaderField], body: [UInt8]) -> ClientMessage {
        ClientMessage(
            sender: EnvelopeAddress(
                Array((mailFrom ?? "").utf8),
                parameters: (submission?.param).map { [Array("AUTH=\($0)".utf8)] } ?? []
            ),
            recipients: (recipients ?? []).map { EnvelopeAddress(Array($0.utf8)) },
            header: header,
            body: body
        )
    }

    /// The MTA's `{mail_addr}` if it reads the argument as every other would; anything unusual must be given as a
    /// macro.
    private var mailAddress: String? {
        guard var address = mailFrom?[...] else { return nil }
        if address.hasPrefix("<"), address.hasSuffix(">") { address = address.dropFirst().dropLast() }
        let isPlain = address.utf8.allSatisfy { $0 > 0x20 && !"<>()[]\\,;:\"'".utf8.contains($0) }
        guard isPlain, address.isEmpty || address.utf8.count(where: { $0 == UInt8(ascii: "@") }) == 1 else {
            return nil
        }
        return String(address)
    }

    /// The macros with their names as the client module uses them, without braces.
    private var bareMacros: [String: String] {
        var bare: [String: String] = [:]
        for (name, value) in (macros ?? [:]).sorted(by: { $0.key < $1.key }) {
            let isBraced = name.hasPrefix("{") && name.hasSuffix("}")
            bare[isBraced ? String(name.dropFirst().dropLast()) : name] = value
        }
        return bare
    }
}
