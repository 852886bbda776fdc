internal import Files
internal import Foundation
internal import Mail
internal import Milter

/// A message file, ready to be played to a filter.
package struct SendFile: Sendable {
    package let name: String
    package let session: ClientSession
    package let message: ClientMessage
    /// The message as it is in the file.
    let source: Message

    /// - Parameter flags: The envelope from the command line; missing values are taken from `envelope.json` beside
    ///   the file, if there is one.
    /// - Throws: ``FileFailure``, or ``BadEnvelope``.
    package init(_ name: String, flags: SendEnvelope) throws {
        let file = try InputFile(name)
        var octets: [UInt8] = []
        while true {
            let piece = try file.next()
            if piece.isEmpty { break }
            octets += piece
        }
        var envelope = flags
        if name != "-" {
            let path = URL(fileURLWithPath: name).deletingLastPathComponent().appending(path: "envelope.json").path
            if let data = FileManager.default.contents(atPath: path) {
                do {
                    envelope = envelope.completed(by: try JSONDecoder().decode(SendEnvelope.self, from: data))
                } catch {
                    throw BadEnvelope(path: path, reason: "\(error)")
                }
            }
        }
        envelope = envelope.completed(by: .local)
        self.name = name
        session = envelope.session
        source = Message(octets)
        message = envelope.message(header: source.header, body: Self.body(octets))
    }

    /// The body with CRLF, as an MTA stores it.
    private static func body(_ octets: [UInt8]) -> [UInt8] {
        var scanner = MessageScanner()
        var input = octets[...]
        var body: [UInt8] = []
        while let event = scanner.next(&input) ?? (input.isEmpty ? scanner.end() : nil) {
            if case .body(let part) = event { body += part }
        }
        return body
    }

    /// The message as the MTA would store it, with the line ends of the file.
    package func stored(_ outcome: ClientOutcome) -> [UInt8] {
        let stored = QueuedMessage(header: message.header, body: message.body).applied(outcome)
        let usesCRLF = source.octets.firstIndex(of: UInt8(ascii: "\n")).map {
            $0 > 0 && source.octets[$0 - 1] == UInt8(ascii: "\r")
        }
        let lineEnd = usesCRLF == true ? Array("\r\n".utf8) : Array("\n".utf8)
        var octets: [UInt8] = []
        for field in stored.header {
            for octet in field.octets {
                if octet == UInt8(ascii: "\n") { octets += lineEnd } else { octets.append(octet) }
            }
            octets += lineEnd
        }
        octets += lineEnd
        octets += stored.body == message.body ? source.body : stored.body[...]
        return octets
    }
}

/// An invalid `envelope.json`.
package struct BadEnvelope: Error, CustomStringConvertible {
    package let path: String
    let reason: String

    package var description: String { "\(path): \(reason)" }
}
