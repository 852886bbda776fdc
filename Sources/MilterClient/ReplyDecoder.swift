internal import Milter
internal import NIOCore

/// Reads a filter's frames, however they are cut.
struct ReplyDecoder: ByteToMessageDecoder, Sendable {
    typealias InboundOut = Reply

    /// Takes the next reply off `input`; nil if more octets are needed.
    func next(_ input: inout ByteBuffer) throws(ProtocolError) -> Reply? {
        guard let prefix = try Frame.prefix(of: input) else { return nil }
        guard let code = Reply.Code(rawValue: prefix.code) else { throw .unknownReply(prefix.code) }
        guard input.readableBytes >= Frame.prefixLength + prefix.payload else { return nil }
        input.moveReaderIndex(forwardBy: Frame.prefixLength)
        guard var data = input.readSlice(length: prefix.payload) else { return nil }
        return try Reply(code, from: &data)
    }

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let reply = try next(&buffer) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(reply))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        while try decode(context: context, buffer: &buffer) == .continue {}
        if seenEOF, buffer.readableBytes > 0 { throw ProtocolError.truncatedFrame }
        return .needMoreData
    }
}
