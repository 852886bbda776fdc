/// Oddities of an mbox; `offset` is in octets from its beginning.
public enum MboxWarning: Hashable, Sendable {
    /// A line `From ` below an empty line without a readable date, or the mbox's first line, if it does not show what
    /// the others are like. It is text, unless it is the first.
    case undatedFromLine(offset: Int)
    /// A line `From ` below an empty line with a date of another form than the mbox's first one. It is text.
    case otherForm(offset: Int)
    /// A From_ line that is not below an empty line. It is text.
    case noEmptyLine(offset: Int)
    /// The message that ends here has a Content-Length that leads elsewhere. It was not trusted.
    case wrongContentLength(offset: Int)
}
