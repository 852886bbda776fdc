import ArgumentParser
import AuthServ
import Authentication
import CommandOptions
import Configuration
import DNS
import Discovery
import FieldClaims
import Files
import Foundation
import Mail
import MailPolicy
import ServerQuery
import StoredMail
import StubDNS
import Trace

/// What is printed for each message.
enum CheckOutput: String, CaseIterable, ExpressibleByArgument {
    case header, message, json
}

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Examines single messages and prints the field that the filter would write.",
        discussion: """
            The envelope is given by --ip, --helo and --mail-from; what they leave out is recovered from the Received \
            fields of our own hosts (own-hosts, trusted-relays). Exits 65 if a file is not a message, 66 if one cannot \
            be read; the other files are still examined.
            """
    )

    @Argument(help: "Messages to examine, with LF or CRLF; - is standard input.") var files: [String]
    @Option(help: "header: the field; message: the message with its header edited; json: one object per line.")
    var output = CheckOutput.header
    @Flag(help: "Explain in plain words what was asked, answered and decided, and why.") var explain = false
    @Flag(
        name: .customLong("verify-field"),
        help: """
            Do not examine the message, but prove that the field in it that claims to be ours is ours: signed by the \
            domain of its authserv-id, or directly above our host's Received field. Exits 1 if it is not proven.
            """
    ) var verifyField = false
    @Flag(
        name: .customLong("ask-hops"),
        help: """
            With --verify-field: also ask the hosts that handled the message, as far as ask.hosts lists them, which ids \
            they announce. A field above the Received field of a host that removes such fields is proven; one below it is \
            not ours.
            """
    ) var askHops = false
    @OptionGroup(title: "Servers to trust, with --verify-field") var trusted: TrustedServers
    @OptionGroup(title: "Envelope") var envelope: EnvelopeOptions
    @Option(name: .customLong("record-dns"), help: "Write every answer used to this file, for --zone.")
    var recordDNS: String?
    @OptionGroup var zoneOptions: ZoneOptions
    @OptionGroup var options: ConfigurationOptions<StoredMailScope>

    func validate() throws {
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read only once")
        }
        guard verifyField || (!askHops && trusted.servers.isEmpty) else {
            throw ValidationError(
                "--ask-hops and --trust-server need --verify-field: they never change which fields are removed"
            )
        }
        for input in (files + zoneOptions.zone).compactMap({ LibCFiles.status(ofPath: $0) }) {
            guard let recordDNS, OutputFile.replaces(recordDNS, input) else { continue }
            throw ValidationError("\(recordDNS): is an input; inputs are never overwritten")
        }
    }

    func run() async throws {
        let state = try ServiceState.forStoredMail(options, zoneOptions)
        if verifyField {
            try await verifyFields(state)
            return
        }
        let record = recordDNS.map { _ in AnswerJournal(state.resolver) }
        let examiner = try MessageExaminer.make(state, resolver: record ?? state.resolver, given: envelope)
        var failure: ExitCode?
        for (number, name) in files.enumerated() {
            do {
                let message = try Self.read(name)
                let examined = try await examiner.examine(message)
                record?.add(examined.answers)
                try write(
                    examined,
                    of: message,
                    name: name,
                    number: number,
                    authservID: examiner.authservID,
                    rules: state.configuration.rules
                )
            } catch let error as NotMail {
                StandardError.write("authres: \(name): \(error)")
                failure = failure ?? Sysexit.data
            } catch let error as FileFailure {
                StandardError.write("authres: \(error)")
                failure = failure ?? Sysexit.noInput
            } catch let error as StoredExamination.NoJudgement {
                StandardError.write("authres: \(name): \(error)")
                failure = Sysexit.software
            }
        }
        if let record, let recordDNS { try Self.write(record, to: recordDNS) }
        if let failure { throw failure }
    }

    /// The message in a file; an error if there is none.
    private static func read(_ name: String) throws -> SpooledMessage {
        let file = try InputFile(name)
        guard file.status?.isDirectory != true else { throw NotMail.directory }
        var message = SpooledMessage()
        while case let piece = try file.next(), !piece.isEmpty { try message.append(piece[...]) }
        try message.requireMail()
        return message
    }

    /// Several messages are separated by the name of their file, as head(1) does it, and in JSON by the key `file`;
    /// whole
    /// messages follow one another as they are.
    private func write(
        _ examined: ExaminedMessage,
        of message: SpooledMessage,
        name: String,
        number: Int,
        authservID: String,
        rules: PolicyRules
    ) throws {
        if explain || (self.output == .header && files.count > 1) {
            try StandardOutput.write((number > 0 ? "\n" : "") + (files.count > 1 ? "==> \(name) <==\n" : ""))
        }
        if explain {
            try StandardOutput.write(Explanation.text(of: examined, authservID: authservID, rules: rules))
            return
        }
        switch self.output {
        case .header:
            if examined.judgement.edits.additions.isEmpty {
                StandardError.write("authres: \(name): the client is a trusted relay; no field is added")
            }
            for field in examined.judgement.edits.additions {
                try StandardOutput.write((field.octets + [UInt8(ascii: "\n")])[...])
            }
        case .message:
            var editor = MessageEditor(examined.judgement.edits)
            var offset = 0
            while true {
                var piece = try message.piece(at: offset)
                if piece.isEmpty { break }
                offset += piece.count
                while let edited = editor.next(&piece) { try StandardOutput.write(edited) }
            }
            while let edited = editor.end() { try StandardOutput.write(edited) }
        case .json:
            let report = MessageReport(examined, file: name, authservID: authservID, includesAnswers: true)
            try StandardOutput.write((report.line() + [UInt8(ascii: "\n")])[...])
        }
    }

    /// Only signatures are checked, no matter which client sent the message.
    private func verifyFields(_ state: ServiceState) async throws {
        var configuration = state.configuration
        let relays = configuration.policy.trustedRelays
        configuration.policy.checks = [.dkim]
        configuration.policy.trustedRelays = []
        configuration.policy.checkAuthenticated = true
        let limit = configuration.policy.limits.headerOctets
        let state = try ServiceState(configuration, after: state)
        let examiner = try MessageExaminer.make(state, resolver: state.resolver, given: envelope)
        let configured = [examiner.authservID] + configuration.policy.ownIDs
        let isOffline = !zoneOptions.zone.isEmpty
        let announced = try await trusted.ids({ state }, isOffline: isOffline)
        let ownIDs = OwnIdentifiers(configured + announced)
        let recovery = EnvelopeRecovery(
            // By default a host is named as its id, unless the configuration says otherwise.
            ownHosts: HostPatterns(configuration.ownHosts ?? [examiner.authservID] + announced),
            trustedRelays: relays
        )
        let cache = AnswerCacheFile()
        let hops = askHops ? try hopInquiry(state, isOffline: isOffline, known: cache?.read() ?? KnownServers()) : nil
        var failure: ExitCode?
        var isProven = true
        for name in files {
            do {
                let message = try Self.read(name)
                let verdicts = try await examiner.examine(message).judgement.verdicts.dkim ?? []
                let header = try message.header(limit: limit)
                let verification = FieldVerification(header, verdicts: verdicts, ownIDs: ownIDs, recovery: recovery)
                guard let hops else {
                    isProven = isProven && verification.isProven
                    try write(verification, name: name)
                    continue
                }
                let byHops = await HopVerification(
                    header,
                    claimed: verification,
                    ownIDs: OwnIdentifiers(configured),
                    recovery: recovery,
                    inquiry: hops,
                    horizon: configuration.ask.horizon.components.seconds
                )
                isProven = isProven && byHops.isProven
                let line =
                    output == .json
                    ? try byHops.json(file: name) : Array(byHops.text(file: name, explains: explain).utf8)
                try StandardOutput.write((line + [UInt8(ascii: "\n")])[...])
            } catch let error as NotMail {
                StandardError.write("authres: \(name): \(error)")
                failure = failure ?? Sysexit.data
            } catch let error as FileFailure {
                StandardError.write("authres: \(error)")
                failure = failure ?? Sysexit.noInput
            }
        }
        if let hops, let cache {
            var known = await hops.known
            known.forget(before: Int64(Date().timeIntervalSince1970) - configuration.ask.cache.components.seconds)
            cache.write(known)
        }
        if let failure { throw failure }
        if !isProven { throw Sysexit.findings }
    }

    private func write(_ verification: FieldVerification, name: String) throws {
        let line =
            output == .json
            ? try verification.json(file: name)
            : Array(
                ("\(name): \(verification.text)"
                    + (explain ? "\n" + verification.explanation.joined(separator: "\n") : ""))
                    .utf8
            )
        try StandardOutput.write((line + [UInt8(ascii: "\n")])[...])
    }

    /// Own hosts are asked only within their networks, whatever addresses their names have.
    private func hopInquiry(_ state: ServiceState, isOffline: Bool, known: KnownServers) throws -> HopInquiry {
        let ask = state.configuration.ask
        var inquiry = try trusted.inquiry.inquiry(state.resolver, isOffline: isOffline)
        inquiry.rules = AddressRules(
            networks: ask.networks.isEmpty ? AddressRules.privateNetworks + IPNetwork.ownAddresses : ask.networks
        )
        return HopInquiry(rules: ask.hosts, inquiry: inquiry, known: known, lifetime: ask.cache.components.seconds)
    }

    private static func write(_ record: AnswerJournal, to path: String) throws {
        do {
            try OutputFile.write(Array(record.text.utf8), as: path)
        } catch {
            StandardError.write("authres: \(error)")
            throw Sysexit.cannotCreate
        }
    }
}
