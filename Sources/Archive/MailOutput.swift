internal import Files
internal import Summaries

/// Where the messages with edited headers go.
enum MailOutput {
    case mbox(MboxOutput)
    case maildir(MaildirOutput)

    /// - Parameter checkpoint: that of the run that is continued, or a new one.
    init(_ name: String, _ checkpoint: Checkpoint) throws(FileFailure) {
        if MaildirOutput.isMeant(by: name) {
            self = .maildir(try MaildirOutput(name, isContinued: checkpoint.summary.messages > 0))
        } else {
            self = .mbox(try MboxOutput(name, keeping: checkpoint.mboxLength))
        }
    }

    /// The length of an mbox in octets.
    var length: Int {
        switch self {
        case .mbox(let output): output.length
        case .maildir: 0
        }
    }

    func beginFile() throws(FileFailure) {
        if case .mbox(let output) = self { try output.beginFile() }
    }

    func flush() throws(FileFailure) {
        if case .mbox(let output) = self { try output.flush() }
    }

    func synchronize() throws(FileFailure) {
        switch self {
        case .mbox(let output): try output.synchronize()
        case .maildir(let output): output.synchronize()
        }
    }

    func finish() throws(FileFailure) {
        switch self {
        case .mbox(let output): try output.finish()
        case .maildir(let output): try output.finish()
        }
    }

    func discard() {
        switch self {
        case .mbox(let output): output.discard()
        case .maildir(let output): output.discard()
        }
    }
}
