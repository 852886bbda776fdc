internal import Mail
internal import Octets

/// The four ways in which an mbox keeps a line of a body that begins with `From ` from being read as the next message.
public enum MboxVariant: String, CaseIterable, Hashable, Sendable {
    /// `From ` is written `>From `; lines that were already `>From ` cannot be distinguished from it.
    case mboxo
    /// Every line of `From ` after any number of `>` is written with one more; nothing is lost.
    case mboxrd
    /// As mboxo, and a Content-Length field says where the body ends.
    case mboxcl
    /// Nothing is changed, and only a Content-Length field says where the body ends.
    case mboxcl2

    /// True if the Content-Length field is used. It comes from the sender, so it decides only where it agrees with a
    /// separator (see ``MboxReader``).
    var hasContentLength: Bool {
        switch self {
        case .mboxo, .mboxrd: false
        case .mboxcl, .mboxcl2: true
        }
    }

    /// How many `>` before `From ` may be quoting: nil for any number.
    var quoteLimit: Int? {
        switch self {
        case .mboxo, .mboxcl: 1
        case .mboxrd: nil
        case .mboxcl2: 0
        }
    }
}
