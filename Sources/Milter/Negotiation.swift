package import NIOCore

/// What the two sides agree on before anything else (`SMFIC_OPTNEG`): the MTA offers, and the filter accepts a part
/// of it. Postfix treats a filter that accepts more than was offered as broken, and defers all mail.
package struct Negotiation: Hashable, Sendable {
    package var version: UInt32
    package var actions: FilterActions
    package var steps: ProtocolOptions
    /// Only in the filter's answer: the macros it wants at a stage, in place of the MTA's default list for that stage.
    package var macroRequests: [MacroRequest]

    package init(version: UInt32, actions: FilterActions, steps: ProtocolOptions, macroRequests: [MacroRequest] = []) {
        self.version = version
        self.actions = actions
        self.steps = steps
        self.macroRequests = macroRequests
    }

    /// What Postfix 3.7 and Sendmail 8.17 offer.
    package static let fullOffer = Negotiation(
        version: 6,
        actions: FilterActions(rawValue: 0x1FF),
        steps: ProtocolOptions(rawValue: 0x1F_FFFF)
    )
}

/// What a filter may do to a message (`SMFIF_`).
package struct FilterActions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Fields may be added, and inserted (`SMFIF_ADDHDRS`).
    package static let addHeaders = FilterActions(rawValue: 0x1)
    package static let changeBody = FilterActions(rawValue: 0x2)
    package static let addRecipients = FilterActions(rawValue: 0x4)
    package static let deleteRecipients = FilterActions(rawValue: 0x8)
    /// Fields may be changed, and deleted (`SMFIF_CHGHDRS`).
    package static let changeHeaders = FilterActions(rawValue: 0x10)
    package static let quarantine = FilterActions(rawValue: 0x20)
    package static let changeSender = FilterActions(rawValue: 0x40)
    package static let addRecipientsWithParameters = FilterActions(rawValue: 0x80)
    /// The filter may name the macros it wants (`SMFIF_SETSYMLIST`).
    package static let requestMacros = FilterActions(rawValue: 0x100)
}

/// Which steps of the protocol are left out, and how some are done (`SMFIP_`).
package struct ProtocolOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The filter may answer a body chunk with ``Reply/skip``.
    package static let skip = ProtocolOptions(rawValue: 0x400)
    /// A field's value is sent and received with the space after the colon. Without it one space is lost, and the
    /// octets received are not those that were signed.
    package static let leadingSpace = ProtocolOptions(rawValue: 0x10_0000)
}

/// Macros that the filter asks for at one stage.
package struct MacroRequest: Hashable, Sendable {
    package let stage: MacroStage
    /// As the MTA knows them, long names in braces.
    package let names: [String]
    /// The names as they are sent, with spaces between them.
    let list: [UInt8]

    package init(_ stage: MacroStage, _ names: [String]) {
        self.stage = stage
        self.names = names
        list = Array(names.joined(separator: " ").utf8)
    }

    /// A list for a stage replaces the MTA's own, so each holds the defaults of Postfix and of Sendmail and the
    /// macros wanted beyond them; an MTA leaves out a macro that it does not know. Data and recipients keep the MTA's
    /// lists.
    package static let defaults = [
        MacroRequest(
            .connect,
            [
                "j", "_", "v", "{daemon_name}", "{daemon_addr}", "{if_name}", "{if_addr}", "{client_addr}",
                "{client_name}", "{client_ptr}", "{client_resolve}",
            ]
        ),
        MacroRequest(.helo, ["{tls_version}", "{cipher}", "{cipher_bits}", "{cert_subject}", "{cert_issuer}"]),
        MacroRequest(
            .mail,
            [
                "i", "{auth_type}", "{auth_authen}", "{auth_author}", "{auth_ssf}", "{mail_addr}", "{mail_host}",
                "{mail_mailer}", "{tls_version}", "{cipher}", "{cipher_bits}", "{client_addr}",
            ]
        ),
        MacroRequest(.endOfHeader, ["i"]),
        MacroRequest(.endOfMessage, ["i"]),
    ]
}

/// The stages for which macros can be requested, by their numbers in the negotiation (`SMFIM_`).
package enum MacroStage: UInt32, Hashable, Sendable {
    case connect = 0
    case helo = 1
    case mail = 2
    case rcpt = 3
    case data = 4
    case endOfMessage = 5
    case endOfHeader = 6
}

extension Negotiation {
    init(from data: inout ByteBuffer) throws(ProtocolError) {
        guard
            let version = data.readInteger(as: UInt32.self),
            let actions = data.readInteger(as: UInt32.self),
            let steps = data.readInteger(as: UInt32.self)
        else { throw .malformed(Command.Code.negotiate.rawValue) }
        self.init(version: version, actions: FilterActions(rawValue: actions), steps: ProtocolOptions(rawValue: steps))
        while data.readableBytes > 0 {
            guard
                let number = data.readInteger(as: UInt32.self), let stage = MacroStage(rawValue: number),
                let list = data.readTerminatedString()
            else { throw .malformed(Command.Code.negotiate.rawValue) }
            let names = list.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            macroRequests.append(MacroRequest(stage, names))
        }
    }

    package func write(to buffer: inout ByteBuffer) {
        buffer.writeInteger(version)
        buffer.writeInteger(actions.rawValue)
        buffer.writeInteger(steps.rawValue)
        for request in macroRequests {
            buffer.writeInteger(request.stage.rawValue)
            buffer.writeString(terminated: request.list)
        }
    }
}
