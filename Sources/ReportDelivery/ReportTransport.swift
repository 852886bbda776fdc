internal import AuthServ
internal import Foundation
internal import ReportStore
internal import ServerQuery

/// Hands a message to the local MTA.
enum ReportTransport: Sendable {
    /// SMTP: the server, and the name that the client gives in EHLO.
    case smtp(ServerURL, name: String)
    /// sendmail(1): the program.
    case sendmail(String)

    /// - Parameter setting: `smtp://localhost` or `sendmail:/usr/sbin/sendmail`, whose form the configuration has checked.
    init(_ setting: String, name: String) {
        if let server = try? ServerURL(setting) {
            self = .smtp(server, name: name)
        } else {
            self = .sendmail(String(setting.dropFirst("sendmail:".count)))
        }
    }

    func send(_ message: [UInt8], from: String, to address: String) async -> SendOutcome {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: hand(message, from: from, to: address))
            }
        }
    }

    private func hand(_ message: [UInt8], from: String, to address: String) -> SendOutcome {
        switch self {
        case .sendmail(let program): Self.run(program, message, from: from, to: address)
        case .smtp(let server, let name):
            switch MessageSubmission(message, from: from, to: address, by: server, as: name).send() {
            case .accepted: .accepted
            case .temporary(let reason): .temporary(reason)
            case .refused(let reason): .refused(reason)
            case .failed(let reason): .failed(reason)
            }
        }
    }

    /// A temporary failure (sysexits.h: EX_TEMPFAIL), or an address that the mailer does not accept (EX_NOUSER,
    /// EX_NOHOST).
    private static func run(_ program: String, _ message: [UInt8], from: String, to address: String) -> SendOutcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        // -i: a line with only a dot does not end the message. --: an address may begin with a hyphen.
        process.arguments = ["-i", "-f", from, "--", address]
        let input = Pipe()
        let complaint = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = complaint
        do {
            try process.run()
        } catch {
            return .temporary("\(program): cannot be run")
        }
        // sendmail(1) takes the system's lines, which end with LF.
        let octets = message.filter { $0 != UInt8(ascii: "\r") }
        let isWritten = (try? input.fileHandleForWriting.write(contentsOf: Data(octets))) != nil
        try? input.fileHandleForWriting.close()
        let text = String(decoding: complaint.fileHandleForReading.readDataToEndOfFile().prefix(200), as: UTF8.self)
        process.waitUntilExit()
        let reason = "\(program) exited \(process.terminationStatus): \(text.split(separator: "\n").first ?? "")"
        guard process.terminationReason == .exit else { return .temporary("\(program) was ended by a signal") }
        switch process.terminationStatus {
        case 0: return isWritten ? .accepted : .temporary("\(program) did not read the message")
        case 67, 68: return .refused(reason)
        case 64, 65, 70, 78: return .failed(reason)
        default: return .temporary(reason)
        }
    }
}
