internal import Mail
package import Mailboxes

/// Why a run over archives cannot go on.
package enum ArchiveFailure: Error, CustomStringConvertible {
    case noMbox(String)
    /// A file of another variant than what is written in the output already.
    case mixedVariants(String, String, MboxVariant)
    case shorter(String)

    package var description: String {
        switch self {
        case .noMbox(let name):
            "\(name): does not begin with a line `From sender date`, so it is no mbox; for single messages there is "
                + "`authres check`"
        case .mixedVariants(let name, let written, let variant):
            "\(name): is \(variant.rawValue), and what is before it in the output is \(written); write them "
                + "to files of their own, or say with --variant what they are"
        case .shorter(let name):
            "\(name): is shorter than what the interrupted run has read of it"
        }
    }

    /// True if the interrupted run can still be continued, with the right input.
    package var keepsWhatIsDone: Bool {
        switch self {
        case .shorter: true
        case .noMbox, .mixedVariants: false
        }
    }
}
