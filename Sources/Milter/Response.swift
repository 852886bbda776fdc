internal import Octets

/// A filter's decision on a connection, a message or a recipient.
package enum Response: Hashable, Sendable {
    /// Go on; at the end of the message: deliver it.
    case `continue`
    /// Deliver without asking the filter any further.
    case accept
    case reject
    case temporaryFailure
    /// Accept the message from the client and drop it. Not at connect or HELO.
    case discard
    case reply(SMTPReply)

    var wire: Reply {
        switch self {
        case .continue: .continue
        case .accept: .accept
        case .reject: .reject
        case .temporaryFailure: .temporaryFailure
        case .discard: .discard
        case .reply(let reply): .replyCode(reply.octets)
        }
    }

    /// True if the message goes on to be delivered, so that changes to it make sense.
    var isDelivery: Bool {
        switch self {
        case .continue, .accept: true
        case .reject, .temporaryFailure, .discard, .reply: false
        }
    }
}

/// The reply that the MTA is to give its client (RFC 5321 4.2, RFC 3463).
package struct SMTPReply: Hashable, Sendable {
    /// 400 to 599.
    package let code: Int
    /// `5.7.1`, for example; its class is that of the code.
    package let enhancedCode: String?
    package let lines: [String]

    /// Nil if the code or the enhanced code is not valid, or their classes differ: Postfix would consider the filter
    /// broken.
    package init?(code: Int, enhancedCode: String? = nil, lines: [String]) {
        guard (400...599).contains(code) else { return nil }
        if let enhancedCode {
            let parts = enhancedCode.split(separator: ".", omittingEmptySubsequences: false)
            guard
                parts.count == 3, parts[0] == "\(code / 100)",
                parts.allSatisfy({
                    (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isDigit)
                })
            else { return nil }
        }
        self.code = code
        self.enhancedCode = enhancedCode
        self.lines = lines.isEmpty ? [""] : lines
    }

    /// The text on the wire: lines separated by CRLF, a `-` after the code of all but the last. `%` begins a format
    /// in libmilter and its descendants and is doubled; control characters, which could end a line, are left out.
    package var octets: [UInt8] {
        var octets: [UInt8] = []
        for (index, line) in lines.enumerated() {
            if index > 0 { octets += [UInt8(ascii: "\r"), UInt8(ascii: "\n")] }
            octets += "\(code)".utf8
            octets.append(index == lines.count - 1 ? UInt8(ascii: " ") : UInt8(ascii: "-"))
            if let enhancedCode { octets += "\(enhancedCode) ".utf8 }
            for octet in line.utf8 where octet >= 0x20 && octet != 0x7F {
                octets.append(octet)
                if octet == UInt8(ascii: "%") { octets.append(octet) }
            }
        }
        return octets
    }
}

extension SMTPReply {
    /// The text that the MTA sends its client for the octets of a reply: `%%` is one percent sign.
    package static func told(_ octets: [UInt8]) -> [UInt8] {
        var told: [UInt8] = []
        var isEscaped = false
        for octet in octets {
            isEscaped = octet == UInt8(ascii: "%") && !isEscaped
            if !isEscaped { told.append(octet) }
        }
        return told
    }
}

/// The answer to the end of a message.
package struct MessageReply: Hashable, Sendable {
    /// Sent before the response, in this order; not sent if the message is not to be delivered.
    package var modifications: [Modification]
    package var response: Response

    package init(modifications: [Modification] = [], response: Response) {
        self.modifications = modifications
        self.response = response
    }
}
