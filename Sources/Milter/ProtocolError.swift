/// What a peer did that the milter protocol does not allow. The connection cannot be used after it: the frame
/// boundaries are no longer known, or the two sides disagree about what was asked.
package enum ProtocolError: Error, Hashable, Sendable {
    /// A frame of length 0, which does not even have a command. Two milter libraries crash on it.
    case emptyFrame
    /// A frame longer than ``Frame/payloadLimit`` allows; its length as announced.
    case oversizedFrame(Int)
    /// The connection ended inside a frame.
    case truncatedFrame
    case unknownCommand(UInt8)
    case unknownReply(UInt8)
    /// The data of this command or reply is malformed.
    case malformed(UInt8)
    /// The macros of all stages together are longer than they may be.
    case tooManyMacros
    /// A command that is not allowed in the session's state.
    case unexpected(Command.Code, in: Session.State)
    /// The MTA does not offer something that the filter cannot do without.
    case refused(missing: [String])
    /// The filter sent a reply that was not negotiated, or at the wrong time.
    case unexpectedReply(Reply.Code)
}

extension ProtocolError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .emptyFrame: "frame of length 0"
        case .oversizedFrame(let length): "frame of length \(length), more than \(Frame.payloadLimit + 1)"
        case .truncatedFrame: "connection ended inside a frame"
        case .unknownCommand(let code): "unknown command \(Self.printable(code))"
        case .unknownReply(let code): "unknown reply \(Self.printable(code))"
        case .malformed(let code): "malformed data of \(Self.printable(code))"
        case .tooManyMacros: "more than \(Macros.octetLimit) octets of macros"
        case .unexpected(let code, let state): "\(code) (\(Self.printable(code.rawValue))) in state \(state)"
        case .refused(let missing): "the MTA does not offer \(missing.joined(separator: ", "))"
        case .unexpectedReply(let code): "unexpected reply \(code) (\(Self.printable(code.rawValue)))"
        }
    }

    /// The code as a character if it is visible, otherwise as a number.
    private static func printable(_ code: UInt8) -> String {
        (0x21...0x7E).contains(code) ? "'\(Character(Unicode.Scalar(code)))'" : "0x\(String(code, radix: 16))"
    }
}
