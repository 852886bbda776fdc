package import Mail
package import NIOCore

/// What an MTA sends to a filter.
package enum Command: Hashable, Sendable {
    case negotiate(Negotiation)
    /// Values that come before the command of the stage they belong to.
    case macros(MacroValues)
    case connect(SMTPClient)
    /// The argument of HELO or EHLO, raw and unchecked.
    case helo([UInt8])
    case mail(EnvelopeAddress)
    case rcpt(EnvelopeAddress)
    case data
    case header(HeaderField)
    case endOfHeader
    /// A chunk of the body, or the rest of one whose beginning was handed on before.
    case body(ByteBuffer)
    /// The end of the message. Sendmail may put the last octets of the body here; Postfix never does.
    case endOfMessage(ByteBuffer)
    /// A line that the SMTP server does not know.
    case unknown([UInt8])
    /// The message is given up, the connection stays. Postfix sends it after every message and before ``quit``.
    case abort
    case quit
    /// The session is over, and the connection is used for the next one (Sendmail).
    case quitAndReuse

    package enum Code: UInt8, Hashable, Sendable {
        case negotiate = 0x4F  // O
        case macros = 0x44  // D
        case connect = 0x43  // C
        case helo = 0x48  // H
        case mail = 0x4D  // M
        case rcpt = 0x52  // R
        case data = 0x54  // T
        case header = 0x4C  // L
        case endOfHeader = 0x4E  // N
        case body = 0x42  // B
        case endOfMessage = 0x45  // E
        case unknown = 0x55  // U
        case abort = 0x41  // A
        case quit = 0x51  // Q
        case quitAndReuse = 0x4B  // K
    }

    package var code: Code {
        switch self {
        case .negotiate: .negotiate
        case .macros: .macros
        case .connect: .connect
        case .helo: .helo
        case .mail: .mail
        case .rcpt: .rcpt
        case .data: .data
        case .header: .header
        case .endOfHeader: .endOfHeader
        case .body: .body
        case .endOfMessage: .endOfMessage
        case .unknown: .unknown
        case .abort: .abort
        case .quit: .quit
        case .quitAndReuse: .quitAndReuse
        }
    }
}

/// The argument of MAIL or RCPT as it was typed after the colon, with or without angle brackets, and what comes after
/// it (RFC 5321, 4.1.2: Mail-parameters). Unchecked.
package struct EnvelopeAddress: Hashable, Sendable {
    package var argument: [UInt8]
    package var parameters: [[UInt8]]

    package init(_ argument: [UInt8], parameters: [[UInt8]] = []) {
        self.argument = argument
        self.parameters = parameters
    }
}

extension Command {
    /// Reads the data of a frame; octets that are left over are an error.
    init(_ code: Code, from data: inout ByteBuffer) throws(ProtocolError) {
        switch code {
        case .negotiate: self = .negotiate(try Negotiation(from: &data))
        case .macros: self = .macros(try MacroValues(from: &data))
        case .connect: self = .connect(try SMTPClient(from: &data))
        case .helo: self = .helo(try Self.string(code, from: &data))
        case .mail: self = .mail(try Self.address(code, from: &data))
        case .rcpt: self = .rcpt(try Self.address(code, from: &data))
        case .data: self = .data
        case .header:
            let name = try Self.string(code, from: &data)
            self = .header(HeaderField(name: name, value: try Self.string(code, from: &data)))
        case .endOfHeader: self = .endOfHeader
        case .body: self = .body(data.readSlice(length: data.readableBytes) ?? ByteBuffer())
        case .endOfMessage: self = .endOfMessage(data.readSlice(length: data.readableBytes) ?? ByteBuffer())
        case .unknown: self = .unknown(try Self.string(code, from: &data))
        case .abort: self = .abort
        case .quit: self = .quit
        case .quitAndReuse: self = .quitAndReuse
        }
        guard data.readableBytes == 0 else { throw .malformed(code.rawValue) }
    }

    private static func string(_ code: Code, from data: inout ByteBuffer) throws(ProtocolError) -> [UInt8] {
        guard let string = data.readTerminatedString() else { throw .malformed(code.rawValue) }
        return string
    }

    private static func address(_ code: Code, from data: inout ByteBuffer) throws(ProtocolError) -> EnvelopeAddress {
        guard var strings = data.readTerminatedStrings(), !strings.isEmpty else { throw .malformed(code.rawValue) }
        return EnvelopeAddress(strings.removeFirst(), parameters: strings)
    }

    /// Appends the command as one frame.
    package func write(to buffer: inout ByteBuffer) {
        buffer.writeFrame(code.rawValue) { data in
            switch self {
            case .negotiate(let negotiation): negotiation.write(to: &data)
            case .macros(let values): values.write(to: &data)
            case .connect(let client): client.write(to: &data)
            case .helo(let string), .unknown(let string): data.writeString(terminated: string)
            case .mail(let address), .rcpt(let address):
                data.writeString(terminated: address.argument)
                for parameter in address.parameters { data.writeString(terminated: parameter) }
            case .header(let field):
                data.writeString(terminated: field.name)
                data.writeString(terminated: field.value)
            case .body(let octets), .endOfMessage(let octets): data.writeImmutableBuffer(octets)
            case .data, .endOfHeader, .abort, .quit, .quitAndReuse: break
            }
        }
    }
}
