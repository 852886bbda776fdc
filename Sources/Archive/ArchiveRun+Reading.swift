internal import Files
internal import Mail
internal import Mailboxes
internal import StoredMail
internal import Summaries

/// The first half of a pass: files and their members, cut into messages.
extension ArchiveRun {
    /// Ends the run before it has begun if it could not be completed. A pipe cannot be examined before it is read,
    /// and the content of a directory or a packed file is examined when it is reached.
    func checkFiles() throws {
        for name in task.files[checkpoint.file...] where name != "-" {
            guard let status = LibCFiles.status(ofPath: name), status.size != nil else { continue }
            let beginning = try InputFile(name).beginning(ForeignFormat.beginningLength)
            if !beginning.isEmpty, let format = ForeignFormat(beginning: beginning) {
                guard format.isPacked else { throw ArchiveFailure.notMail(name, NotMail(format)) }
                continue
            }
            let detection = try ArchiveSource.check(name, task)
            detections[name] = detection
            try writesMbox { try $0.use(detection, of: name) }
        }
    }

    /// What the mbox that is written has to be like; nothing, if none is.
    private func writesMbox(_ agree: (inout Checkpoint) throws -> Void) throws {
        if case .mbox = output { try agree(&checkpoint) }
    }

    /// Reads one file or directory to its end, or until the run is interrupted; then it returns false.
    func read(_ name: String) async throws -> Bool {
        let members = try ArchiveMembers(name)
        var number = 0
        while let member = try members.next(until: { interruption.isRequested }) {
            defer { number += 1 }
            let oddities = takeNotes(members)
            guard number >= checkpoint.member else { continue }
            checkpoint.summary.warnings += oddities
            if interruption.isRequested {
                try await drain()
                return false
            }
            switch member.kind {
            case .mbox: guard try await readMbox(member.input, number) else { return false }
            case .message(let maildir): try await readMessage(member.input, maildir, number)
            case .appleMail: try await readMessage(member.input, nil, number, isAppleMail: true)
            }
        }
        try await drain()
        checkpoint.summary.warnings += takeNotes(members)
        if number == 0 {
            guard members.isEmptyFile || LibCFiles.status(ofPath: name)?.isDirectory == true else {
                throw ArchiveFailure.noMail(name)
            }
            tell("\(name): contains no mail")
        }
        return true
    }

    /// Tells what was skipped.
    /// - Returns: the number of files that are odd.
    private func takeNotes(_ members: ArchiveMembers) -> Int {
        members.takeNotes().forEach(tell)
        checkpoint.isDamaged = checkpoint.isDamaged || members.isDamaged
        checkpoint.isUnreadable = checkpoint.isUnreadable || members.isUnreadable
        return members.takeOddities()
    }

    /// Goes on after a file that is damaged or cannot be read on, unless it is one that was named. What is before that
    /// has been examined; a message that is cut off by it is not, for it would seem to be forged.
    private func skipRest(of input: InputFile, _ failure: FileFailure, _ number: Int) async throws {
        try await drain()
        guard !task.files.contains(input.name) else { throw failure }
        tell("\(failure); the rest of it is skipped")
        if failure.damage == nil { checkpoint.isUnreadable = true } else { checkpoint.isDamaged = true }
        checkpoint.summary.warnings += 1
        (checkpoint.member, checkpoint.offset) = (number + 1, 0)
    }

    private func readMbox(_ input: InputFile, _ number: Int) async throws -> Bool {
        try await drain()
        let isNamed = task.files.contains(input.name)
        var source = try ArchiveSource(
            input,
            task,
            base: checkpoint.offset,
            known: isNamed ? detections[input.name] : nil
        ) {
            interruption.isRequested
        }
        guard !interruption.isRequested else { return false }
        try begin(source)
        while !source.isDone {
            if interruption.isRequested {
                try await drain()
                return false
            }
            if !source.input.isReady(within: 0) {
                // There is nothing to read for now, so the messages at hand need not wait for others.
                try await drain()
                guard source.input.isReady(within: InputFile.patience) else { continue }
            }
            let messages: [CutMessage]
            do {
                messages = try source.next()
            } catch let failure as FileFailure where failure.isOfInput {
                try await skipRest(of: input, failure, number)
                return true
            }
            for message in messages { try await add(message, number) }
        }
        if !source.cutter.isPastRange {
            for message in try source.end() { try await add(message, number) }
        }
        try await drain()
        for text in source.cutter.warningTexts { tell("\(input.name): \(text)") }
        if source.detection.form == nil { tell("\(input.name): contains no mail") }
        checkpoint.member = number + 1
        checkpoint.offset = 0
        return true
    }

    private func add(_ message: CutMessage, _ number: Int) async throws {
        var message = message
        message.next = (number, message.end)
        try await add(message)
    }

    private func begin(_ source: ArchiveSource) throws {
        let name = source.input.name
        let detection = source.detection
        try writesMbox { try $0.use(detection, of: name) }
        if let evidence = detection.evidence, detection.form != nil {
            tell("\(name): \(detection.variant.rawValue) (\(evidence.rawValue))")
        }
        if checkpoint.offset == 0 { try output?.beginFile() }
        worker = worker(of: detection.variant, isGuessed: detection.evidence == MboxDetection.Evidence.none)
    }

    private func worker(of variant: MboxVariant?, isGuessed: Bool) -> ArchiveWorker {
        ArchiveWorker(
            examiner: examiner,
            record: record,
            variant: variant,
            isVariantGuessed: isGuessed,
            report: report == nil ? .none : task.reportsAnswers ? .withAnswers : .plain,
            keepsContent: output != nil
        )
    }

    /// Reads a file of one message.
    private func readMessage(
        _ input: InputFile,
        _ maildir: MaildirPlace?,
        _ number: Int,
        isAppleMail: Bool = false
    ) async throws {
        if worker?.variant != nil { try await drain() }
        worker = worker ?? worker(of: nil, isGuessed: false)
        if worker?.variant != nil { worker = worker(of: nil, isGuessed: false) }
        try writesMbox { try $0.useOwnLine(input.name) }
        var message = CutMessage(file: input.name, preamble: [], fromLine: nil, maildir: maildir, offset: 0, end: 0)
        var bombGuard = BombGuard()
        var envelope = isAppleMail ? AppleMailFile() : nil
        do {
            while case let piece = try input.next(), !piece.isEmpty {
                try message.content.append(envelope?.message(in: piece) ?? piece[...])
                try bombGuard.check(input, messageLength: message.content.count)
            }
        } catch let failure as FileFailure where failure.isOfInput {
            return try await skipRest(of: input, failure, number)
        }
        if envelope?.isWhole == false {
            checkpoint.summary.warnings += 1
            tell("\(input.name): ends before its message does")
        }
        message.end = message.content.count
        message.next = (number + 1, 0)
        try await add(message)
    }
}
