internal import Milter
internal import NIOCore

/// Collects a filter's replies for the callers that wait for them.
final class ReplyQueue: ChannelInboundHandler {
    typealias InboundIn = Reply

    /// How long a filter may take to reply; ``Reply/progress`` starts it again.
    private let timeout: TimeAmount
    private var waiting: EventLoopPromise<[Reply]>?
    private var collected: [Reply] = []
    private var alarm: Scheduled<Void>?
    private var failure: (any Error)?

    init(timeout: TimeAmount) {
        self.timeout = timeout
    }

    /// All replies up to the one that ends the exchange, without ``Reply/progress``.
    func next(_ context: ChannelHandlerContext) -> EventLoopFuture<[Reply]> {
        let promise = context.eventLoop.makePromise(of: [Reply].self)
        if let failure {
            promise.fail(failure)
        } else {
            waiting = promise
            setAlarm(context)
        }
        return promise.futureResult
    }

    private func setAlarm(_ context: ChannelHandlerContext) {
        alarm?.cancel()
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.fail(MilterClientError.timedOut)
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let reply = Self.unwrapInboundIn(data)
        guard let waiting else {
            fail(ProtocolError.unexpectedReply(reply.code))
            context.close(promise: nil)
            return
        }
        switch reply {
        case .progress: setAlarm(context)
        case .modification: collected.append(reply)
        case .negotiate, .continue, .accept, .reject, .temporaryFailure, .discard, .replyCode, .skip, .shutdown,
            .connectionFailure:
            let replies = collected + [reply]
            collected = []
            self.waiting = nil
            alarm?.cancel()
            waiting.succeed(replies)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(MilterClientError.closed)
        context.fireChannelInactive()
    }

    private func fail(_ error: any Error) {
        if failure == nil { failure = error }
        alarm?.cancel()
        waiting?.fail(error)
        waiting = nil
    }
}
