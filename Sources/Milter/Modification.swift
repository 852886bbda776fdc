package import Mail
package import NIOCore
internal import Octets

/// A change that a filter makes to a message, sent between the end of the message and the response.
package enum Modification: Hashable, Sendable {
    /// Below all fields. Sendmail may put it in the place of a deleted field of the same name: insert instead.
    case addHeader(HeaderField)
    /// The field with this 1-based index among those of its name; an empty value deletes it.
    case changeHeader(index: UInt32, HeaderField)
    /// 0 is above everything, including the MTA's own trace fields.
    case insertHeader(index: UInt32, HeaderField)
    /// A part of the new body; the parts follow each other.
    case replaceBody(ByteBuffer)
    case addRecipient(EnvelopeAddress)
    case deleteRecipient([UInt8])
    case changeSender(EnvelopeAddress)
    /// The message is held; the text says why.
    case quarantine([UInt8])

    /// The modifications that make the edits, in the order that is right on every MTA.
    ///
    /// Values are sent as they are: ``ProtocolOptions/leadingSpace`` is negotiated, so the space after the colon is
    /// part of them. Folds are LF alone: Postfix would store a CR.
    package static func modifications(for edits: HeaderEdits) -> [Modification] {
        edits.commands.map { command in
            switch command {
            case .delete(let name, let index):
                .changeHeader(
                    index: UInt32(clamping: index),
                    HeaderField(name: name, value: [])
                )
            case .insertOnTop(let field):
                .insertHeader(
                    index: 0,
                    LibCSearch.contains(.carriageReturn, in: field.value)
                        ? HeaderField(name: field.name, value: field.value.filter { $0 != .carriageReturn }) : field
                )
            }
        }
    }

    package var code: Reply.Code {
        switch self {
        case .addHeader: .addHeader
        case .changeHeader: .changeHeader
        case .insertHeader: .insertHeader
        case .replaceBody: .replaceBody
        case .addRecipient(let address):
            address.parameters.isEmpty ? .addRecipient : .addRecipientWithParameters
        case .deleteRecipient: .deleteRecipient
        case .changeSender: .changeSender
        case .quarantine: .quarantine
        }
    }

    /// The action that must have been negotiated for it.
    package var action: FilterActions {
        switch self {
        case .addHeader, .insertHeader: .addHeaders
        case .changeHeader: .changeHeaders
        case .replaceBody: .changeBody
        case .addRecipient(let address):
            address.parameters.isEmpty ? .addRecipients : .addRecipientsWithParameters
        case .deleteRecipient: .deleteRecipients
        case .changeSender: .changeSender
        case .quarantine: .quarantine
        }
    }

    /// - Parameter code: One of the codes of modifications.
    init(_ code: Reply.Code, from data: inout ByteBuffer) throws(ProtocolError) {
        switch code {
        case .addHeader: self = .addHeader(try Self.field(code, from: &data))
        case .changeHeader:
            let index = try Self.index(code, from: &data)
            self = .changeHeader(index: index, try Self.field(code, from: &data))
        case .insertHeader:
            let index = try Self.index(code, from: &data)
            self = .insertHeader(index: index, try Self.field(code, from: &data))
        case .replaceBody: self = .replaceBody(data.readSlice(length: data.readableBytes) ?? ByteBuffer())
        case .addRecipient, .addRecipientWithParameters: self = .addRecipient(try Self.address(code, from: &data))
        case .deleteRecipient: self = .deleteRecipient(try Self.string(code, from: &data))
        case .changeSender: self = .changeSender(try Self.address(code, from: &data))
        case .quarantine: self = .quarantine(try Self.string(code, from: &data))
        case .negotiate, .continue, .accept, .reject, .temporaryFailure, .discard, .replyCode, .skip, .shutdown,
            .connectionFailure, .progress:
            throw .unexpectedReply(code)
        }
    }

    private static func string(_ code: Reply.Code, from data: inout ByteBuffer) throws(ProtocolError) -> [UInt8] {
        guard let string = data.readTerminatedString() else { throw .malformed(code.rawValue) }
        return string
    }

    private static func index(_ code: Reply.Code, from data: inout ByteBuffer) throws(ProtocolError) -> UInt32 {
        guard let index = data.readInteger(as: UInt32.self) else { throw .malformed(code.rawValue) }
        return index
    }

    private static func field(_ code: Reply.Code, from data: inout ByteBuffer) throws(ProtocolError) -> HeaderField {
        let name = try string(code, from: &data)
        return HeaderField(name: name, value: try string(code, from: &data))
    }

    private static func address(
        _ code: Reply.Code,
        from data: inout ByteBuffer
    ) throws(ProtocolError) -> EnvelopeAddress {
        guard var strings = data.readTerminatedStrings(), !strings.isEmpty else { throw .malformed(code.rawValue) }
        return EnvelopeAddress(strings.removeFirst(), parameters: strings)
    }

    package func write(to buffer: inout ByteBuffer) {
        switch self {
        case .addHeader(let field): Self.write(field, to: &buffer)
        case .changeHeader(let index, let field), .insertHeader(let index, let field):
            buffer.writeInteger(index)
            Self.write(field, to: &buffer)
        case .replaceBody(let octets): buffer.writeImmutableBuffer(octets)
        case .addRecipient(let address), .changeSender(let address):
            buffer.writeString(terminated: address.argument)
            for parameter in address.parameters { buffer.writeString(terminated: parameter) }
        case .deleteRecipient(let string), .quarantine(let string): buffer.writeString(terminated: string)
        }
    }

    private static func write(_ field: HeaderField, to buffer: inout ByteBuffer) {
        buffer.writeString(terminated: field.name)
        buffer.writeString(terminated: field.value)
    }
}
