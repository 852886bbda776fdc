package import Milter
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Gets one page of a ``MetricsListener``.
package struct MetricsClient {
    private let endpoint: Endpoint

    /// A filter whose name servers are silent needs some seconds to find out.
    private static let patience = TimeAmount.seconds(20)
    /// A page is some ten thousand octets.
    private static let sizeLimit = 1 << 22

    package enum Failure: Error, CustomStringConvertible {
        case noAnswer
        case notConnected(String)

        package var description: String {
            switch self {
            case .noAnswer: "the filter did not answer"
            case .notConnected(let reason): "connect: \(reason)"
            }
        }
    }

    package init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    package func page(at path: String) async throws -> (status: Int, body: String) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: (status: Int, body: String).self)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(5)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: Self.sizeLimit))
                try pipeline.addHandler(AnswerHandler(answer))
            }
        }
        do {
            let channel = try await connect(bootstrap)
            let timeout = loop.scheduleTask(in: Self.patience) { answer.fail(Failure.noAnswer) }
            answer.futureResult.whenComplete { _ in
                timeout.cancel()
                channel.close(promise: nil)
            }
            var request = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
            request.headers.add(name: "Host", value: "localhost")
            request.headers.add(name: "Connection", value: "close")
            channel.write(HTTPClientRequestPart.head(request), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        } catch {
            answer.fail(error)
        }
        return try await answer.futureResult.get()
    }

    private func connect(_ bootstrap: ClientBootstrap) async throws -> any Channel {
        do {
            return try await bootstrap.connect(to: try endpoint.socketAddress()).get()
        } catch let error as IOError {
            throw Failure.notConnected(LibCSockets.text(ofError: error.errnoCode))
        }
    }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = NIOHTTPClientResponseFull

    private let answer: EventLoopPromise<(status: Int, body: String)>

    init(_ answer: EventLoopPromise<(status: Int, body: String)>) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let response = Self.unwrapInboundIn(data)
        answer.succeed((Int(response.head.status.code), response.body.map { String(buffer: $0) } ?? ""))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(MetricsClient.Failure.noAnswer)
    }
}
