internal import Foundation
internal import Histogram
package import Milter
package import NIOCore
internal import Synchronization

/// Sends the same files repeatedly, over several connections at once, and measures.
package final class LoadRun: Sendable {
    private let files: [SendFile]
    private let endpoint: Endpoint
    private let count: Int
    private let connections: Int
    /// Messages after which a connection is replaced.
    private let perConnection: Int
    private let timeout: TimeAmount
    private let group: any EventLoopGroup
    private let started = Atomic<Int>(0)

    package init(
        _ files: [SendFile],
        to endpoint: Endpoint,
        count: Int,
        connections: Int,
        perConnection: Int,
        timeout: TimeAmount,
        on group: any EventLoopGroup
    ) {
        self.files = files
        self.endpoint = endpoint
        self.count = count
        self.connections = connections
        self.perConnection = perConnection
        self.timeout = timeout
        self.group = group
    }

    package struct Result: Sendable {
        /// From MAIL to the verdict, for the messages that have one.
        package var latencies: [Duration] = []
        /// Messages that were deferred, or have no verdict.
        var failures = 0
        /// The first cause.
        package var firstFailure: String?

        mutating func fail(_ cause: String) {
            failures += 1
            if firstFailure == nil { firstFailure = cause }
        }

        mutating func add(_ other: Result) {
            latencies += other.latencies
            failures += other.failures
            firstFailure = firstFailure ?? other.firstFailure
        }

        /// The rate, and how long the messages took.
        package func summary(connections: Int, took time: Duration) -> String {
            // Of microseconds.
            var histogram = Histogram<UInt32>(numberOfSignificantValueDigits: .four)
            for latency in latencies { histogram.record(UInt64(max(latency / .microseconds(1), 0))) }
            func milliseconds(_ percentile: Double) -> String {
                guard !latencies.isEmpty else { return "-" }
                return String(format: "%.2f", Double(histogram.valueAtPercentile(percentile)) / 1000)
            }
            let total = latencies.count + failures
            let seconds = time / .seconds(1)
            return String(
                format: "%d messages over %d connections in %.3f s: %.1f messages/s, %d failed\n",
                total,
                connections,
                seconds,
                seconds > 0 ? Double(total) / seconds : 0,
                failures
            )
                + "latency in ms: p50 \(milliseconds(50)), p90 \(milliseconds(90)), p99 \(milliseconds(99)), "
                + "max \(milliseconds(100))\n"
        }
    }

    package func run() async -> Result {
        await withTaskGroup(of: Result.self) { tasks in
            for _ in 0..<connections { tasks.addTask { await self.work() } }
            var result = Result()
            for await part in tasks { result.add(part) }
            return result
        }
    }

    /// One connection at a time, until all messages are sent.
    private func work() async -> Result {
        var result = Result()
        var open: (client: MilterConnection, session: ClientSession, greeting: Reply, left: Int)?
        while true {
            let number = started.add(1, ordering: .relaxed).oldValue
            guard number < count else { break }
            let file = files[number % files.count]
            do {
                // Files of one SMTP client share its connection.
                if let (client, session, _, left) = open, left == 0 || session != file.session {
                    open = nil
                    await client.quit()
                }
                if open == nil {
                    let (client, greeting) = try await connect(for: file)
                    open = (client, file.session, greeting, perConnection)
                }
                guard let (client, _, greeting, _) = open else { continue }
                open?.left -= 1
                var message = file.message
                message.macros["i"] = Array(String(format: "%08X", number + 1).utf8)
                let start = ContinuousClock.now
                // A verdict on the client applies to its messages.
                let outcome =
                    greeting == .continue
                    ? try await client.send(message, in: file.session)
                    : ClientOutcome(verdict: greeting, modifications: [], keepsLeadingSpace: true)
                if outcome.isDeferred {
                    result.fail("\(file.name): \(EditReport.verdict(outcome.verdict))")
                } else {
                    result.latencies.append(start.duration(to: .now))
                }
            } catch {
                result.fail("\(file.name): \(error)")
                await open?.client.close()
                open = nil
            }
        }
        await open?.client.quit()
        return result
    }

    private func connect(for file: SendFile) async throws -> (MilterConnection, Reply) {
        let client = try await MilterConnection.connect(to: endpoint, timeout: timeout, on: group)
        do {
            return (client, try await client.begin(file.session))
        } catch {
            await client.close()
            throw error
        }
    }
}

extension ClientOutcome {
    /// True if the client would have to try again because the filter could not do its work.
    package var isDeferred: Bool {
        switch verdict {
        case .temporaryFailure, .shutdown, .connectionFailure: true
        case .replyCode(let text): text.first == UInt8(ascii: "4")
        case .negotiate, .continue, .accept, .reject, .discard, .skip, .progress, .modification: false
        }
    }
}
