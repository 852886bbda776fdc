import ArgumentParser
import Authentication
import DNS
import Foundation
import Mail
import Milter
import Testing

@testable import CommandOptions
@testable import Configuration
@testable import authres

/// One folder of samples/messages.
struct Sample: CustomTestStringConvertible, Sendable {
    let name: String
    let folder: URL

    var testDescription: String { name }

    /// What stands beside the message; `settings` are keys of the configuration.
    struct Envelope: Decodable {
        struct Submission: Decodable {
            let authen: String
            let type: String
            /// The AUTH parameter of MAIL, in xtext.
            let param: String?
        }

        let ip: String
        let hostname: String
        let helo: String
        let mailFrom: String
        let rcpt: [String]
        let auth: Submission?
        let settings: [String: Setting]?

        enum CodingKeys: String, CodingKey {
            case ip, hostname, helo
            case mailFrom = "mail_from"
            case rcpt, auth, settings
        }

        enum Setting: Decodable {
            case one(String)
            case many([String])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let many = try? container.decode([String].self) {
                    self = .many(many)
                } else {
                    self = .one(try container.decode(String.self))
                }
            }

            var texts: [String] {
                switch self {
                case .one(let text): [text]
                case .many(let texts): texts
                }
            }
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../samples/messages")

    static let all: [Sample] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path())) ?? []
        return names.sorted().map { Sample(name: $0, folder: root.appending(path: $0)) }
    }()

    var expectedFile: URL { folder.appending(path: "expected") }

    func message() throws -> Message {
        Message(Array(try Data(contentsOf: folder.appending(path: "message.eml"))))
    }

    func envelope() throws -> Envelope {
        try JSONDecoder().decode(Envelope.self, from: Data(contentsOf: folder.appending(path: "envelope.json")))
    }

    func zone() throws -> ZoneFile {
        let path = folder.appending(path: "zone")
        return try ZoneFile(Array(try Data(contentsOf: path)), file: path.path())
    }

    func state() throws -> ServiceState {
        let flags = try envelope().settings?.flatMap { key, value in value.texts.flatMap { ["--\(key)", $0] } } ?? []
        let options = try SettingOptions<FilterScope>.parse(
            ["--authserv-id", "mx.example.org", "--log-level", "critical"] + flags
        )
        let configuration = try EffectiveConfiguration(file: nil, environment: [:], flags: options.entries)
        return try ServiceState(configuration.configuration, zone: try zone())
    }

    /// The body with CRLF, as an MTA has it.
    func body() throws -> [UInt8] {
        var scanner = MessageScanner()
        var input = try message().octets[...]
        var body: [UInt8] = []
        while let event = scanner.next(&input) {
            if case .body(let octets) = event { body += octets }
        }
        while let event = scanner.end() {
            if case .body(let octets) = event { body += octets }
        }
        return body
    }
}

extension [HeaderEdits.Command] {
    /// The edits as the files `expected` have them.
    var text: String {
        map { command in
            switch command {
            case .delete(let name, let index): "delete \(String(decoding: name, as: UTF8.self)) \(index)\n"
            case .insertOnTop(let field): "insert \(String(decoding: field.octets, as: UTF8.self))\n"
            }
        }.joined()
    }
}
