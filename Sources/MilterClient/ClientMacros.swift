internal import Milter

/// The macros that a client of a filter sends at each stage: Postfix's lists, or the filter's where it gave one.
struct ClientMacros: Sendable {
    private var names: [MacroStage: [String]] = [
        .connect: ["j", "{daemon_name}", "{daemon_addr}", "v", "_"],
        .helo: ["{tls_version}", "{cipher}", "{cipher_bits}", "{cert_subject}", "{cert_issuer}"],
        .mail: [
            "i", "{auth_type}", "{auth_authen}", "{auth_author}", "{mail_addr}", "{mail_host}", "{mail_mailer}",
        ],
        .rcpt: ["i", "{rcpt_addr}", "{rcpt_host}", "{rcpt_mailer}"],
        .data: ["i"],
        .endOfHeader: ["i"],
        .endOfMessage: ["i"],
    ]

    /// An empty list keeps the default.
    init(requests: [MacroRequest]) {
        for request in requests where !request.names.isEmpty { names[request.stage] = request.names }
    }

    /// The macros to send before a command: those that have a value.
    func values(before code: Command.Code, from macros: [String: [UInt8]]) -> MacroValues {
        let wanted = Self.stage(of: code).flatMap { names[$0] } ?? []
        return MacroValues(
            code,
            wanted.compactMap { name in
                let isBraced = name.hasPrefix("{") && name.hasSuffix("}")
                let value = macros[isBraced ? String(name.dropFirst().dropLast()) : name]
                return value.map { (name, $0) }
            }
        )
    }

    private static func stage(of code: Command.Code) -> MacroStage? {
        switch code {
        case .connect: .connect
        case .helo: .helo
        case .mail: .mail
        case .rcpt: .rcpt
        case .data: .data
        case .header, .endOfHeader: .endOfHeader
        case .body, .endOfMessage: .endOfMessage
        case .negotiate, .macros, .unknown, .abort, .quit, .quitAndReuse: nil
        }
    }
}
