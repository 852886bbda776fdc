package import NIOCore

/// What a filter sends to an MTA.
package enum Reply: Hashable, Sendable {
    case negotiate(Negotiation)

    case `continue`
    case accept
    case reject
    case temporaryFailure
    case discard
    /// The text of an SMTP reply, as ``SMTPReply`` writes it.
    case replyCode([UInt8])
    /// No more of the body is wanted; the end of the message must still be sent.
    case skip
    case shutdown
    case connectionFailure
    /// The answer takes longer; the MTA's timeout starts again.
    case progress

    case modification(Modification)

    package enum Code: UInt8, Hashable, Sendable {
        case negotiate = 0x4F  // O
        case `continue` = 0x63  // c
        case accept = 0x61  // a
        case reject = 0x72  // r
        case temporaryFailure = 0x74  // t
        case discard = 0x64  // d
        case replyCode = 0x79  // y
        case skip = 0x73  // s
        case shutdown = 0x34  // 4
        case connectionFailure = 0x66  // f
        case progress = 0x70  // p
        case addHeader = 0x68  // h
        case changeHeader = 0x6D  // m
        case insertHeader = 0x69  // i
        case replaceBody = 0x62  // b
        case addRecipient = 0x2B  // +
        case addRecipientWithParameters = 0x32  // 2
        case deleteRecipient = 0x2D  // -
        case changeSender = 0x65  // e
        case quarantine = 0x71  // q
    }

    package var code: Code {
        switch self {
        case .negotiate: .negotiate
        case .continue: .continue
        case .accept: .accept
        case .reject: .reject
        case .temporaryFailure: .temporaryFailure
        case .discard: .discard
        case .replyCode: .replyCode
        case .skip: .skip
        case .shutdown: .shutdown
        case .connectionFailure: .connectionFailure
        case .progress: .progress
        case .modification(let modification): modification.code
        }
    }
}

extension Reply {
    package init(_ code: Code, from data: inout ByteBuffer) throws(ProtocolError) {
        switch code {
        case .negotiate: self = .negotiate(try Negotiation(from: &data))
        case .continue: self = .continue
        case .accept: self = .accept
        case .reject: self = .reject
        case .temporaryFailure: self = .temporaryFailure
        case .discard: self = .discard
        case .replyCode:
            guard let text = data.readTerminatedString() else { throw .malformed(code.rawValue) }
            self = .replyCode(text)
        case .skip: self = .skip
        case .shutdown: self = .shutdown
        case .connectionFailure: self = .connectionFailure
        case .progress: self = .progress
        case .addHeader, .changeHeader, .insertHeader, .replaceBody, .addRecipient, .addRecipientWithParameters,
            .deleteRecipient, .changeSender, .quarantine:
            self = .modification(try Modification(code, from: &data))
        }
        guard data.readableBytes == 0 else { throw .malformed(code.rawValue) }
    }

    /// Appends the reply as one frame.
    package func write(to buffer: inout ByteBuffer) {
        buffer.writeFrame(code.rawValue) { data in
            switch self {
            case .negotiate(let negotiation): negotiation.write(to: &data)
            case .replyCode(let text): data.writeString(terminated: text)
            case .modification(let modification): modification.write(to: &data)
            case .continue, .accept, .reject, .temporaryFailure, .discard, .skip, .shutdown, .connectionFailure,
                .progress:
                break
            }
        }
    }
}
