import ArgumentParser
import CommandOptions
import Files
import Foundation
import Milter
import MilterClient
import NIOCore
import NIOPosix

/// What is printed for each message that was sent.
enum SendOutput: String, CaseIterable, ExpressibleByArgument {
    case edits, message
}

struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Plays messages to any milter as an MTA does, and shows what it does to them.",
        discussion: """
            Fields that the filter removes are marked -, those that it adds +. The envelope is given by the flags; what \
            they leave out is taken from envelope.json beside a file (ip, hostname, helo, mail_from, rcpt, auth, macros), \
            if there is one. With --count the messages are sent repeatedly, and the rate and the latencies are printed. \
            Exits 75 if a message was deferred or has no verdict, 66 if a file cannot be read, 69 if the filter cannot be \
            reached.
            """
    )

    @Argument(help: "Messages to send, with LF or CRLF; - is standard input.") var files: [String]
    @Option(help: "Where the filter listens: unix:/path, inet:port@host or inet6:port@host.") var socket: String
    @Option(help: "edits: the fields removed and added, and the verdict; message: the edited message.")
    var output = SendOutput.edits

    @Option(help: "Address of the SMTP client; empty for none (default: 127.0.0.1).") var ip: String?
    @Option(help: "Name of the SMTP client (default: its address in brackets).") var hostname: String?
    @Option(help: "Argument of EHLO (default: localhost).") var helo: String?
    @Option(help: "Argument of MAIL FROM, as it is typed (default: <>).") var mailFrom: String?
    @Option(help: "Argument of RCPT TO; repeatable.") var rcpt: [String] = []
    @Option(help: "The MTA's queue ID, macro i (default: the number of the message).") var queueID: String?
    @Option(help: "Another macro, as NAME=VALUE; repeatable.") var macro: [String] = []

    @Option(help: "Number of messages to send, cycling through the files; prints rate and latencies.") var count: Int?
    @Option(help: "Number of concurrent connections.") var connections = 1
    @Option(help: "Number of messages after which a connection is replaced (default: no limit).")
    var perConnection: Int?
    @Option(help: "Seconds that the filter may take to reply; Postfix waits 300 at the end of a message.")
    var timeout = 300

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("no message given") }
        guard let endpoint = Endpoint(socket) else { throw ValidationError("--socket \(socket): not an endpoint") }
        if case .descriptor = endpoint { throw ValidationError("--socket \(socket): cannot connect to a descriptor") }
        for text in macro where !text.dropFirst().contains("=") || text.hasPrefix("=") {
            throw ValidationError("--macro \(text): not NAME=VALUE")
        }
        for (name, value) in [
            ("--count", count), ("--connections", connections), ("--per-connection", perConnection),
            ("--timeout", timeout),
        ] {
            if let value, value < 1 { throw ValidationError("\(name) \(value): must be 1 or more") }
        }
        if count == nil, connections > 1 || perConnection != nil {
            throw ValidationError("--connections and --per-connection need --count")
        }
    }

    func run() async throws {
        // `validate` has checked it.
        guard let endpoint = Endpoint(socket) else { throw Sysexit.usage }
        let files = try readFiles()
        if let count {
            try await measure(files, endpoint, count)
        } else {
            try await show(files, endpoint)
        }
    }

    private var flags: SendEnvelope {
        var macros: [String: String] = [:]
        for text in macro {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            macros[String(parts[0])] = String(parts[1])
        }
        return SendEnvelope(
            ip: ip,
            hostname: hostname,
            helo: helo,
            mailFrom: mailFrom,
            recipients: rcpt.isEmpty ? nil : rcpt,
            macros: macros
        )
    }

    private func readFiles() throws -> [SendFile] {
        var failure: ExitCode?
        let read = files.compactMap { name -> SendFile? in
            do {
                return try SendFile(name, flags: flags)
            } catch {
                StandardError.write("authres: \(error)")
                failure = failure ?? (error is BadEnvelope ? Sysexit.data : Sysexit.noInput)
                return nil
            }
        }
        if let failure { throw failure }
        return read
    }

    /// One message after the other, each over its own connection, because each has its own client.
    private func show(_ files: [SendFile], _ endpoint: Endpoint) async throws {
        var isDeferred = false
        for (number, file) in files.enumerated() {
            var message = file.message
            message.macros["i"] = Array((queueID ?? String(format: "%08X", number + 1)).utf8)
            let outcome: ClientOutcome
            do {
                outcome = try await send(message, in: file.session, to: endpoint)
            } catch let error where !(error is ExitCode) {
                StandardError.write("authres: \(file.name): \(error)")
                isDeferred = true
                continue
            }
            if outcome.isDeferred { isDeferred = true }
            try write(outcome, of: file, number: number)
        }
        if isDeferred { throw Sysexit.temporary }
    }

    private func send(
        _ message: ClientMessage,
        in session: ClientSession,
        to endpoint: Endpoint
    ) async throws -> ClientOutcome {
        let client = try await connect(endpoint)
        do {
            let reply = try await client.begin(session)
            let outcome =
                reply == .continue
                ? try await client.send(message, in: session)
                : ClientOutcome(verdict: reply, modifications: [], keepsLeadingSpace: true)
            await client.quit()
            return outcome
        } catch {
            await client.close()
            throw error
        }
    }

    private func connect(_ endpoint: Endpoint) async throws -> MilterConnection {
        do {
            return try await MilterConnection.connect(
                to: endpoint,
                timeout: .seconds(Int64(timeout)),
                on: MultiThreadedEventLoopGroup.singleton
            )
        } catch {
            // The error of a system call already names the endpoint.
            let isNamed = if case .system? = error as? EndpointError { true } else { false }
            StandardError.write("authres: \(isNamed ? "" : "\(endpoint): ")\(error)")
            throw Sysexit.unavailable
        }
    }

    private func write(_ outcome: ClientOutcome, of file: SendFile, number: Int) throws {
        switch output {
        case .edits:
            if files.count > 1 { try StandardOutput.write((number > 0 ? "\n" : "") + "==> \(file.name) <==\n") }
            try StandardOutput.write(EditReport(file: file, outcome: outcome).text)
        case .message:
            if outcome.isDelivered {
                try StandardOutput.write(file.stored(outcome)[...])
            } else {
                StandardError.write("authres: \(file.name): \(EditReport.verdict(outcome.verdict))")
            }
        }
    }

    private func measure(_ files: [SendFile], _ endpoint: Endpoint, _ count: Int) async throws {
        let run = LoadRun(
            files,
            to: endpoint,
            count: count,
            connections: min(connections, count),
            perConnection: perConnection ?? count,
            timeout: .seconds(Int64(timeout)),
            on: MultiThreadedEventLoopGroup.singleton
        )
        let start = ContinuousClock.now
        let result = await run.run()
        let summary = result.summary(connections: min(connections, count), took: start.duration(to: .now))
        try StandardOutput.write(summary)
        if let cause = result.firstFailure {
            StandardError.write("authres: first failure: \(cause)")
            throw Sysexit.temporary
        }
    }
}
