internal import Files
package import Mailboxes
package import StoredMail

/// Why a run over archives cannot go on.
package enum ArchiveFailure: Error, CustomStringConvertible {
    case noMbox(String)
    /// A file of another variant than what is written in the output already.
    case mixedVariants(String, String, MboxVariant)
    case shorter(String)
    /// A file whose separators have another form than those in the output already, which would be text there.
    case mixedForms(String)
    case notMail(String, NotMail)
    /// A packed file with no mail in it.
    case noMail(String)
    /// A message that unpacks to more than any has.
    case bomb(String, octets: Int, ratio: Int)
    /// The database of aggregate reports takes nothing.
    case reports(String)

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
        case .mixedForms(let name):
            "\(name): its separators have dates of another form than those before it in the output, where they would "
                + "be text; write them to files of their own, or to a Maildir (a name that ends in /)"
        case .notMail(let name, let reason): "\(name): \(reason)"
        case .noMail(let name): "\(name): has no mail in it"
        case .bomb(let name, let octets, let ratio):
            "\(name): a message of more than \((octets >> 20).grouped) MiB, \(ratio.grouped) times what it is packed in: "
                + "this is not unpacked to its end"
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
