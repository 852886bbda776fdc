package import NIOCore

/// Reads an MTA's frames, however they are cut.
///
/// Octets of the body are handed on as they come, before their frame is complete: a thousand connections that each wait
/// for the rest of a 65,535-octet chunk would otherwise hold 64 MB. Any other command is handed on whole.
package struct CommandDecoder: Sendable {
    package enum Output: Hashable, Sendable {
        case command(Command)
        /// Octets of the body; more follow in the same frame, and the last of them come in ``Command/body(_:)`` or
        /// ``Command/endOfMessage(_:)``.
        case bodyPart(ByteBuffer)
    }

    /// The frame whose octets are being handed on, and how many of them are still missing.
    private var open: (code: Command.Code, remaining: Int)?

    package init() {}

    /// True if the input may end here.
    package var isBetweenFrames: Bool { open == nil }

    /// Takes the next command off `input`, or a part of the body; nil if more octets are needed, which must be
    /// appended to those that are left.
    package mutating func next(_ input: inout ByteBuffer) throws(ProtocolError) -> Output? {
        if open == nil {
            guard let prefix = try Frame.prefix(of: input) else { return nil }
            guard let code = Command.Code(rawValue: prefix.code) else { throw .unknownCommand(prefix.code) }
            guard code == .body || code == .endOfMessage else {
                return try whole(code, payload: prefix.payload, from: &input)
            }
            input.moveReaderIndex(forwardBy: Frame.prefixLength)
            open = (code, prefix.payload)
        }
        guard let (code, remaining) = open else { return nil }
        guard
            input.readableBytes > 0 || remaining == 0,
            let part = input.readSlice(length: min(remaining, input.readableBytes))
        else { return nil }
        guard part.readableBytes == remaining else {
            open = (code, remaining - part.readableBytes)
            return .bodyPart(part)
        }
        open = nil
        return .command(code == .body ? .body(part) : .endOfMessage(part))
    }

    private func whole(
        _ code: Command.Code,
        payload: Int,
        from input: inout ByteBuffer
    ) throws(ProtocolError) -> Output? {
        guard input.readableBytes >= Frame.prefixLength + payload else { return nil }
        input.moveReaderIndex(forwardBy: Frame.prefixLength)
        guard var data = input.readSlice(length: payload) else { return nil }
        return .command(try Command(code, from: &data))
    }
}

extension CommandDecoder: ByteToMessageDecoder {
    package typealias InboundOut = Output

    package mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let output = try next(&buffer) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(output))
        return .continue
    }

    package mutating func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        while try decode(context: context, buffer: &buffer) == .continue {}
        if seenEOF, !isBetweenFrames || buffer.readableBytes > 0 { throw ProtocolError.truncatedFrame }
        return .needMoreData
    }
}
