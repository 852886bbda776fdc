import AuthResults
import AuthResultsLint
import AuthServ
import Configuration
import DMARC
import DNS
import FieldClaims
import Mail
import MailAddresses
import MailSignature
import Mailboxes
import Milter
import NIOCore
import Trace

/// What is read from strangers, each reader as a function of octets. It may say what it likes of them, but it returns,
/// and where there is a law that what it read must keep, it stops the program if the law is broken. The fuzzer gives it
/// octets, the tests give it the fuzzer's corpus, and the cost sweep counts its instructions.
package struct HostileReader: Sendable {
    package let name: String
    package let read: @Sendable ([UInt8]) -> Void

    private init(_ name: String, _ read: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.read = read
    }

    package static let all = [
        HostileReader("milter", milter),
        HostileReader("results", results),
        HostileReader("claims", claims),
        HostileReader("spf", HostileMessage.judge(record:)),
        HostileReader("key", key),
        HostileReader("signature", signature),
        HostileReader("dmarc", dmarc),
        HostileReader("from", from),
        HostileReader("received", received),
        HostileReader("mbox", mbox),
        HostileReader("zone", zone),
        HostileReader("capabilities", capabilities),
        HostileReader("configuration", configuration),
        HostileReader("message", HostileMessage.judge(message:)),
    ]

    package static func named(_ name: String) -> HostileReader? { all.first { $0.name == name } }

    /// A connection: frames to commands, commands to steps.
    @Sendable private static func milter(_ octets: [UInt8]) {
        var decoder = CommandDecoder()
        var session = Session()
        var input = ByteBuffer(bytes: octets)
        do {
            while let output = try decoder.next(&input) {
                let step =
                    switch output {
                    case .command(let command): try session.receive(command)
                    case .bodyPart(let octets): try session.receive(bodyPart: octets)
                    }
                switch step {
                case .tell: _ = session.reply(to: .continue)
                case .endMessage: _ = session.finish(MessageReply(response: .continue))
                case .close: return
                case .nothing, .send, .abandon, .startAnew: break
                }
            }
        } catch {
            return
        }
    }

    /// A field's value, by the grammar and by the linter. What is read is written and read as the same.
    @Sendable private static func results(_ octets: [UInt8]) {
        _ = Lint().findings(in: octets)
        guard let read = try? AuthenticationResults(parsing: octets) else { return }
        let again = try? AuthenticationResults(parsing: read.serialized())
        precondition(again == read, "a field is written so that it reads otherwise")
    }

    /// A header that consists of one field: if the grammar has our id in it, it is removed.
    @Sendable private static func claims(_ octets: [UInt8]) {
        let own = "mx.example.org"
        var fields = ForgedFields(ownIDs: OwnIdentifiers([own]), foreignFields: .keep, alsoRemove: [])
        fields.inspect(HeaderField(name: Array(AuthenticationResults.fieldName.utf8), value: octets))
        guard let read = try? AuthenticationResults(parsing: octets) else { return }
        precondition(read.authservID.lowercased() != own || !fields.removals.isEmpty, "a forged field is kept")
    }

    /// A key record. What is made of it for libopendkim is read as the same key.
    @Sendable private static func key(_ octets: [UInt8]) {
        for algorithm in [SignatureAlgorithm.rsaSHA256, .ed25519SHA256] {
            guard let record = try? KeyRecord(octets, for: algorithm) else { continue }
            let again = try? KeyRecord(record.canonicalOctets, for: algorithm)
            precondition(again == record, "a key is written so that it reads otherwise")
        }
    }

    @Sendable private static func signature(_ octets: [UInt8]) {
        guard let field = try? SignatureField(octets) else { return }
        _ = try? MessageSignature(field)
        _ = try? MessageSignature(field, mayNameNoField: true)
        _ = field.unsigned(HeaderField(name: Array("DKIM-Signature".utf8), value: octets))
    }

    @Sendable private static func dmarc(_ octets: [UInt8]) {
        _ = DMARCRecord(octets)
    }

    @Sendable private static func from(_ octets: [UInt8]) {
        _ = AuthorField(octets)
        _ = ReversePath(octets)
        _ = SenderReading(octets)
    }

    @Sendable private static func received(_ octets: [UInt8]) {
        let field = HeaderField(name: Array("Received".utf8), value: octets)
        let recovery = EnvelopeRecovery(ownHosts: HostPatterns(["mx.example.org"]))
        _ = recovery.envelope(of: [field, HeaderField("Return-Path", " <ann@sender.example>")])
    }

    /// An mbox in every variant: what the events carry is what was read.
    @Sendable private static func mbox(_ octets: [UInt8]) {
        for variant in MboxVariant.allCases {
            var reader = MboxReader(variant: variant)
            var unquoter = MboxUnquoter(variant)
            var count = 0
            func take(_ event: MboxReader.Event) {
                switch event {
                case .preamble(let octets): count += octets.count
                case .messageStart(let line, let offset):
                    precondition(offset == count, "a message begins elsewhere")
                    count += line.octets.count
                case .octets(var octets):
                    count += octets.count
                    while unquoter.next(&octets) != nil {}
                case .messageEnd(let emptyLine): count += emptyLine.count
                case .warning: break
                }
            }
            var input = octets[...]
            while let event = reader.next(&input) { take(event) }
            while let event = reader.end() { take(event) }
            precondition(count == octets.count, "octets of an mbox are lost")
        }
    }

    @Sendable private static func zone(_ octets: [UInt8]) {
        _ = try? ZoneFile(octets, file: "zone")
    }

    /// What servers of each protocol say: one line of ours, and theirs.
    @Sendable private static func capabilities(_ octets: [UInt8]) {
        for mailProtocol in MailProtocol.allCases {
            var conversation = Conversation(mailProtocol)
            for line in octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
                if line.starts(with: Array("> ".utf8)) {
                    conversation.take(client: Array(line.dropFirst(2)))
                } else if !conversation.take(server: Array(line)) {
                    break
                }
            }
            _ = Announcement(conversation, isProtected: true)
        }
    }

    @Sendable private static func configuration(_ octets: [UInt8]) {
        let file = ConfigurationFile(name: "authres.yaml", text: String(decoding: octets, as: UTF8.self))
        _ = try? EffectiveConfiguration(file: file, environment: [:], flags: [])
    }
}
