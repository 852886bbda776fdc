internal import Files
package import Mailboxes
package import StoredMail

/// Why a run over archives cannot go on.
package enum ArchiveFailure: Error, CustomStringConvertible {
    case noMbox(String)
    /// A file of another variant than what has been written to the output.
    case mixedVariants(String, String, MboxVariant)
    case shorter(String)
    /// A file whose separators have another form than those in the output, so they would be text there.
    case mixedForms(String)
    case notMail(String, NotMail)
    /// A packed file without mail in it.
    case noMail(String)
    /// A message that unpacks to more than any message has.
    case bomb(String, octets: Int, ratio: Int)
    /// The database of aggregate reports takes nothing.
    case reports(String)

    package var description: String { PathOctets.shown(text) }

    private var text: String {
        switch self {
        case .noMbox(let name):
            "\(name): does not begin with a line `From sender date`, so it is not an mbox; for single messages use "
                + "`authres check`"
        case .mixedVariants(let name, let written, let variant):
            "\(name): is \(variant.rawValue), but the output before it is \(written); write them "
                + "to separate files, or give their variant with --variant"
        case .shorter(let name):
            "\(name): is shorter than what the interrupted run read of it"
        case .mixedForms(let name):
            "\(name): the dates of its separators have another form than those before it in the output, where they would "
                + "be text; write them to separate files, or to a Maildir (a name that ends in /)"
        case .notMail(let name, let reason): "\(name): \(reason)"
        case .noMail(let name): "\(name): contains no mail"
        case .bomb(let name, let octets, let ratio):
            "\(name): a message of more than \((octets >> 20).grouped) MiB, \(ratio.grouped) times what it is packed in: "
                + "it is not unpacked to its end"
        case .reports(let reason):
            "--reports: \(reason)"
        }
    }

    /// True if the interrupted run can still be continued, with the right input.
    package var keepsWhatIsDone: Bool {
        switch self {
        case .shorter, .reports: true
        case .noMbox, .mixedVariants, .mixedForms, .notMail, .noMail, .bomb: false
        }
    }
}
