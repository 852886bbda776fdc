internal import AggregateReports
internal import Authentication
internal import DKIM
internal import DNS
internal import Files
internal import Mail
internal import Mailboxes
internal import StoredMail
internal import Summaries
internal import Trace

/// Examines messages of one mbox, or files of one message each, many at a time.
struct ArchiveWorker: Sendable {
    let examiner: MessageExaminer
    let record: AnswerJournal?
    /// How the mbox quotes; nil for single messages.
    let variant: MboxVariant?
    /// True if the variant could not be detected, so that another may be right.
    let isVariantGuessed: Bool
    /// Whether a line of JSON is wanted for each message, and the DNS answers in it.
    let report: Report

    /// Whether the octets of the messages are wanted again, for an output.
    let keepsContent: Bool

    enum Report { case none, plain, withAnswers }

    /// The result for an examined message.
    struct Result: Sendable {
        let message: CutMessage
        /// How it was unquoted; nil if it was a separate file.
        let variant: MboxVariant?
        /// The envelope sender, without brackets, and the time of receipt, in seconds since 1970, for a From_ line.
        let origin: (sender: [UInt8], seconds: Int64)
        let edits: HeaderEdits
        let tally: MessageTally
        /// The line of the report, including its line break; empty if none is wanted.
        let line: [UInt8]
        /// What the message adds to aggregate reports.
        let observation: Observation?
    }

    /// Examines the messages; those that wait for the DNS wait together.
    func examine(_ messages: [CutMessage]) async throws -> [Result] {
        var results: [Result?] = Array(repeating: nil, count: messages.count)
        var batch = ExaminationBatch(examiner.resolver, examiner.slots)
        for (index, message) in messages.enumerated() {
            await examiner.slots?.take()
            do {
                var examination = try begin(message, variant)
                if let examined = try examination.finishAtOnce(examiner.resolver) {
                    results[index] = try await finish(message, examined)
                } else {
                    batch.add(examination, as: index)
                }
            } catch {
                await examiner.slots?.giveBack()
                throw error
            }
            await examiner.slots?.giveBack()
        }
        if !batch.isEmpty {
            try await batch.finish { index, examined in results[index] = try await finish(messages[index], examined) }
        }
        return results.compactMap(\.self)
    }

    private func begin(_ message: CutMessage, _ variant: MboxVariant?) throws -> StoredExamination {
        try examiner.begin(message.content, variant: variant, fromLine: message.fromLine)
    }

    private func finish(_ message: CutMessage, _ examined: ExaminedMessage) async throws -> Result {
        let examined = try await withRightQuoting(message, examined)
        record?.add(examined.answers)
        let tally = MessageTally(
            examined,
            octets: message.end - message.offset,
            oddLines: message.warnings,
            field: try examiner.verification(of: message.content, examined.variant, examined)
        )
        var line: [UInt8] = []
        if report != .none {
            var report = MessageReport(
                examined,
                file: message.file,
                authservID: examiner.authservID,
                includesAnswers: report == .withAnswers
            )
            if message.fromLine != nil { report.offset = message.offset }
            report.variant = examined.variant?.rawValue
            report.tally = tally
            line = report.line() + [UInt8(ascii: "\n")]
        }
        var message = message
        if !keepsContent { message.content = SpooledMessage() }
        return Result(
            message: message,
            variant: examined.variant,
            origin: (Self.sender(of: examined), examined.judgedAt),
            edits: examined.judgement.edits,
            tally: tally,
            line: line,
            observation: Observation(
                examined.judgement,
                client: Client(address: examined.envelope.client?.value),
                mailFrom: examined.envelope.mailFrom?.value,
                at: examined.judgedAt
            )
        )
    }

    private static func sender(of message: ExaminedMessage) -> [UInt8] {
        var sender = message.envelope.mailFrom?.value[...] ?? []
        if sender.first == UInt8(ascii: "<"), sender.last == UInt8(ascii: ">") {
            sender = sender.dropFirst().dropLast()
        }
        let isPlain = !sender.isEmpty && sender.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain ? Array(sender) : Array("MAILER-DAEMON".utf8)
    }

    /// If the variant is a guess, a signature may fail because of the quoting: then the message is tried without
    /// unquoting, and as mboxo. A body for which a signature verifies is the one that was signed.
    private func withRightQuoting(_ message: CutMessage, _ examined: ExaminedMessage) async throws -> ExaminedMessage {
        guard isVariantGuessed, examined.signatures(.fail) > 0, message.content.mayHaveQuotedLine else {
            return examined
        }
        for other in [MboxVariant.mboxcl2, .mboxo] where other != variant {
            let candidate = try await begin(message, other).finish(examiner.resolver)
            if candidate.signatures(.pass) > examined.signatures(.pass) { return candidate }
        }
        return examined
    }
}

extension ExaminedMessage {
    fileprivate func signatures(_ result: DKIMResult) -> Int {
        judgement.verdicts.dkim?.count { $0.result == result } ?? 0
    }
}

extension SpooledMessage {
    /// True if there may be a line `>From `; a message in a file is not searched.
    fileprivate var mayHaveQuotedLine: Bool {
        guard isInMemory else { return true }
        let quote = Array(">From ".utf8)
        var offset = 0
        /// The end of the piece before, where the line may begin.
        var octets: [UInt8] = []
        while let piece = try? piece(at: offset), !piece.isEmpty {
            offset += piece.count
            octets += piece
            if octets.indices.contains(where: { octets[$0] == quote[0] && octets[$0...].starts(with: quote) }) {
                return true
            }
            octets.removeFirst(max(0, octets.count - quote.count + 1))
        }
        return false
    }
}
